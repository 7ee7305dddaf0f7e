"""search-and-learn's completions: the solutions that a search ended with, and their scores.

{"problem", "answer", "completions": [...], "scores": [[...], ...], "pred", ...}, one problem a row.
Steps end at blank lines. Completions that begin alike are one path of the tree as far as they do;
who was pruned, and who was sampled from whom, is not in the file: survivors only. Each completion
keeps an end of its own, because repeated ones vote apart.
A list of scores may be one longer than its steps, where an empty last turn was scored.
Source: github.com/huggingface/search-and-learn, src/sal/search, src/sal/utils/score.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from search_core.labelled import cells
from search_core.labelled.growing import GrownTree
from search_core.labelled.kinds.kind import FileKind, Reading, final_answer, group_of, is_right
from search_core.labelled.solution import LabelledSolution
from search_core.log.events import ROOT
from search_core.log.traces import Trace
from search_core.problem import Problem
from search_core.problem_files.row import Row

DELIMITER = "\n\n"
VERIFIER = "search-and-learn's verifier"
STRATEGY = "surviving_paths"
SURVIVORS = (
    "Survivors only: the file has no pruned steps, and does not say who was sampled from whom."
)
_MOST_COMPLETIONS = 4_096
_MOST_IN_A_TREE = 512
"""Each new answer is held against all before it: of formulas this takes seconds."""
_SAME_SCORE = 1e-3
_OTHER_SCORES = "Other scores of a step that several paths share, left out"

Path = tuple[tuple[str, ...], tuple[float | None, ...]]
"""Steps and their scores."""


def _recognised(values: cells.Values) -> bool:
    return {"problem", "completions", "scores"} <= set(values)


def _paths(values: cells.Values, reading: Reading) -> list[Path]:
    completions, scores = cells.listed(values, "completions"), cells.listed(values, "scores")
    if not completions or len(completions) > _MOST_COMPLETIONS:
        raise ValueError(
            f"has {len(completions):,} completions; expected 1 to {_MOST_COMPLETIONS:,}"
        )
    if len(scores) != len(completions):
        raise ValueError(f"has {len(scores)} lists of scores for {len(completions)} completions")
    found = []
    for number, (completion, given) in enumerate(zip(completions, scores, strict=True), start=1):
        name = f"completion {number}"
        (text,) = cells.checked_steps([completion], name)
        pieces = text.split(DELIMITER)
        while len(pieces) > 1 and not pieces[-1].strip():
            pieces.pop()
        steps = cells.checked_steps(pieces, name)
        if isinstance(given, list | tuple) and len(given) == len(steps) + 1:
            reading.report.note("Scores of an empty last turn, left out")
            given = given[:-1]
        found.append((steps, cells.shares(given, f"scores of {name}", len(steps))))
    return found


def _solutions(row: Row, reading: Reading) -> Iterator[LabelledSolution]:
    problem = cells.text(row.values, "problem")
    reference = cells.optional_text(row.values, "answer")
    of_row = cells.short_text(row.values, "unique_id")
    for number, (steps, scores) in enumerate(_paths(row.values, reading), start=1):
        answer = final_answer(steps)
        yield LabelledSolution(
            id=f"{of_row}, completion {number}" if of_row else "",
            problem=problem,
            steps=steps,
            scores={VERIFIER: scores},
            answer=answer,
            reference=reference,
            answer_right=is_right(answer, reference),
            group=group_of(problem),
            category=cells.short_text(row.values, "subject"),
            level=_level(row.values),
        )


def _level(values: cells.Values) -> int | None:
    level = values.get("level")
    return level if isinstance(level, int) and not isinstance(level, bool) else None


def _trees(row: Row, reading: Reading) -> Iterator[Trace]:
    tree = GrownTree(
        Problem(cells.text(row.values, "problem"), cells.optional_text(row.values, "answer")),
        run=f"{reading.report.name}, {row.where}",
        solver="search-and-learn's solver",
        verifier=VERIFIER,
        strategy=STRATEGY,
    )
    tree.warn(SURVIVORS)
    paths = _paths(row.values, reading)
    if len(paths) > _MOST_IN_A_TREE:
        raise ValueError(
            f"has {len(paths):,} completions; at most {_MOST_IN_A_TREE:,} are made a tree"
        )
    ends = [ROOT] * len(paths)
    for depth in range(max(len(steps) for steps, _ in paths)):
        kept: dict[tuple[str, str], str] = {}
        found: dict[str, float | None] = {}
        for index, (steps, scores) in enumerate(paths):
            if depth >= len(steps):
                continue
            at, text, score = ends[index], steps[depth], scores[depth]
            if depth == len(steps) - 1:
                ends[index] = tree.step(at, text, ended="end")
            elif (at, text) not in kept:
                ends[index] = kept[at, text] = tree.step(at, text)
            else:
                ends[index] = kept[at, text]
                if abs((found[ends[index]] or 0.0) - (score or 0.0)) > _SAME_SCORE:
                    reading.report.note(_OTHER_SCORES)
            found.setdefault(ends[index], score)
        tree.score(found)
        if kept:
            tree.decide(
                "survived", "A path through this step is in the file.", kept=[*kept.values()]
            )
    yield tree.finish(ends)


SEARCH_AND_LEARN = FileKind(
    name="search_and_learn",
    title="search-and-learn completions",
    columns=frozenset(
        {
            *("problem", "solution", "answer", "subject", "level", "unique_id", "completions"),
            *("scores", "pred", "completion_tokens", "agg_scores"),
        }
    ),
    recognised=_recognised,
    solutions=_solutions,
    trees=_trees,
    prefixes=("pred_weighted@", "pred_maj@", "pred_naive@"),
    remark=SURVIVORS,
)
