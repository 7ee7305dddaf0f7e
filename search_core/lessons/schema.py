"""What may stand in a lesson's file.

`assets/guide/lessons.md` shows a file and says what each key is for.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

MOST_WORDS = 40
"""Of a page's caption, and of what is said once a question is answered."""
Control = Literal["timeline", "tally", "noise", "cost", "share"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
NodeId = Annotated[str, Field(pattern=r"^[0-9.]{1,60}$")]
Line = Annotated[str, Field(min_length=1, max_length=120)]
Moment = Annotated[str, Field(min_length=1, max_length=40)]
_MOST_PAGES = 20


def words_in(text: str) -> int:
    """How many words a text has, as a reader counts them: a lone sign is none."""
    return sum(1 for part in text.split() if re.search(r"\w", part))


def short(text: str) -> str:
    if (words := words_in(text)) > MOST_WORDS:
        raise ValueError(f"has {words} words, expected at most {MOST_WORDS}: say one thing a page")
    return " ".join(text.split())


class LessonEntry(BaseModel):
    """Nothing unknown, nothing of the wrong kind."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RunRecipe(LessonEntry):
    """What a trace is recorded from: the same recipe gives the same tree.

    Attributes:
        answer: The reference answer, None: what the problem's family says.
        solver: Name of the embedded solver that writes.
        verifier: Name of the embedded verifier that scores.
    """

    problem: Annotated[str, Field(min_length=1, max_length=400)]
    strategy: str
    options: dict[str, int | float | str | bool] = Field(default_factory=dict)
    seed: int = 0
    solver: Literal["small", "large", "stream"] = "small"
    verifier: Literal["small", "large", "outcome", "early"] = "small"


class Question(LessonEntry):
    """Predict, then see. Each option is a step of the tree, and exactly one is the right one.

    Attributes:
        about: "keep": which of these leads to the right answer. "mistake": which of these is the
            first wrong step of its path.
        options: Ids of steps that are there at the page's last moment.
        sure: Ask how sure one is, and count the answer for the score at the end.
        reveal: The moment that is shown once the question is answered.
        says: What is said then.
    """

    ask: Line
    about: Literal["keep", "mistake"] = "keep"
    options: Annotated[list[NodeId], Field(min_length=2, max_length=6)]
    sure: bool = False
    reveal: Moment = "end"
    says: str

    _says = field_validator("says")(short)


class Facts(LessonEntry):
    """What the words of a page claim about its run; each is held to the trace.

    Attributes:
        answers: Solutions by answer, at the end of the run.
        chosen: The answer that each vote chooses.
        right: The reference answer.
        scores: Scores by step, to two decimals.
        pruned: Steps that were cut.
        false_steps: Steps that are false, or from which nothing right follows.
        true_steps: Steps from which the right answer can still be reached.
        work: MFLOPs of the whole run, rounded.
        steps: How many steps the run has.
        shares: How many of the solutions that begin with a step are right, as "5 of 6".
    """

    answers: dict[str, int] = Field(default_factory=dict)
    chosen: dict[Literal["majority", "weighted", "best"], str] = Field(default_factory=dict)
    right: str | None = None
    scores: dict[NodeId, float] = Field(default_factory=dict)
    pruned: list[NodeId] = Field(default_factory=list)
    false_steps: list[NodeId] = Field(default_factory=list)
    true_steps: list[NodeId] = Field(default_factory=list)
    work: dict[Literal["solver", "verifier"], int] = Field(default_factory=dict)
    steps: int | None = None
    shares: dict[NodeId, Annotated[str, Field(pattern=r"^\d+ of [1-9]\d*$")]] = Field(
        default_factory=dict
    )


class MeasuredRows(LessonEntry):
    """What was measured, in the place of a tree: bars, or a curve against a line.

    Attributes:
        data: The evaluation's file, below `assets/results`; or the name of an embedded model,
            whose card says what was measured of it.
        bars: Names of rows by what the page calls them; those of a curve in its order.
        family: Of problems; "average": of all families alike, which a card does not have.
        quantity: "right": the part that is solved. "flops": the work for one problem.
            "rollouts": the part of rollouts that arrives, beside the verifier's score.
        against: A row to draw as a line, beside a curve of the others: right against FLOPs.
        ceiling: A row that is no way to choose, but what no choice can exceed ("best_of_n@16/any"):
            a line across the bars.
    """

    data: Annotated[str, Field(pattern=r"^[\w-]+(\.json)?$")]
    bars: Annotated[dict[Line, str], Field(min_length=2, max_length=6)]
    family: Literal["average", "expression", "word", "countdown"] = "average"
    quantity: Literal["right", "flops", "rollouts"] = "right"
    against: Annotated[dict[Line, str], Field(max_length=1)] = Field(default_factory=dict)
    ceiling: Annotated[dict[Line, str], Field(max_length=1)] = Field(default_factory=dict)


class ReckonedWork(LessonEntry):
    """Work that is reckoned and not measured: parameters times passes over the same tokens.

    Attributes:
        solver, verifier: In billions of parameters times passes.
    """

    solver: Annotated[int, Field(ge=0, le=10_000)] = 0
    verifier: Annotated[int, Field(ge=0, le=10_000)] = 0


class Citation(LessonEntry):
    """Where a claim comes from that was not measured here.

    Attributes:
        source: Who said it, and when.
        address: Where it can be read.
        numbers: Those of the page's numbers that come from there.
    """

    source: Line
    address: Annotated[str, Field(pattern=r"^https://(arxiv\.org|github\.com|doi\.org)/\S+$")]
    numbers: list[str] = Field(default_factory=list)


class Page(LessonEntry):
    """One idea.

    Attributes:
        caption: At most `MOST_WORDS` words.
        trace: Name of a recipe of this file; none: the page shows no tree.
        from_, to: Moments of the run between which the page plays by itself, once.
        seconds: How long that takes.
        lit: Only these steps, and the way to them, are drawn strongly.
        faded: These steps, and all that grows from them, are drawn faintly.
        points: Rings around steps, with what stands beside each.
        shows: Controls beside the tree.
        introduces: Terms of the glossary that are said here for the first time.
        reckoned: Work that is reckoned, as bars in the place of a tree.
        cites: Sources of what was not measured here.
        rollouts: Steps from which the reader may have the solver go on, now.
        score: The page is the score of all that was predicted.
    """

    caption: str
    trace: Name | None = None
    from_: Moment = Field("", alias="from")
    to: Moment = "end"
    seconds: Annotated[float, Field(ge=0.5, le=20, strict=False)] = 4.0
    lit: list[NodeId] = Field(default_factory=list)
    faded: list[NodeId] = Field(default_factory=list)
    points: dict[NodeId, Annotated[str, Field(max_length=24)]] = Field(default_factory=dict)
    shows: list[Control] = Field(default_factory=list)
    introduces: list[Name | Annotated[str, Field(pattern=r"^[a-z_]+$")]] = Field(
        default_factory=list
    )
    question: Question | None = None
    facts: Facts | None = None
    measured: MeasuredRows | None = None
    reckoned: Annotated[dict[Line, ReckonedWork], Field(max_length=6)] | None = None
    cites: list[Citation] = Field(default_factory=list)
    rollouts: Annotated[list[NodeId], Field(max_length=4)] = Field(default_factory=list)
    score: bool = False

    _caption = field_validator("caption")(short)

    @model_validator(mode="after")
    def _one_picture(self) -> Self:
        parts = (self.trace, self.measured, self.reckoned, self.score or None)
        if sum(part is not None for part in parts) != 1:
            raise ValueError("shows one thing: expected one of trace, measured, reckoned and score")
        if self.reckoned is not None and not self.cites:
            raise ValueError("reckons and cites nothing; name in cites where the figures are from")
        if self.trace is None:
            for name in ("lit", "faded", "points", "shows", "question", "facts", "rollouts"):
                if getattr(self, name):
                    raise ValueError(f"has {name} and no trace; name the trace that it is about")
        if self.lit and self.faded:
            raise ValueError("has both lit and faded; expected one of them")
        return self


class LessonFile(LessonEntry):
    """One lesson of about two minutes.

    Attributes:
        title: What it is called in lists.
        summary: What one knows afterwards, in one sentence.
        traces: Recipes by the name of the trace; the same name is the same run in every lesson.
    """

    title: Line
    summary: Annotated[str, Field(min_length=1, max_length=200)]
    traces: dict[Name, RunRecipe] = Field(default_factory=dict)
    pages: Annotated[list[Page], Field(min_length=1, max_length=_MOST_PAGES)]


def keys_of(place: list[Any]) -> list[str]:
    """The keys that may stand at a place of the file, for the sentence about one that may not."""
    kind: type[BaseModel] = LessonFile
    inside: dict[Any, type[BaseModel]] = {
        "pages": Page,
        "traces": RunRecipe,
        "question": Question,
        "facts": Facts,
        "measured": MeasuredRows,
        "reckoned": ReckonedWork,
        "cites": Citation,
    }
    for part in place:
        kind = inside.get(part, kind)
    return [field.alias or name for name, field in kind.model_fields.items()]
