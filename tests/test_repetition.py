"""A model that repeats itself, never ends, or ends without an answer is said to have done so."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from search_core import search
from search_core.cli.summary import print_summary, summary_values
from search_core.export.markdown import markdown_page
from search_core.log.events import Ended
from search_core.log.traces import Trace
from search_core.log.tree import Tree
from search_core.picture import outline
from search_core.picture.endings import ending_label, ending_words, endings_words
from search_core.problem import Problem
from search_core.run.repetition import repetition
from search_core.testing import FunctionSolver, FunctionVerifier

LOOPS = [
    "I will add 2 and 3. " * 8,
    "We get " + "the same as before, the same as before, " * 6 + "the sa",
    "Step 3: We add. Step 4: We add. Step 5: We add. Step 6: We add. Step 7: We add.",
    "it is right and " * 5 + "it is",
    "2+2=4.  " * 20,
]
NO_LOOPS = [
    "",
    "1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 = 12",
    r"\frac{1}{2} + " * 8 + r"\frac{1}{2}",
    "1/7 = 0.142857142857142857142857142857142857142857142857142857142857142857142857",
    "| a | b |\n|---|---|\n| 1 | 2 |\n| 1 | 2 |\n| 1 | 2 |",
    "-" * 300,
    "Ada has 3 apples, 3 pears and 3 plums. 3 + 3 = 6. 6 + 3 = 9.",
    "10" + "0" * 200,
]


@pytest.mark.parametrize("text", LOOPS)
def test_a_phrase_over_and_over_is_noticed(text: str) -> None:
    assert repetition(text, []) == "phrase"


@pytest.mark.parametrize("text", NO_LOOPS)
def test_what_only_looks_alike_is_no_repetition(text: str) -> None:
    assert repetition(text, ["Something else."]) == ""


def test_an_earlier_step_is_repeated_whatever_its_number() -> None:
    earlier = ["## Step 1: Multiply 3 by 4.", "So:"]
    assert repetition("## Step 7:  multiply 3 by 4.", earlier) == "step"
    assert repetition("## Step 7: Multiply 3 by 5.", earlier) == ""
    assert repetition("So:", earlier) == ""  # too short to be more than chance


@given(st.text(min_size=4, max_size=30), st.integers(0, 40), st.text(max_size=20))
def test_any_text_is_read_and_words_in_a_row_are_found(
    phrase: str, times: int, before: str
) -> None:
    assert repetition(before + phrase * times, [before]) in ("", "step", "phrase")
    assert repetition(f"{before} and the sum is{' and the sum is' * 8}", []) == "phrase"


Steps = list[tuple[str, Ended]]


def run_of(steps: Steps) -> tuple[Trace, Tree]:
    """A greedy run of a solver that writes these steps, whatever it is asked."""
    solver = FunctionSolver(lambda before, _: steps[len(before)])
    verifier = FunctionVerifier(lambda _: 0.5)
    result = search(
        Problem("What is 2 + 3?"), "greedy", solver=solver, verifier=verifier, max_steps=3
    )
    return Trace(tuple(result.events)), result.tree


LOOPING: tuple[str, Ended] = ("Let us add 2 and 3.", "step")


@pytest.mark.parametrize(
    ("steps", "said", "label"),
    [
        (
            [("2 + 3 and " * 9, "length")],
            "1 path cut off at the limit of one step, 96 tokens; 1 step repeats what was said",
            "cut off, repeats",
        ),
        (
            [LOOPING, LOOPING, LOOPING],
            "1 path not finished after 3 steps, the most that were allowed; "
            "2 steps repeat what was said",
            "repeats",
        ),
        (
            [("<think>Let me see.", "length")],
            "1 path cut off at the limit of one step, 96 tokens, while it was still thinking",
            "cut off",
        ),
        ([("I cannot say.", "end")], "1 path ended without an answer", ""),
        ([("", "length")], "1 path cut off at the limit of one step, 96 tokens", "cut off"),
        ([("The answer is 5.", "end")], "", ""),
    ],
)
def test_how_a_run_s_paths_ended_is_said_everywhere(steps: Steps, said: str, label: str) -> None:
    trace, tree = run_of(steps)
    last = list(tree.steps())[-1]
    assert endings_words(tree) == said
    assert ending_label(last) == label
    assert bool(ending_words(tree, last)) is bool(said)
    assert summary_values(tree)["endings"] == said
    console = Console(file=io.StringIO(), width=300)
    print_summary(console, tree)
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert (f"Endings  {said}." in printed) is bool(said)
    assert ("Endings" in outline(tree)) is bool(said)
    assert "answer no answer" not in markdown_page(trace)
    assert not said or f"{said}.\n" in markdown_page(trace)


def test_a_trace_without_the_field_is_read_as_one_in_which_nobody_looked() -> None:
    _, tree = run_of([LOOPING] * 3)
    assert [node.repeats for node in tree.steps()] == ["", "step", "step"]
