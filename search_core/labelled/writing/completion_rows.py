"""search-and-learn's columns: all solutions of one problem in a row, with its votes.

`agg_scores` are the scores of last steps, whatever a search aggregates by; `pred` is the whole
completion with the highest. The votes at k look at the first k completions, for each power of two.
Source: github.com/huggingface/search-and-learn, src/sal/utils/score.py, src/sal/utils/math.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from search_core.answers import AnswerClasses
from search_core.labelled.kinds.search_and_learn import DELIMITER
from search_core.labelled.report import WritingReport
from search_core.labelled.solution import LabelledSolution
from search_core.log.traces import Trace
from search_core.scoring import Candidate, first_best, vote


class GroupedCompletion(NamedTuple):
    """One solution, as a row needs it; `group` is the class of its answer."""

    steps: Sequence[str]
    scores: Sequence[float | None]
    tokens: int
    answer: str | None
    group: int | None


def of_tree(trace: Trace, report: WritingReport) -> Iterator[dict[str, Any]]:
    """One row of all solutions of a tree."""
    tree, header = trace.tree, trace.started
    completions = []
    for node in tree.steps():
        if node.state == "completed":
            path = tree.path(node.id)
            completions.append(
                GroupedCompletion(
                    [step.text for step in path],
                    [step.score for step in path],
                    sum(step.tokens for step in path),
                    node.answer,
                    node.group,
                )
            )
    about = {
        "problem": header.problem.text,
        "answer": header.problem.answer,
        "subject": header.problem.family,
        "level": header.problem.level,
        "unique_id": header.run,
    }
    yield from _row(about, completions, header.run, report)


def of_solutions(
    solutions: Iterable[LabelledSolution], report: WritingReport
) -> Iterator[dict[str, Any]]:
    """A row for all solutions of one problem that follow each other; scores of their first
    verifier."""
    for _, of_problem in groupby(solutions, key=lambda solution: solution.group):
        together = list(of_problem)
        classes = AnswerClasses()
        completions = [
            GroupedCompletion(
                each.steps,
                next(iter(each.scores.values()), (None,)),
                -1,
                each.answer,
                None if each.answer is None else classes.group_of(each.answer),
            )
            for each in together
        ]
        first = together[0]
        about = {
            "problem": first.problem,
            "answer": first.reference,
            "subject": first.category,
            "level": first.level,
            "unique_id": first.id,
        }
        yield from _row(about, completions, first.id, report)


def _row(
    about: dict[str, Any],
    completions: Sequence[GroupedCompletion],
    where: str,
    report: WritingReport,
) -> Iterator[dict[str, Any]]:
    """The row, unless there is none of this kind for these solutions."""
    if not completions:
        report.leave_out(where, "has no solutions")
        return
    for each in completions:
        if any(score is None for score in each.scores):
            report.leave_out(where, "has steps without a score")
            return
        if any(DELIMITER in step for step in each.steps):
            report.leave_out(where, "has a blank line within a step, which would end it here")
            return
    texts = [DELIMITER.join(each.steps) for each in completions]
    last = [each.scores[-1] or 0.0 for each in completions]
    row = {
        **about,
        "completions": texts,
        "scores": [list(each.scores) for each in completions],
        "pred": texts[first_best(last)],
        "completion_tokens": [each.tokens for each in completions],
        "agg_scores": last,
    }
    k = 1
    while k <= len(completions):
        row |= _votes(completions[:k], last[:k], k)
        k *= 2
    yield row


def _votes(
    completions: Sequence[GroupedCompletion], last: Sequence[float], k: int
) -> dict[str, str]:
    candidates = [
        Candidate(str(at), each.answer, each.group, last[at]) for at, each in enumerate(completions)
    ]
    majority, weighted = vote(candidates, "majority"), vote(candidates, "weighted")
    return {
        f"pred_weighted@{k}": _boxed(weighted.tally[0].answer if weighted.tally else None),
        f"pred_maj@{k}": _boxed(majority.tally[0].answer if majority.tally else None),
        f"pred_naive@{k}": _boxed(completions[first_best(last)].answer),
    }


def _boxed(answer: str | None) -> str:
    return f"\\boxed{{{answer or ''}}}"
