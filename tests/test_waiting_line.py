"""The line: so many at once, fair between visitors, nobody starved, and every refusal said."""

from __future__ import annotations

import random

import pytest

from search_core.serving.waiting_line import AdmissionLimits, LineFullError, WaitingLine


def line(at_once: int = 1, waiting: int = 100, per_visitor: int | None = None) -> WaitingLine:
    return WaitingLine(AdmissionLimits(at_once, waiting, per_visitor))


def served(of: WaitingLine) -> list[str]:
    """Everybody who gets a turn, in order; whoever has one is done at once."""
    order = []
    while (run := of.take()) is not None:
        order.append(run)
        of.leave(run)
    return order


def test_never_more_than_the_limit_at_once() -> None:
    waiting = line(at_once=3)
    for number in range(10):
        waiting.join(f"run {number}", f"owner {number}")
    assert [waiting.take() for _ in range(4)] == ["run 0", "run 1", "run 2", None]
    waiting.leave("run 1")
    assert (waiting.take(), waiting.take()) == ("run 3", None)
    assert waiting.running == 3


def test_strangers_are_served_in_the_order_in_which_they_came() -> None:
    waiting = line()
    for number in range(5):
        waiting.join(str(number), f"owner {number}")
    assert [waiting.ahead(str(number)) for number in range(5)] == [0, 1, 2, 3, 4]
    assert served(waiting) == ["0", "1", "2", "3", "4"]


def test_who_asks_for_one_does_not_wait_for_all_of_who_asks_for_fifty() -> None:
    waiting = line()
    for number in range(50):
        waiting.join(f"greedy {number}", "greedy")
    waiting.join("modest", "modest")
    assert waiting.ahead("modest") == 1
    assert served(waiting)[:3] == ["greedy 0", "modest", "greedy 1"]


def test_two_visitors_take_turns_however_many_each_has() -> None:
    waiting = line()
    for owner, count in (("a", 6), ("b", 3)):
        for number in range(count):
            waiting.join(f"{owner}{number}", owner)
    assert served(waiting) == ["a0", "b0", "a1", "b1", "a2", "b2", "a3", "a4", "a5"]


def test_twenty_turns_while_nobody_waited_are_held_against_nobody() -> None:
    waiting = line()
    for number in range(20):
        waiting.join(f"busy {number}", "busy")
        assert served(waiting) == [f"busy {number}"]
    for number in range(3):
        waiting.join(f"busy again {number}", "busy")
        waiting.join(f"new {number}", "new")
    turns = [name.split()[0] for name in served(waiting)]
    assert turns == ["new", "busy", "new", "busy", "new", "busy"]


def test_a_visitor_has_at_most_a_share_of_the_places_also_where_nobody_else_waits() -> None:
    waiting = line(at_once=8)
    for number in range(8):
        waiting.join(f"greedy {number}", "greedy")
    taken = [waiting.take() for _ in range(8)]
    assert taken[:6] == [f"greedy {number}" for number in range(6)]
    assert taken[6:] == [None, None]
    waiting.join("modest", "modest")
    assert waiting.take() == "modest"


@pytest.mark.parametrize(
    ("limits", "most"),
    [
        (AdmissionLimits(1), 1),
        (AdmissionLimits(4), 3),
        (AdmissionLimits(8, per_visitor=2), 2),
        (AdmissionLimits(2, per_visitor=9), 2),
    ],
)
def test_the_share_of_one_visitor(limits: AdmissionLimits, most: int) -> None:
    assert limits.most_of_one == most


@pytest.mark.parametrize("values", [{"at_once": 0}, {"waiting": -1}, {"per_visitor": 0}])
def test_limits_that_let_nobody_in_are_refused(values: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(values))} is "):
        AdmissionLimits(**values)


def test_a_full_line_refuses_and_says_how_many_wait() -> None:
    waiting = line(waiting=2)
    waiting.join("runs", "a")
    assert waiting.take() == "runs"
    waiting.join("first", "b")
    waiting.join("second", "c")
    with pytest.raises(LineFullError, match="2 searches wait already") as refused:
        waiting.join("third", "d")
    assert refused.value.own == 0
    assert waiting.waiting == ["first", "second"]


def test_a_full_line_makes_room_for_a_stranger_at_the_cost_of_who_has_most_in_it() -> None:
    waiting = line(waiting=3)
    waiting.join("runs", "z")
    waiting.take()
    for number in range(3):
        waiting.join(f"greedy {number}", "greedy")
    with pytest.raises(LineFullError) as refused:
        waiting.join("greedy 3", "greedy")
    assert refused.value.own == 3
    assert waiting.join("modest", "modest") == "greedy 2"
    assert waiting.waiting == ["greedy 0", "modest", "greedy 1"]
    with pytest.raises(LineFullError):  # two and one: one more would only turn it around
        waiting.join("modest 2", "modest")


def test_without_a_line_a_free_place_is_still_taken() -> None:
    waiting = line(at_once=2, waiting=0)
    for number in range(2):
        assert waiting.join(str(number), f"owner {number}") is None
        assert waiting.take() == str(number)
    with pytest.raises(LineFullError):
        waiting.join("2", "owner 2")


def test_whoever_leaves_is_not_waited_for() -> None:
    waiting = line()
    for number in range(3):
        waiting.join(str(number), f"owner {number}")
    waiting.leave("0")
    waiting.leave("never was here")
    assert waiting.ahead("2") == 1
    assert waiting.ahead("0") is None
    assert served(waiting) == ["1", "2"]


def test_whatever_comes_everybody_is_served_once_and_within_the_limits() -> None:
    """A thousand random moments: arrivals, turns, ends and leavers of five visitors."""
    chance, waiting = random.Random(7), line(at_once=4, waiting=30)
    inside: dict[str, str] = {}
    served_of, asked, left = [], [], set()
    for moment in range(1000):
        owner = chance.choice("aaaabbcde")
        match chance.randrange(4):
            case 0 | 1:
                try:
                    out = waiting.join(str(moment), owner)
                except LineFullError:
                    continue
                asked.append(str(moment))
                left |= {out} if out else set()
                inside[str(moment)] = owner
            case 2 if served_of:
                waiting.leave(chance.choice(served_of))
            case 3 if waiting.waiting and chance.random() < 0.2:
                gone = chance.choice(waiting.waiting)
                waiting.leave(gone)
                left.add(gone)
        before = waiting.waiting
        run = waiting.take()
        if run is not None:
            assert run in before
            served_of.append(run)
        assert waiting.running <= 4
        assert len(waiting.waiting) <= 30
    for run in served_of:
        waiting.leave(run)
    rest = served(waiting)
    assert len({*served_of, *rest}) == len(served_of) + len(rest)
    assert {*served_of, *rest, *left} == set(asked)
