"""PRM800K: solutions whose every step was chosen among candidates that people had rated.

{"question": {"problem", "ground_truth_answer", ...}, "label": {"steps": [{"completions": [{"text",
"rating"}], "human_completion", "chosen_completion"}], "finish_reason"}, ...}. A rating is 1 (good),
0 (neutral), -1 (bad) or null. The candidates of a step are siblings, so a row is a tree: the chosen
one is kept and leads on. As solutions, it is one for each leaf: the chosen path, and for each other
candidate the path that ends with it, as TRL's conversion does.
Source: github.com/openai/prm800k, README; arXiv 2305.20050.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from search_core.labelled import cells
from search_core.labelled.growing import GrownTree
from search_core.labelled.kinds.kind import FileKind, Reading, final_answer, group_of, is_right
from search_core.labelled.solution import LabelledSolution
from search_core.log.events import ROOT
from search_core.log.traces import Trace
from search_core.problem import Problem
from search_core.problem_files.row import Row

LABELLERS = "people's ratings"
"""The verifier of such a tree: a score of 1 is good, 0.5 neutral, 0 bad."""
STRATEGY = "chosen_by_people"
SOLVED = "solution"
"""The reason to finish that says that the chosen path is a whole solution."""
STOPPED = "stopped_by_a_person"
"""The rule of a decision that chose none of the candidates."""
WHY_STOPPED: Mapping[str, str] = {
    "found_error": "A person found an error and stopped here.",
    "bad_problem": "A person found the problem wrong and stopped here.",
    "give_up": "A person gave up here.",
}
"""What such a decision says, by the reason to finish."""
LABEL_VALUE = "label_value"
"""A completion's field of our own: its value from 0 to 1, where a rating is too coarse."""
SCORE_OF_RATING: Mapping[int | None, float] = {1: 1.0, 0: 0.5, -1: 0.0}
_MOST_CANDIDATES = 1_000


class RatedText(NamedTuple):
    """One text that was offered as a step.

    Attributes:
        rating: 1, 0, -1, or None where nobody rated it.
        value: From 0 to 1, where the row says more than the rating.
    """

    text: str
    rating: int | None
    value: float | None = None

    @property
    def score(self) -> float | None:
        """The value, or else what the rating is worth, neutral in the middle."""
        return SCORE_OF_RATING.get(self.rating) if self.value is None else self.value


class RatedStep(NamedTuple):
    """The candidates of one step; `chosen` is None where people stopped."""

    candidates: list[RatedText]
    chosen: int | None


class RatedRow(NamedTuple):
    """What a row says."""

    problem: str
    reference: str | None
    steps: list[RatedStep]
    finish_reason: str


def _recognised(values: cells.Values) -> bool:
    question, label = values.get("question"), values.get("label")
    return isinstance(question, dict) and isinstance(label, dict) and "steps" in label


def _read(values: cells.Values) -> RatedRow:
    question, label = cells.inner(values, "question"), cells.inner(values, "label")
    found = cells.listed(label, "steps")
    if len(found) > cells.MOST_STEPS:
        raise ValueError(f"has {len(found):,} steps; at most {cells.MOST_STEPS:,} are read")
    steps = [_step(step, number) for number, step in enumerate(found, start=1)]
    while steps and not steps[-1].candidates:
        steps.pop()
    if not steps:
        raise ValueError("has no steps: its 'steps' hold no text")
    stopped = [number for number, step in enumerate(steps[:-1], 1) if step.chosen is None]
    if stopped:
        raise ValueError(f"goes on after step {stopped[0]}, of which nothing was chosen")
    return RatedRow(
        cells.text(question, "problem"),
        cells.optional_text(question, "ground_truth_answer"),
        steps,
        cells.short_text(label, "finish_reason") or "",
    )


def _step(value: Any, number: int) -> RatedStep:
    values = cells.inner({f"step {number}": value}, f"step {number}")
    given = values.get("completions")
    offered = [] if given is None else cells.listed(values, "completions")
    if len(offered) > _MOST_CANDIDATES:
        raise ValueError(
            f"has {len(offered):,} completions of step {number}; at most {_MOST_CANDIDATES:,} "
            "are read"
        )
    candidates = [_candidate(each, number) for each in offered]
    chosen = cells.whole(values, "chosen_completion")
    if chosen is not None and not 0 <= chosen < len(candidates):
        raise ValueError(
            f"has {chosen} as chosen completion of step {number}, and {len(candidates)} completions"
        )
    by_hand = values.get("human_completion")
    if chosen is None and by_hand is not None:
        candidates.append(_candidate(by_hand, number))
        chosen = len(candidates) - 1
    return RatedStep(candidates, chosen)


def _candidate(value: Any, number: int) -> RatedText:
    """A completion; one written by hand may be the text alone."""
    values = {"text": value} if isinstance(value, str) else value
    values = cells.inner({f"step {number}": values}, f"step {number}")
    rating = cells.whole(values, "rating")
    if rating not in (None, *SCORE_OF_RATING):
        raise ValueError(f"has a rating of {rating} in step {number}; expected 1, 0, -1 or null")
    text = cells.checked_steps([values.get("text")], f"step {number}")[0]
    return RatedText(text, rating, cells.share(values.get(LABEL_VALUE), f"step {number}"))


def _solutions(row: Row, reading: Reading) -> Iterator[LabelledSolution]:
    rated = _read(row.values)
    group = group_of(rated.problem)
    neutral = 1.0 if reading.neutral == "right" else 0.0
    label_of = {1: 1.0, 0: neutral, -1: 0.0, None: None}
    path: list[RatedText] = []
    ends = []
    for chosen, others in ((step.chosen, step.candidates) for step in rated.steps):
        ends += [[*path, each] for at, each in enumerate(others) if at != chosen]
        if chosen is not None:
            path.append(others[chosen])
    neutrals = sum(each.rating == 0 for step in rated.steps for each in step.candidates)
    if neutrals:
        reading.report.note(f"Neutral ratings, read as {reading.neutral}", neutrals)
    # Where nothing was chosen last, the path ends before these candidates and is no leaf.
    for solution in ends if rated.steps[-1].chosen is None else [path, *ends]:
        steps = tuple(each.text for each in solution)
        ended = solution is path and rated.finish_reason == SOLVED
        answer = final_answer(steps) if ended else None
        yield LabelledSolution(
            id="",
            problem=rated.problem,
            steps=steps,
            labels=tuple(
                label_of[each.rating] if each.value is None else each.value for each in solution
            ),
            answer=answer,
            reference=rated.reference,
            answer_right=is_right(answer, rated.reference),
            group=group,
        )


def _trees(row: Row, reading: Reading) -> Iterator[Trace]:
    rated = _read(row.values)
    tree = GrownTree(
        Problem(rated.problem, rated.reference),
        run=f"{reading.report.name}, {row.where}",
        solver="PRM800K's generator",
        verifier=LABELLERS,
        strategy=STRATEGY,
    )
    at, solutions = ROOT, []
    for number, (candidates, chosen) in enumerate(rated.steps, start=1):
        ends = number == len(rated.steps) and rated.finish_reason == SOLVED
        children = [
            tree.step(at, each.text, ended="end" if ends and index == chosen else "step")
            for index, each in enumerate(candidates)
        ]
        tree.score(dict(zip(children, (each.score for each in candidates), strict=True)))
        kept = [] if chosen is None or ends else [children[chosen]]
        pruned = [child for index, child in enumerate(children) if index != chosen]
        if chosen is None:
            why = WHY_STOPPED.get(rated.finish_reason, "A person chose none of these steps.")
            tree.decide(STOPPED, why, pruned=pruned)
            break
        if kept or pruned:
            tree.decide("chosen_by_a_person", "A person chose this step.", kept=kept, pruned=pruned)
        at = children[chosen]
        if ends:
            solutions.append(at)
    yield tree.finish(solutions)


PRM800K = FileKind(
    name="prm800k",
    title="PRM800K",
    columns=frozenset(
        {
            *("labeler", "timestamp", "generation", "is_quality_control_question"),
            *("is_initial_screening_question", "question", "label"),
        }
    ),
    recognised=_recognised,
    solutions=_solutions,
    takes_scores=True,
    trees=_trees,
)
