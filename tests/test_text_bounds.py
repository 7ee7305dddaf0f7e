"""What the worst text of the allowed length asks of the server: bounded, and said where refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from search_core.answers import AnswerClasses, extract_answer
from search_core.log.events import MAX_DEPTH
from search_core.run import election
from search_core.strategies.single_stream import MAX_PIECES
from search_core.thoughts import pieces as cutting
from search_core.thoughts import trace_of_text
from search_core.thoughts.pieces import (
    MAX_ANSWERS,
    MAX_CHARACTERS,
    MAX_PARAGRAPHS,
    MAX_READ_FOR_ANSWERS,
    fitting,
    split,
)
from tests.growth import takes_linear_time


def test_a_text_of_nothing_but_short_paragraphs_is_refused_before_it_is_read() -> None:
    text = ("x\n\n" * MAX_CHARACTERS)[:MAX_CHARACTERS]
    with pytest.raises(ValueError, match=r"333,334 paragraphs; at most 20,000 are read\. Paste a"):
        trace_of_text(text)


def test_as_many_paragraphs_as_are_read_are_joined() -> None:
    tree_pieces = fitting(split("x\n\n" * MAX_PARAGRAPHS), MAX_PIECES, MAX_DEPTH - 1)
    assert sum(text.count("x") for text in tree_pieces) == MAX_PARAGRAPHS
    assert len(tree_pieces) < MAX_DEPTH


def test_joining_takes_linear_time() -> None:
    # As deep as there are paragraphs: all of them go into a few pieces.
    assert takes_linear_time(lambda size: cutting.fitting(["x"] * size, MAX_PIECES, 3), 500)


def test_where_pieces_belong_is_read_once_for_the_paragraphs_and_then_for_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[int] = []
    places: Callable[[Sequence[str]], list[int]] = cutting.places

    def counting(pieces: Sequence[str]) -> list[int]:
        read.append(len(pieces))
        return places(pieces)

    monkeypatch.setattr(cutting, "places", counting)
    fitting(["x"] * MAX_PARAGRAPHS, MAX_PIECES, MAX_DEPTH - 1)
    assert read[0] == MAX_PARAGRAPHS
    assert sum(read[1:]) <= 2 * MAX_PIECES


def answers(count: int, before: str = "") -> str:
    return before + "".join(f"Wait, the answer is {number}.\n\n" for number in range(count))


def test_a_text_with_too_many_answers_is_refused_before_any_is_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[str] = []
    monkeypatch.setattr(AnswerClasses, "group_of", lambda _, answer: compared.append(answer))
    with pytest.raises(ValueError, match="501 times what the answer is; at most 500 answers are"):
        trace_of_text(answers(MAX_ANSWERS + 1, "go on\n\n"))
    assert compared == []


def test_answers_at_the_end_of_long_paths_are_refused_before_any_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[int] = []
    monkeypatch.setattr(election, "extract_answer", lambda text: read.append(len(text)))
    text = answers(90, ("y" * 19_000 + "\n\n") * 40)
    with pytest.raises(ValueError, match=r"in all; at most 20,000,000 are read for that\. Paste"):
        trace_of_text(text)
    assert read == []


def test_what_is_read_for_the_answers_of_an_allowed_text_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[int] = []

    def counting(text: str) -> str | None:
        read.append(len(text))
        return extract_answer(text[-1_000:])

    monkeypatch.setattr(election, "extract_answer", counting)
    trace_of_text(answers(40, ("y" * 1_000 + "\n\n") * 400))
    assert len(read) == 40
    assert 10_000_000 < sum(read) <= MAX_READ_FOR_ANSWERS
