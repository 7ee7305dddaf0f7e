"""Which answers are the same, and that hostile ones cannot hold anything up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from search_core.answers import AnswerClasses, classes, judge, same_answer
from tests.waiting import PATIENCE, wait_until

ROOT = Path(__file__).resolve().parent.parent


class NoAlgebra:
    """A judge that must not be asked."""

    def start(self) -> None:
        raise AssertionError("the worker was needed")

    def equal(self, first: str, second: str) -> bool | None:
        raise AssertionError(f"asked about {first!r} and {second!r}")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("12", "12.0", True),
        ("12", "+12", True),
        ("12", " 12. ", True),
        ("1200", "1,200", True),
        ("1{,}200", "1200", True),
        ("$12$", "12", True),
        (r"\(12\)", r"\text{12}", True),
        (r"\$32", "32", True),
        ("−3", "-3", True),
        (r"\frac{1}{2}", "0.5", True),
        (r"\dfrac12", "1/2", True),
        ("0.333333", "1/3", True),
        ("0.33", "1/3", False),
        ("1/3", "2/6", True),
        ("12", "13", False),
        ("007", "7", True),
        ("Monday", r"\text{monday}", True),
        ("Monday", "Tuesday", False),
        ("(A)", "A", True),
        ("A", "12", False),
    ],
)
def test_plain_answers_need_no_worker(first: str, second: str, same: bool) -> None:
    groups = AnswerClasses(NoAlgebra())
    assert (groups.group_of(first) == groups.group_of(second)) is same


def test_of_two_classes_that_fit_the_oldest_wins() -> None:
    """Equality by algebra is not transitive: what equals both belongs where it always did."""

    class EqualTo:
        def start(self) -> None:
            pass

        def equal(self, first: str, second: str) -> bool | None:
            return "x+3" in (first, second)

    groups = AnswerClasses(EqualTo())
    assert [groups.group_of(answer) for answer in ("x+1", "x+2", "x+3")] == [0, 1, 0]


def test_numbers_in_order_of_first_appearance() -> None:
    groups = AnswerClasses(NoAlgebra())
    assert [groups.group_of(answer) for answer in ("7", "9", "7.0", "Mon", "9")] == [0, 1, 0, 2, 1]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (r"\sqrt{8}", r"2\sqrt{2}", True),
        ("x^2 + 2x + 1", "(x+1)^2", True),
        ("x=5", "5", True),
        (r"50\%", "0.5", True),
        (r"\sqrt{8}", r"\sqrt{7}", False),
        (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{bmatrix}1\\2\end{bmatrix}", True),
        ("1<x<2", "(1,2)", True),
        ("(1,2)", "1<x<2", True),
    ],
)
def test_algebra(first: str, second: str, same: bool) -> None:
    assert same_answer(first, second) is same


BOMBS = ["9^{9^{9^9}}", "10^{10^{10}}", "(1+x)^{5000}", "(1+x)^{4999}(1+x)"]


def test_bombs_come_back() -> None:
    short = judge.AlgebraJudge(deadline=0.5)
    assert short.equal("9^{9^{9^9}}", "2") in (None, False)
    short._deadline = PATIENCE
    assert short.equal(r"\sqrt{8}", r"2\sqrt{2}")  # a fresh worker
    short.close()


def test_many_bombs_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each that goes off costs at least the deadline, so only so many can within the patience."""
    deadline, patience = 0.25, 1.0
    monkeypatch.setattr(classes, "PATIENCE", patience)

    class Counting(judge.AlgebraJudge):
        went_off = 0

        def equal(self, first: str, second: str) -> bool | None:
            equal = super().equal(first, second)
            self.went_off += equal is None
            return equal

    counting = Counting(deadline)
    groups = AnswerClasses(counting)
    numbers = [groups.group_of(f"{bomb} + {index}") for index in range(6) for bomb in BOMBS]
    counting.close()
    assert len(set(numbers)) == len(numbers)
    assert 1 <= counting.went_off <= patience / deadline


def test_patience_counts_per_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Slow:
        def start(self) -> None: ...

        def equal(self, first: str, second: str) -> bool | None:
            asked.append(second)
            return None

    groups = AnswerClasses(Slow())
    for answer in ("x", "y^1", "y^2", "y^3", "y^4"):
        groups.group_of(answer)
    assert asked.count("y^4") <= classes.MAX_TIMEOUTS
    assert len(asked) < 10

    monkeypatch.setattr(classes, "PATIENCE", 0.0)
    asked.clear()
    AnswerClasses(Slow()).group_of("z^1")
    groups.group_of("z^2")
    assert asked == []


def test_threads_share_one_worker() -> None:
    results: list[bool] = []

    def compare(number: int) -> None:
        results.append(same_answer(rf"\sqrt{{{number * number * 2}}}", rf"{number}\sqrt{{2}}"))

    threads = [threading.Thread(target=compare, args=(number,)) for number in range(2, 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 6


def test_a_dead_worker_is_replaced() -> None:
    one = judge.AlgebraJudge(deadline=PATIENCE)
    assert one.equal("x+x", "2x")
    process = one._process
    assert process is not None
    process.kill()
    process.wait()
    assert one.equal("x+x", "2x") in (None, True)
    assert one.equal("x+x", "2x")
    one.close()
    assert not one.started


def test_a_worker_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "_WORKER", judge._WORKER.with_name("missing.py"))
    with pytest.raises(RuntimeError, match="math-verify"):
        judge.AlgebraJudge().start()


SCRIPT = """
import sys
print("main ran", flush=True)
from search_core.answers import same_answer
from search_core.answers.judge import shared_judge
same_answer("x+x", "2x")
shared_judge().start()  # again, if that comparison took too long
print(shared_judge()._process.pid, flush=True)
sys.stdin.read()
"""


def start_script(tmp_path: Path) -> subprocess.Popen[str]:
    """Starts a script without a `__main__` guard that compares once and then waits for input."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    return subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
    )


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


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


def test_an_answer_beyond_all_bounds_is_only_spelling() -> None:
    groups = AnswerClasses(NoAlgebra())
    assert groups.group_of("9" * 5000) == groups.group_of("9" * 5000)
    assert groups.group_of("9" * 5001) == 1
