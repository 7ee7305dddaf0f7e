"""Who is served next: fair shares, and that nobody's long requests keep others waiting."""

from __future__ import annotations

import threading

import pytest

from search_core.answers.turns import Account, Turn, Turns
from tests.waiting import PATIENCE, wait_until


def never() -> bool:
    return False


def taken(turns: Turns, account: Account, *, long: bool = False) -> Turn:
    turn = turns.take(account, never, long=long)
    assert turn is not None
    return turn


def test_there_must_be_a_place() -> None:
    with pytest.raises(ValueError, match="at least 1 place; got 0"):
        Turns(0)


def test_whoever_asked_for_little_passes_those_who_asked_for_much() -> None:
    turns, order = Turns(1), list[str]()
    accounts = {name: Account() for name in ("dear", "dearer", "cheap")}
    for name, cost in (("dear", 2.0), ("dearer", 4.0), ("cheap", 0.1)):
        turns.give_back(taken(turns, accounts[name]), accounts[name], cost)
    held = taken(turns, holder := Account())

    def ask(name: str) -> None:
        turn = taken(turns, accounts[name])
        order.append(name)
        turns.give_back(turn, accounts[name], 0.0)

    asking = ("dearer", "dear", "cheap")
    threads = [threading.Thread(target=ask, args=(name,), daemon=True) for name in asking]
    for thread in threads:
        thread.start()
    wait_until(lambda: turns.waiting == len(asking), "Everybody in the queue")
    turns.give_back(held, holder, 0.0)
    for thread in threads:
        thread.join(PATIENCE)
    assert order == ["cheap", "dear", "dearer"]


def test_the_lowest_stamp_is_served_first_and_cost_moves_it_back() -> None:
    turns = Turns(1)
    much, little = Account(), Account()
    for _ in range(3):
        turns.give_back(taken(turns, much), much, 2.0)
        turns.give_back(taken(turns, little), little, 0.1)
    assert much.due == pytest.approx(6.0)
    # A newcomer starts where those who are served are by now, not at the beginning of time.
    assert taken(turns, Account()).stamp == pytest.approx(4.0)
    assert little.due == pytest.approx(4.1)


def test_long_requests_never_take_the_last_of_several_places() -> None:
    turns = Turns(2)
    long = taken(turns, Account(), long=True)
    given_up = threading.Event()
    second = threading.Thread(
        target=turns.take, args=(Account(), given_up.is_set), kwargs={"long": True}, daemon=True
    )
    second.start()
    wait_until(lambda: turns.waiting == 1, "The second long request in the queue")
    short = taken(turns, account := Account())  # passes the one that waits
    assert turns.waiting == 1
    turns.give_back(short, account, 0.1)
    assert not long.stamp
    given_up.set()
    second.join(PATIENCE)
    assert turns.waiting == 0


def test_with_one_place_long_requests_are_served_too() -> None:
    turns = Turns(1)
    assert taken(turns, Account(), long=True).long


def test_whoever_stops_waits_no_longer() -> None:
    turns, account = Turns(1), Account()
    taken(turns, Account())
    assert turns.take(account, lambda: True) is None
    assert (turns.waiting, account.due) == (0, 0.0)
