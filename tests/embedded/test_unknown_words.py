"""Words of a story that the models do not know: which they are, and what is offered instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from components.controls.word_warning import reading_note, word_warning
from search_core.embedded import generate, in_known_words, read_problem, unknown_words
from search_core.embedded.families.word_list import NAMES, THINGS
from search_core.models import embedded_pair

GUIDE = Path(__file__).parents[2] / "assets" / "guide" / "limits.md"
MUFFINS = (
    "Sarah has 12 muffins. She gives 3 muffins to Tom and finds 5 more. "
    "How many muffins does Sarah have now?"
)
SWAPPED = (
    "Tom has 5 muffins. He swaps each muffin for 3 pies. He eats 2 pies. "
    "How many pies does Tom have now?"
)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        (MUFFINS, ("Sarah", "muffins")),
        (SWAPPED, ("muffins", "pies")),
        (MUFFINS.replace("muffins", "boxes").replace("Sarah", "Tara"), ()),
        ("Use 3, 7, 8 and 25 to make 24.", ()),
    ],
)
def test_what_was_never_read_is_named_and_replaced(text: str, unknown: tuple[str, ...]) -> None:
    problem = read_problem(text)
    assert unknown_words(problem) == unknown
    other = read_problem(in_known_words(problem))
    assert unknown_words(other) == ()
    assert other.answer == problem.answer
    assert in_known_words(problem) == in_known_words(problem)


def test_ready_problems_have_known_words_alone() -> None:
    for level in range(2, 5):
        for problem in generate("word", level, 60, seed=level, split="test"):
            assert unknown_words(problem) == (), problem.text


def test_a_warning_names_the_words_and_offers_stories_that_work() -> None:
    warning = word_warning(MUFFINS, embedded_pair())
    assert warning is not None
    assert "“Sarah” and “muffins”" in warning["text"]
    assert warning["control"] == "problem"
    offered = [offer["value"] for offer in warning["offers"]]
    assert len(offered) == len(set(offered)) == 3
    assert all(unknown_words(read_problem(text)) == () for text in offered)


@pytest.mark.parametrize(
    "text", ["", "What is love?", "Use 3, 7, 8 and 25 to make 24.", MUFFINS * 1_000]
)
def test_nothing_else_is_warned_of(text: str) -> None:
    assert word_warning(text, embedded_pair()) is None


def test_that_a_story_is_told_in_other_words_is_said() -> None:
    assert reading_note(MUFFINS, read_problem(MUFFINS)).startswith("Reworded for these models")
    for text in (read_problem(MUFFINS).text, "use 3,7,8, 25 to make 24", "(7+8)*3"):
        assert reading_note(text, read_problem(text)) == ""


def test_the_guide_lists_every_word() -> None:
    told = GUIDE.read_text(encoding="utf-8").split("### Words that they know")[1].split("\n## ")[0]
    assert {*THINGS, *NAMES} <= set(re.findall("[A-Za-z]+", told))
