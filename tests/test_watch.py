"""Waiting for a model: a result, an error and a cancellation come out the same way everywhere."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextlib import ExitStack

import pytest

from search_core.protocols import RunCancelled, fail, finish, wait, watch
from search_core.protocols.watch import LOOKS_PER_SECOND, SECONDS_BETWEEN_LOOKS, Waiters


def go_on() -> bool:
    return False


def test_a_result_that_is_there_is_given_though_the_run_was_cancelled() -> None:
    future: Future[int] = Future()
    finish(future, 3)
    assert wait(future, lambda: True) == 3


def test_a_result_that_comes_later_is_waited_for() -> None:
    future: Future[int] = Future()
    asked = threading.Event()

    def cancelled() -> bool:
        asked.set()
        return False

    def answer() -> None:
        asked.wait()
        finish(future, 4)

    thread = threading.Thread(target=answer)
    thread.start()
    assert wait(future, cancelled) == 4
    thread.join()


def test_an_error_is_raised_as_it_was() -> None:
    future: Future[int] = Future()
    error = TimeoutError("the model took its time")
    fail(future, error)
    with pytest.raises(TimeoutError) as raised:
        wait(future, go_on)
    assert raised.value is error


def test_a_cancelled_run_waits_no_more_and_the_worker_can_see_it() -> None:
    future: Future[int] = Future()
    looks = iter([False, False, True])
    with pytest.raises(RunCancelled):
        wait(future, lambda: next(looks))
    assert future.cancelled()
    finish(future, 5)  # What comes too late is nobody's.
    fail(future, ValueError("too late as well"))
    assert future.cancelled()


def test_what_the_worker_calls_off_is_a_cancelled_run() -> None:
    future: Future[int] = Future()
    future.cancel()
    with pytest.raises(RunCancelled):
        wait(future, go_on)


def test_whatever_ends_the_waiting_is_seen_by_the_worker() -> None:
    future: Future[int] = Future()

    def cancelled() -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        wait(future, cancelled)
    assert future.cancelled()


def test_many_who_wait_look_less_often_each() -> None:
    waiters = Waiters()
    assert waiters.seconds == SECONDS_BETWEEN_LOOKS
    with ExitStack() as all_of_them:
        for _ in range(64):
            all_of_them.enter_context(waiters.one_more())
        assert waiters.seconds == pytest.approx(64 / LOOKS_PER_SECOND)
    assert waiters.seconds == SECONDS_BETWEEN_LOOKS


def test_whoever_stops_waiting_is_counted_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    waiters = Waiters()
    monkeypatch.setattr(watch, "_waiters", waiters)
    seen = []

    def cancelled() -> bool:
        seen.append(waiters.count)
        return True

    with pytest.raises(RunCancelled):
        wait(Future[int](), cancelled)
    assert (seen, waiters.count) == ([1], 0)
