"""Math-Shepherd: steps marked by "ки", and the same text with a label for each mark.

{"input": "… Step 1: … ки\\nStep 2: … ки", "label": "… Step 1: … +\\nStep 2: … -", "task"}. Problem
and first step are one text. An older form writes "ки ?" and "ки +".
Source: arXiv 2312.08935; huggingface.co/datasets/peiyi9979/Math-Shepherd; TRL's conversion, which
names openings with a stray mark in the problem: such a mark has a label of its own, of no step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from search_core.labelled import cells
from search_core.labelled.kinds.kind import FileKind, Reading, final_answer, group_of
from search_core.labelled.solution import LabelledSolution
from search_core.problem_files.row import Row

MARK = "ки"
_FIRST_STEP = re.compile(r"step 1\s?:", re.IGNORECASE)
_VALUES = {"+": 1.0, "-": 0.0}


def _recognised(values: cells.Values) -> bool:
    text, label = values.get("input"), values.get("label")
    return isinstance(text, str) and isinstance(label, str) and MARK in text


def _solutions(row: Row, reading: Reading) -> Iterator[LabelledSolution]:
    values = row.values
    text = cells.text(values, "input").replace(f"{MARK} ?", MARK)
    marked = cells.text(values, "label")
    for sign in _VALUES:
        marked = marked.replace(f"{MARK} {sign}", sign)
    start = _start_of_steps(text)
    pieces, labels = _labelled_pieces(text, marked)
    stray = text[:start].count(MARK)
    if stray:
        reading.report.note("Stray step marks within problems, whose labels are left out", stray)
    problem = text[:start].replace(MARK, "").strip()
    steps = [text[start:].split(MARK, 1)[0], *pieces[stray + 1 :]]
    labels = labels[stray:]
    if not steps[-1].strip():
        steps.pop()  # what stands behind the last mark
    else:
        labels.append(None)
    cleaned = cells.checked_steps([step.strip() for step in steps], "input")
    yield LabelledSolution(
        id="",
        problem=cells.text({"input": problem}, "input"),
        steps=cleaned,
        labels=cells.shares(labels, "label", len(cleaned)),
        answer=final_answer(cleaned),
        group=group_of(problem),
        split=cells.short_text(values, "task"),
    )


def _start_of_steps(text: str) -> int:
    """Where the problem ends and its first step begins."""
    found = _FIRST_STEP.search(text)
    if found:
        return found.start()
    question = text.find("?")
    if question < 0:
        raise ValueError("has neither 'Step 1:' nor a question mark where its problem ends")
    return question + 1


def _labelled_pieces(text: str, marked: str) -> tuple[list[str], list[float | None]]:
    """What stands between the marks, and the label in place of each."""
    pieces = text.split(MARK)
    labels: list[float | None] = []
    at = 0
    for number, piece in enumerate(pieces, start=1):
        if not marked.startswith(piece, at):
            raise ValueError(f"has another text in 'label' than in 'input', at mark {number}")
        at += len(piece)
        if number < len(pieces):
            sign = marked[at : at + 1]
            if sign not in _VALUES:
                raise ValueError(f"has {sign!r} in place of mark {number}; expected + or -")
            labels.append(_VALUES[sign])
            at += 1
    return pieces, labels


MATH_SHEPHERD = FileKind(
    name="math_shepherd",
    title="Math-Shepherd",
    columns=frozenset({"input", "label", "task"}),
    recognised=_recognised,
    solutions=_solutions,
    takes_scores=True,
    remark="A label says whether some rollout from there reached the right answer, not whether "
    "the step is right.",
)
