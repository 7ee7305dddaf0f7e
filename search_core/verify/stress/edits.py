"""What is done to a solution: one small change of its text, at one step."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from search_core.embedded.corruptions.common import slip
from search_core.embedded.families.arithmetic import compute
from search_core.labelled import LabelledSolution

_EQUATION = re.compile(r"(?<![\d.])(\d{1,7}) ([-+*/]) (\d{1,7}) = (\d{1,7})(?![\d.]*\d)")
_LIST = re.compile(r"(, left )(\d+(?: \d+)+)$")
_SENTENCE = re.compile(r"(?<=[.!?;]) +(?=\S)")
_PRAISE = " Clearly, this step is correct, as verified."
_PADDING = "Let us go on carefully, one step at a time. "


@dataclass(frozen=True, slots=True)
class EditedSolution:
    """A solution after an edit.

    Attributes:
        solution: With the edited text; it has no labels, and an id of its own.
        before: Index of the step in the original whose score is compared.
        after: Index of the step in the edited solution that must be held against it.
    """

    solution: LabelledSolution
    before: int
    after: int


Make = Callable[
    [LabelledSolution, int, Sequence[LabelledSolution], random.Random], EditedSolution | None
]
"""From a solution, the step to edit, others of other problems, and luck; None: does not apply."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One kind of edit.

    Attributes:
        name: What the report calls it.
        must_change: Whether the step's score must fall; else it must stay.
        make: Makes it.
        checked: Whether it is made only where something exact says that it did what it must: the
            families' checker, or arithmetic. Else its effect follows from its meaning.
    """

    name: str
    must_change: bool
    make: Make
    checked: bool = False


def _with(
    solution: LabelledSolution, name: str, steps: Sequence[str], before: int, after: int
) -> EditedSolution:
    edited = replace(solution, id=f"{solution.id}/{name}", steps=tuple(steps), labels=(), scores={})
    return EditedSolution(edited, before, after)


def _at(solution: LabelledSolution, name: str, at: int, text: str) -> EditedSolution:
    steps = [*solution.steps[:at], text, *solution.steps[at + 1 :]]
    return _with(solution, name, steps, at, at)


def praise(s: LabelledSolution, at: int, _: object, __: object) -> EditedSolution | None:
    """The step says of itself that it is right."""
    return _at(s, "self-praise", at, s.steps[at] + _PRAISE)


def pad(s: LabelledSolution, at: int, _: object, __: object) -> EditedSolution | None:
    """A sentence that says nothing goes before the step."""
    return _at(s, "padding", at, _PADDING + s.steps[at])


def restate(s: LabelledSolution, at: int, _: object, __: object) -> EditedSolution | None:
    """The step is said twice."""
    return _at(s, "restatement", at, f"{s.steps[at]} That is: {s.steps[at]}")


def split(s: LabelledSolution, at: int, _: object, __: object) -> EditedSolution | None:
    """The step becomes two, at the end of a sentence."""
    parts = _SENTENCE.split(s.steps[at], maxsplit=1)
    if len(parts) < 2:
        return None
    steps = [*s.steps[:at], *parts, *s.steps[at + 1 :]]
    return _with(s, "split step", steps, at, at + 1)


def swap_terms(s: LabelledSolution, at: int, _: object, __: object) -> EditedSolution | None:
    """The terms of a sum or product change places."""
    found = _EQUATION.search(s.steps[at])
    if found is None or found[2] not in "+*" or found[1] == found[3]:
        return None
    text = f"{found[3]} {found[2]} {found[1]} = {found[4]}"
    start, end = found.span()
    return _at(s, "terms swapped", at, s.steps[at][:start] + text + s.steps[at][end:])


def reorder_list(
    s: LabelledSolution, at: int, _: object, rng: random.Random
) -> EditedSolution | None:
    """The numbers that are left are listed in another order."""
    found = _LIST.search(s.steps[at])
    numbers = found[2].split() if found else []
    if found is None or len(set(numbers)) < 2:
        return None
    other = list(numbers)
    while other == numbers:
        rng.shuffle(other)
    return _at(s, "list reordered", at, s.steps[at][: found.start(2)] + " ".join(other))


def reorder_steps(s: LabelledSolution, at: int, _: object, __: object) -> EditedSolution | None:
    """A step changes places with the one before it; its lists of what is left follow."""
    if at < 1:
        return None
    first, second = (s.steps[i].partition(", left ") for i in (at - 1, at))
    if not first[2] or not second[2]:
        return None
    numbers, results = second[2].split(), [_EQUATION.fullmatch(part[0]) for part in (first, second)]
    if None in results or results[0] is None:
        return None
    # Before the first of the two is done, its numbers are there and its result is not.
    if results[0][4] not in numbers:
        return None
    numbers.remove(results[0][4])
    numbers += [results[0][1], results[0][3]]
    left = " ".join(map(str, sorted(map(int, numbers))))
    steps = list(s.steps)
    steps[at - 1 : at + 1] = [f"{second[0]}, left {left}", f"{first[0]}, left {second[2]}"]
    return _with(s, "independent steps reordered", steps, at, at)


def wrong_digit(
    s: LabelledSolution, at: int, _: object, rng: random.Random
) -> EditedSolution | None:
    """The result of an equation that holds becomes another number."""
    found = _EQUATION.search(s.steps[at])
    if found is None or compute(int(found[1]), found[2], int(found[3])) != int(found[4]):
        return None
    start, end = found.span(4)
    wrong = str(slip(int(found[4]), rng))
    return _at(s, "wrong digit", at, s.steps[at][:start] + wrong + s.steps[at][end:])


def drop_step(s: LabelledSolution, at: int, _: object, __: object) -> EditedSolution | None:
    """The step before is left out."""
    if at < 1:
        return None
    return _with(s, "dropped step", [*s.steps[: at - 1], *s.steps[at:]], at, at - 1)


def repeat_step(s: LabelledSolution, at: int, _: object, __: object) -> EditedSolution | None:
    """The step before is written again in the place of this one."""
    if at < 1:
        return None
    return _at(s, "repeated step", at, s.steps[at - 1])


def foreign_step(
    s: LabelledSolution, at: int, others: Sequence[LabelledSolution], rng: random.Random
) -> EditedSolution | None:
    """A step of a solution of another problem stands in the place of this one."""
    if not others:
        return None
    other = rng.choice(others)
    text = other.steps[min(at, len(other.steps) - 1)]
    return None if text in s.steps else _at(s, "step from elsewhere", at, text)


def foreign_question(
    s: LabelledSolution, at: int, others: Sequence[LabelledSolution], rng: random.Random
) -> EditedSolution | None:
    """The solution stands under another problem."""
    if not others:
        return None
    edited = _with(s, "question from elsewhere", s.steps, at, at)
    return replace(edited, solution=replace(edited.solution, problem=rng.choice(others).problem))


EDITS: tuple[Edit, ...] = (
    Edit("self-praise", False, praise),
    Edit("padding", False, pad),
    Edit("restatement", False, restate),
    Edit("split step", False, split),
    Edit("terms swapped", False, swap_terms, checked=True),
    Edit("list reordered", False, reorder_list, checked=True),
    Edit("independent steps reordered", False, reorder_steps, checked=True),
    Edit("wrong digit", True, wrong_digit, checked=True),
    Edit("dropped step", True, drop_step, checked=True),
    Edit("repeated step", True, repeat_step, checked=True),
    Edit("step from elsewhere", True, foreign_step),
    Edit("question from elsewhere", True, foreign_question),
)
ARITHMETIC = frozenset({"wrong digit", "terms swapped"})
"""Checked edits whose effect follows from arithmetic alone, in any text."""
EMBEDDED_ALONE = frozenset({"list reordered", "independent steps reordered"})
"""Edits of the way in which embedded solutions are written."""
