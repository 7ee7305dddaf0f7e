"""What is no problem is refused before a log has to begin with it."""

from __future__ import annotations

import pytest

from search_core.problem import Problem


@pytest.mark.parametrize(
    ("text", "answer", "said"),
    [
        (" \n", None, "problem is empty"),
        ("a" * 4_001, None, "problem has 4,001 characters"),
        ("a", "b" * 1_001, "reference answer has 1,001 characters"),
        ("ab\ud83d", None, "The problem has half a character in it, at place 3"),
        ("a", "\ude00", "The reference answer has half a character in it, at place 1"),
    ],
)
def test_what_is_no_problem(text: str, answer: str | None, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Problem(text, answer)


def test_whole_characters_are_fine() -> None:
    assert Problem("a\N{GRINNING FACE}", "\N{GRINNING FACE}").text == "a\N{GRINNING FACE}"
