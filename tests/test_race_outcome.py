"""Who won a race, in plain words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from search_core.log.events import Sampled
from search_core.log.traces import read_trace
from search_core.race.divergence import divergence
from search_core.race.outcome import outcome


def lane(
    name: str, right: bool | None, *, tokens: int = 10, work: float = 1e9, **values: Any
) -> Any:
    answer = {True: "18", False: "7", None: None}[right]
    row = {"name": name, "answer": answer, "right": right, "right_undecided": False, "known": True}
    row["status"] = "completed"
    costs = {"tokens": tokens, "solver_flops": work, "verifier_flops": 0.0, "again": 0}
    return row | costs | values


def said(*lanes: Any, rounds: tuple[int, ...] = ()) -> str:
    partings = [{"rounds": (1, place)} for place in rounds] or [None] * (len(lanes) - 1)
    return outcome(lanes, partings).removesuffix(" Their trees are the same to the end.")


@pytest.mark.parametrize(
    ("lanes", "sentence"),
    [
        ([lane("A", True), lane("B", False)], "A is right; B is wrong."),
        (
            [lane("A", True), lane("B, N 4", True), lane("C", False)],
            "A and B (N 4) are right; C is wrong. They cost the same: ",
        ),
        ([lane("A", False), lane("B", None)], "No lane is right: B is without an answer."),
        ([lane("A", False), lane("A", False)], "No lane is right."),
        ([lane("A", True), lane("A", False)], "Lane 1 is right; lane 2 is wrong."),
        (
            [lane("A", True), lane("B", None, answer="1", right_undecided=True)],
            "A is right; B is undecided.",
        ),
        (
            # What it had when a person stopped it says nothing of what it would have come to.
            [lane("A", False, status="cancelled"), lane("B", True), lane("C", False)],
            "B is right; C is wrong; A was stopped before its end.",
        ),
        (
            [lane("A", True, status="cancelled"), lane("B", False)],
            "No lane is right: A was stopped before its end.",
        ),
        ([lane("A", None, known=False)] * 2, "No lane found an answer."),
        (
            [lane("A", None, known=False, answer=answer) for answer in "12"],
            "The lanes give different answers; which is right is not known.",
        ),
        (
            [lane("A", None, known=False, answer="1")] * 3,
            "All 3 lanes give the same answer; which is right is not known.",
        ),
    ],
)
def test_it_says_which_lanes_are_right(lanes: list[Any], sentence: str) -> None:
    assert said(*lanes).startswith(sentence)


def test_it_says_which_of_the_right_ones_was_cheapest() -> None:
    two = (lane("A", True, tokens=1200, work=2e9), lane("B", True, tokens=800, work=1e9))
    both = "Both lanes are right. "
    assert said(*two) == f"{both}Cheapest of these: B, with 800 tokens and 1 GFLOPs."
    # Few tokens and a large verifier, or the other way round: both are told.
    dear = lane("B", True, tokens=800, work=1e9, verifier_flops=3e9)
    assert said(two[0], dear) == (
        f"{both}Of these B wrote the fewest tokens, 800; A took the least work, 2 GFLOPs."
    )
    same = lane("B", True, tokens=1200, work=2e9)
    assert said(two[0], same) == f"{both}They cost the same: 1,200 tokens and 2 GFLOPs each."
    # What a foreign solver works is not known; what a wrong lane cost is no matter.
    foreign = lane("B", True, tokens=800, work=0.0)
    assert said(two[0], foreign) == f"{both}Cheapest of these: B, with 800 tokens."
    assert "Cheapest" not in said(two[0], lane("B", False, tokens=1))
    # A row of a steered run holds only what was new.
    assert said(two[0], lane("B", True, tokens=1, again=7)) == both.strip()


def test_it_says_where_they_part() -> None:
    a, b, c = (lane(name, True) for name in "ABC")
    assert outcome([a, b], [None]).endswith("Their trees are the same to the end.")
    assert said(a, b, rounds=(2,)).endswith(" They part in round 1.")
    assert said(a, b, c, rounds=(3, 2)).endswith(" They first part in round 1.")


def test_who_goes_on_from_all_parts_at_the_moment_at_which_the_other_drops() -> None:
    """On the clock of tokens both stand at the same value there, and nobody is ahead."""
    folder = Path(__file__).resolve().parents[1] / "assets/race"
    one, *others = (read_trace(path).events for path in sorted(folder.glob("*.jsonl")))
    for other in others:
        found = divergence(one, other, ("a", "b"))
        assert found is not None
        assert "goes on from all" in found.sentence
        written = [
            sum(event.tokens for event in log[:cursor] if isinstance(event, Sampled))
            for log, cursor in zip((one, other), found.cursors, strict=True)
        ]
        assert written[0] == written[1]
        assert found.rounds == (1, 1)
