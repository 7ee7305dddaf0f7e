"""Real worker processes: what is equal is found equal whoever else compares, and all of it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from search_core.answers import AnswerClasses, judge, same_answer, worker_process
from search_core.answers.judge import AlgebraJudge
from search_core.answers.turns import Account
from tests.waiting import PATIENCE, wait_until

ROOT = Path(__file__).resolve().parent.parent
WORKER = worker_process._WORKER
ENDLESS = 10_000.0
"""Processor seconds that no test has: what it is given would go on for ever."""
HOSTILE = (
    r"\sum_{n=1}^{10^9} \sin n",
    r"\prod_{k=1}^{10^6}(k^2+1)",
    r"\gcd(10^{10^9},7)",
    r"\int_0^1 \sin(x^x)\cos(\tan x) dx",
    r"\frac{" * 90 + "1" + "}{2}" * 90,
    r"\sqrt{" * 120 + "2" + "}" * 120,
)
"""What takes as long as it may."""
TOO_LONG = ("9^{9^{9^9}}", "10^{10^{10}}", "9999999999!", r"\binom{10^9}{10^8}")
"""What would, were it worked out."""
EQUAL = tuple((rf"\sqrt{{{n * n * 2}}}", rf"{n}\sqrt{{2}}") for n in range(2, 8))


@pytest.fixture(scope="module")
def algebra() -> Iterator[AlgebraJudge]:
    """A judge of its own, with one process: the tests say what each may take."""
    one = AlgebraJudge(workers=1)
    yield one
    one.close()


QUICK = """
import signal
def equal(first, second):
    while first == "endless":
        signal.pause()
    return {first, second} == {"x+x", "2x"}
"""


def never() -> bool:
    return False


def worker_with(algebra: str, folder: Path) -> Path:
    """The worker's file beside an algebra of our own; a second less to start than the real one."""
    (folder / "equality").mkdir()
    (folder / "equality" / "__init__.py").touch()
    (folder / "equality" / "algebra.py").write_text(algebra)
    worker = folder / "worker.py"
    worker.write_text(WORKER.read_text())
    return worker


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AlgebraJudge]:
    """For what the processes do, whatever they compare."""
    monkeypatch.setattr(worker_process, "_WORKER", worker_with(QUICK, tmp_path))
    one = AlgebraJudge(workers=1)
    yield one
    one.close()


def test_there_must_be_a_worker() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        AlgebraJudge(workers=0)
    with pytest.raises(ValueError, match="got 0"):
        judge.use_workers(0)


def test_how_many_workers_there_are_is_said_before_there_are_any(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(judge, "_shared", None)
    monkeypatch.setattr(judge, "_workers", judge.WORKERS)
    judge.use_workers(3)
    judge.shared_judge()
    judge.use_workers(3)
    with pytest.raises(RuntimeError, match="before any does"):
        judge.use_workers(4)


@pytest.mark.parametrize("bomb", HOSTILE)
def test_a_bomb_is_undecided_and_takes_what_it_may(algebra: AlgebraJudge, bomb: str) -> None:
    spent = algebra.compare(bomb, "2", 0.2, Account(), never)
    assert spent.equal is None
    assert 0.1 < spent.seconds < 0.4  # the kernel counts in ticks
    assert len(algebra.processes) == 1  # and nothing has to be started again


@pytest.mark.parametrize("number", TOO_LONG)
def test_a_number_that_is_too_long_is_not_worked_out(algebra: AlgebraJudge, number: str) -> None:
    assert algebra.compare(number, "2", ENDLESS, Account(), never).equal is None


GREEDY = """
def equal(first, second):
    if first == "at once":
        bytearray(4 * 1024**3)
    try:
        held = []
        while first == "bit by bit":
            held.append(bytearray(1024**2))
    except MemoryError:
        pass  # as the libraries do
    return False
"""


def test_memory_is_bounded_and_running_out_of_it_is_not_different(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_process, "_WORKER", worker_with(GREEDY, tmp_path))
    greedy = AlgebraJudge(workers=1)
    found = [
        greedy.compare(how, "x", ENDLESS, Account(), never).equal
        for how in ("at once", "bit by bit", "not at all")
    ]
    greedy.close()
    assert found == [None, None, False]


def test_equal_pairs_are_found_equal_beside_hostile_callers() -> None:
    """Three callers ask about nothing but bombs; a fourth has six pairs that are equal."""
    shared = judge.shared_judge()
    over = threading.Event()

    def hostile() -> None:
        classes = AnswerClasses(shared)
        for bomb in HOSTILE:
            classes.place(bomb, over.is_set)

    attackers = [threading.Thread(target=hostile, daemon=True) for _ in range(3)]
    for attacker in attackers:
        attacker.start()
    wait_until(lambda: shared.waiting > 0, "Hostile callers that wait for each other")
    classes = AnswerClasses(shared)
    found = [[classes.place(answer) for answer in pair] for pair in EQUAL]
    over.set()
    for attacker in attackers:
        attacker.join(PATIENCE)
    assert [one == other for one, other in found] == [True] * len(EQUAL)
    assert classes.undecided == frozenset()


def test_waiting_for_a_processor_is_not_charged(algebra: AlgebraJudge) -> None:
    """A worker that is held for a while has used nothing in it."""
    results: list[judge.AlgebraReply] = []
    process = algebra.processes[0]
    os.kill(process, signal.SIGSTOP)
    comparing = threading.Thread(
        target=lambda: results.append(algebra.compare(*EQUAL[0], 0.5, Account(), never))
    )
    comparing.start()
    held = time.monotonic() + 0.6  # longer than the comparison may take
    wait_until(lambda: time.monotonic() > held, "More time than it may take")
    os.kill(process, signal.SIGCONT)
    comparing.join(PATIENCE)
    assert [result.equal for result in results] == [True]


def test_a_stop_ends_the_comparison_that_is_under_way(algebra: AlgebraJudge) -> None:
    stop, results = threading.Event(), list[judge.AlgebraReply]()
    comparing = threading.Thread(
        target=lambda: results.append(
            algebra.compare(HOSTILE[0], "2", ENDLESS, Account(), stop.is_set)
        )
    )
    comparing.start()
    stop.set()
    comparing.join(PATIENCE)
    assert [result.equal for result in results] == [None]
    assert algebra.compare(*EQUAL[0], 0.5, Account(), never).equal  # no reply is mixed up


def test_a_stop_ends_waiting_for_a_turn(algebra: AlgebraJudge) -> None:
    over = threading.Event()
    busy = threading.Thread(
        target=algebra.compare, args=(HOSTILE[0], "2", ENDLESS, Account(), over.is_set)
    )
    busy.start()
    stop = threading.Event()
    waiting = threading.Thread(
        target=algebra.compare, args=(*EQUAL[0], 0.5, Account(), stop.is_set)
    )
    waiting.start()
    wait_until(lambda: algebra.waiting == 1, "A comparison that waits")
    stop.set()
    waiting.join(PATIENCE)
    assert busy.is_alive()
    over.set()
    busy.join(PATIENCE)


def test_a_dead_worker_is_replaced(quick: AlgebraJudge) -> None:
    assert quick.compare("x+x", "2x", ENDLESS, Account(), never).equal
    (process,) = quick.processes
    os.kill(process, signal.SIGKILL)
    wait_until(lambda: not is_alive(process), "The end of the worker")
    assert quick.compare("x+x", "2x", ENDLESS, Account(), never).equal is None
    assert quick.compare("x+x", "2x", ENDLESS, Account(), never).equal
    assert process not in quick.processes


def test_closing_ends_what_is_being_compared(quick: AlgebraJudge) -> None:
    assert quick.compare("x+x", "2x", ENDLESS, Account(), never).equal
    (process,) = quick.processes
    bomb = threading.Thread(
        target=quick.compare, args=("endless", "2", ENDLESS, Account(), never), daemon=True
    )
    bomb.start()
    wait_until(lambda: children_of(process) != [], "A comparison under way")
    (child,) = children_of(process)
    quick.close()
    bomb.join(PATIENCE)
    assert quick.processes == ()
    wait_until(lambda: not is_alive(process) and not is_alive(child), "The end of both processes")


def test_a_worker_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_process, "_WORKER", ROOT / "missing.py")
    with pytest.raises(RuntimeError, match="sympy"):
        AlgebraJudge().compare("x+1", "1+x", 1.0, Account(), never)


SCRIPT = """
import pathlib, sys
print("main ran", flush=True)
from search_core.answers import same_answer, worker_process
worker_process._WORKER = pathlib.Path(sys.argv[1])
from search_core.answers.judge import shared_judge
assert same_answer("x+x", "2x")
print(*shared_judge().processes, flush=True)
sys.stdin.read()
"""


def start_script(tmp_path: Path) -> subprocess.Popen[str]:
    """Starts a script without a `__main__` guard that compares once and then waits for input."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    return subprocess.Popen(
        [sys.executable, str(script), str(worker_with(QUICK, tmp_path))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
    )


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_an_unguarded_script_runs_once(tmp_path: Path) -> None:
    output, _ = start_script(tmp_path).communicate()
    assert output.count("main ran") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGKILL])
def test_the_worker_dies_with_its_parent(tmp_path: Path, signal_number: int) -> None:
    with start_script(tmp_path) as script:
        assert script.stdout is not None
        assert script.stdout.readline() == "main ran\n"
        pid = int(script.stdout.readline())
        assert is_alive(pid)
        script.send_signal(signal_number)
    wait_until(lambda: not is_alive(pid), "The end of the worker")


def test_threads_share_the_workers() -> None:
    results: list[bool] = []
    threads = [
        threading.Thread(target=lambda pair=pair: results.append(same_answer(*pair)))
        for pair in EQUAL
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * len(EQUAL)
    assert len(judge.shared_judge().processes) <= judge.WORKERS
