"""What the families' checker can say of steps that a person wrote: holds, does not hold, or unread.

The checker reads one way of writing, that on which the embedded verifiers are trained, and its
labels call everything else wrong. To a person that would be false: a right step in other words is
not wrong, it cannot be read. Labels and training go by `step_labels`, which this leaves alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search_core.embedded import FAMILIES, UnknownProblemError, read_problem
from search_core.embedded.checking import CheckerState, starting_state
from search_core.embedded.checking.expression import ExpressionState, value_of
from search_core.embedded.checking.verdict import read_answer
from search_core.embedded.checking.word import WordState
from search_core.embedded.corruption import step_labels
from search_core.embedded.families.arithmetic import compute, read_equation
from search_core.embedded.families.canonical import tokenize
from search_core.embedded.families.expression import render
from search_core.problem import Problem

Verdicts = tuple[bool | None, ...]
"""Of each step whether it holds; None: the checker cannot read it."""

_EQUATION = re.compile(r"([0-9]{1,7}) ?([-+*/×·÷−]) ?([0-9]{1,7}) ?= ?([0-9]{1,7})(?![0-9])")
_PLAIN = str.maketrans("×·÷−", "**/-")
# A number here belongs to something longer, so that the equation says something else.
_GOES_ON_BEFORE = re.compile(r"(?:[\w.,]|[-+*/×·÷−^%()$€£]\s*)$")
_GOES_ON_AFTER = re.compile(r"[.,/:]?[0-9]|\w|\s*[-+*/×·÷−^%()]|\s+(?:remainder|rem|r)\b")
_FINAL = re.compile(r"\banswer\s*(?:is|:|=)\s*([0-9]{1,7})(?![0-9]|[.,/][0-9])", re.IGNORECASE)
_LEFT = re.compile(r"[0-9]{1,7}(?: [0-9]{1,7})*")


@dataclass(frozen=True, slots=True)
class StepForm:
    """How a family's steps are written where the checker is to read them.

    Attributes:
        says: One sentence.
        problem: An example.
        steps: Its solution in this form.
    """

    says: str
    problem: str
    steps: tuple[str, ...]


FORMS: Mapping[str, StepForm] = {
    "expression": StepForm(
        "One operation a step, then “, now” and what is left of the whole expression; after the "
        "last operation nothing.",
        "What is 3 * 8 - 4?",
        ("3 * 8 = 24, now 24 - 4", "24 - 4 = 20", "The answer is 20."),
    ),
    "word": StepForm(
        "Each step repeats a sentence of the problem, word for word, and then does its operation.",
        FAMILIES["word"].example,
        (
            "Ella gets 72 books from Rosa. 27 + 72 = 99",
            "Ella splits the books into 3 equal piles and keeps one pile. 99 / 3 = 33",
            "The answer is 33.",
        ),
    ),
    "countdown": StepForm(
        "One operation a step, then “, left” and all numbers that are left, the result among them.",
        "Use 3, 8 and 4 to make 20.",
        ("3 * 8 = 24, left 4 24", "24 - 4 = 20, left 20", "The answer is 20."),
    ),
}


def problem_family(problem: str) -> str | None:
    """The embedded family that a typed problem is of; None: of none."""
    try:
        return read_problem(problem).family
    except UnknownProblemError:
        return None


def checked_steps(problem: str, steps: Sequence[str]) -> Verdicts | None:
    """Of each step what the checker can say; None of problems of no embedded family."""
    try:
        read = read_problem(problem)
    except UnknownProblemError:
        return None
    return step_verdicts(read, steps)


def step_verdicts(problem: Problem, steps: Sequence[str]) -> Verdicts:
    """Of each step whether it holds: it is true, follows from those before and leaves the answer
    in reach.

    From a step on that cannot be read nobody knows what follows. Then a step is called wrong only
    where it says something false: an equation, or the final answer.

    Args:
        problem: In the canonical wording of its family (see `read_problem`).
    """
    family = problem.family or ""
    sound = [label == 1.0 for label in step_labels(problem, steps)].count(True)
    state = starting_state(problem)
    for step in steps[:sound]:
        if read_answer(step) is None:
            state.tell(step)
    verdicts: list[bool | None] = [True] * sound
    wrong = False
    for place, step in enumerate(steps[sound:]):
        answer, in_form = read_answer(step), _is_in_form(step, family)
        if _says_what_is_false(step, state):
            verdict: bool | None = False
        elif wrong:
            # What rests on a wrong step does not hold; in another form nobody can tell on what.
            verdict = False if in_form else None
        elif answer is not None and family != "countdown":
            verdict = True
        elif place == 0 and in_form:
            verdict = None if _may_be_meant(step, state, first=sound == 0) else False
        else:
            verdict = None
        verdicts.append(verdict)
        wrong = wrong or verdict is False
    return tuple(verdicts)


def _is_in_form(step: str, family: str) -> bool:
    """Whether a step is written as the family's steps are, true or not."""
    if read_answer(step) is not None:
        return True
    if family == "word":
        sentence, _, written = step.rpartition(". ")
        return bool(sentence) and read_equation(written) is not None
    separator = ", now " if family == "expression" else ", left "
    written, found, rest = step.partition(separator)
    if read_equation(written) is None:
        return False
    if family == "countdown":
        return _LEFT.fullmatch(rest) is not None
    return not found or render(tokenize(rest)) == rest


def _says_what_is_false(step: str, state: CheckerState) -> bool:
    """Whether an equation in the step is false, or the final answer that it tells."""
    final = _FINAL.search(step)
    if final is not None and not state.is_right(int(final[1])):
        return True
    for found in _EQUATION.finditer(step):
        if _GOES_ON_BEFORE.search(step[max(0, found.start() - 9) : found.start()]):
            continue
        if _GOES_ON_AFTER.match(step, found.end()):
            continue
        left, symbol, right, result = found.groups()
        true = compute(int(left), symbol.translate(_PLAIN), int(right))
        # A result that is no whole number may have been rounded.
        if true is not None and true != int(result):
            return True
    return False


def _may_be_meant(step: str, state: CheckerState, *, first: bool) -> bool:
    """Whether a step in form that the checker does not take may be right all the same."""
    if read_answer(step) is not None:
        return first  # An answer alone: what led to it was not written.
    if isinstance(state, ExpressionState):
        return _may_leave(step, state)
    return isinstance(state, WordState) and _may_tell(step, state)


def _may_leave(step: str, state: ExpressionState) -> bool:
    written, now, rest = step.partition(", now ")
    if not now:
        # Without what is left it is a step of another form, unless nothing is to be left.
        return len(state.tokens) > 3
    operation = written.split()[:3]
    there = any(state.tokens[at : at + 3] == operation for at in range(len(state.tokens)))
    return there and value_of(tokenize(rest)) == state.answer


def _may_tell(step: str, state: WordState) -> bool:
    """In other words than the problem's, or with the numbers the other way round."""
    sentence, _, written = step.rpartition(". ")
    equation = read_equation(written)
    if equation is None or state.done == len(state.expected):
        return False
    if f"{sentence}." in state.story.text:
        return equation.result == state.expected[state.done].result
    known = {int(number) for number in re.findall(r"[0-9]{1,7}", state.story.text)}
    known |= {each.result for each in state.expected[: state.done]}
    # Small numbers may stand there as words.
    return all(number <= 12 or number in known for number in (equation.left, equation.right))
