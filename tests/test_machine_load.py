"""Whether other work has the machine: told by what this server's threads waited for."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from search_core.serving.machine_load import (
    FREE,
    SECONDS_BETWEEN_LOOKS,
    SLOWED,
    MachineLoad,
    thread_times,
)
from search_core.serving.run_times import RunTimes, in_words


class Machine:
    """A clock and a count of what threads computed and waited."""

    def __init__(self) -> None:
        self.now, self.times = 0.0, [0.0, 0.0]
        self.looks = 0

    def read(self) -> tuple[float, float]:
        self.looks += 1
        return self.times[0], self.times[1]

    def work(self, load: MachineLoad, share: float, seconds: float = 3.0) -> bool:
        """Compute, and wait for a processor for this share of the time."""
        self.now += max(seconds, SECONDS_BETWEEN_LOOKS)
        self.times[0] += seconds * (1 - share)
        self.times[1] += seconds * share
        return load.busy


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def load(machine: Machine) -> MachineLoad:
    load = MachineLoad(machine.read, lambda: machine.now)
    assert not load.busy
    return load


def test_a_server_that_cannot_compute_is_slowed_by_others(
    load: MachineLoad, machine: Machine
) -> None:
    assert not machine.work(load, 0.1)
    assert machine.work(load, 0.7)
    assert load.waited == pytest.approx(0.7)


def test_the_word_does_not_come_and_go(load: MachineLoad, machine: Machine) -> None:
    between = (FREE + SLOWED) / 2
    assert not machine.work(load, between)
    assert machine.work(load, SLOWED + 0.01)
    assert machine.work(load, between)
    assert not machine.work(load, FREE - 0.01)


def test_one_who_does_nothing_is_not_slowed(load: MachineLoad, machine: Machine) -> None:
    assert machine.work(load, 0.9)
    assert not machine.work(load, 0.9, seconds=0.1)


def test_it_is_looked_at_now_and_then_only(load: MachineLoad, machine: Machine) -> None:
    looks = machine.looks
    assert [load.busy for _ in range(100)] == [False] * 100
    assert machine.looks == looks


def test_threads_that_ended_take_nothing_back(load: MachineLoad, machine: Machine) -> None:
    machine.work(load, 0.1)
    machine.times = [0.0, 0.0]
    assert not machine.work(load, 0.0, seconds=0.0)


def test_where_nothing_is_counted_nothing_is_said() -> None:
    load = MachineLoad(lambda: None, iter(range(0, 1000, 10)).__next__)
    assert [load.busy for _ in range(5)] == [False] * 5


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux counts this")
def test_the_systems_own_count_grows_with_work() -> None:
    before = thread_times()
    if before is None:
        pytest.skip("this kernel does not count it")
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    while (thread_times() or before)[0] <= before[0] + 0.02:
        sum(range(100_000))
    ended.set()
    thread.join()


def test_how_long_a_wait_is_by_the_last_runs() -> None:
    times = RunTimes()
    assert times.wait(0, 4) is None
    for seconds in (8.0, 10.0, 12.0):
        times.add(seconds)
    assert times.wait(0, 4) == pytest.approx(2.5)
    assert times.wait(7, 4) == pytest.approx(20.0)
    for _ in range(100):
        times.add(1.0)
    assert times.wait(0, 1) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "a few seconds"),
        (6, "about 10 seconds"),
        (14, "about 10 seconds"),
        (16, "about 20 seconds"),
        (54, "about 50 seconds"),
        (56, "about a minute"),
        (85, "about a minute"),
        (100, "about 2 minutes"),
        (3600, "about 60 minutes"),
    ],
)
def test_a_wait_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
