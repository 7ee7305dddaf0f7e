"""Comparing answers beside callers who ask about nothing but bombs, and on a busy machine."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from search_core.answers import LAST, SECOND, AnswerClasses
from search_core.answers.judge import AlgebraJudge
from search_core.answers.turns import Account
from search_core.bench.measurement import Measurement

HOSTILE = (
    r"\sum_{n=1}^{10^9} \sin n",
    r"\sum_{n=1}^{10^8} \cos n",
    r"\prod_{k=1}^{10^6}(k^2+1)",
    r"\prod_{k=1}^{10^6}(k^2+2)",
    r"\gcd(10^{10^9},7)",
    r"\int_0^1 \sin(x^x)\cos(\tan x) dx",
    r"\frac{" * 90 + "1" + "}{2}" * 90,
    r"\sqrt{" * 120 + "2" + "}" * 120,
)
"""What would take minutes or for ever."""
EQUAL = (
    (r"\sqrt{8}", r"2\sqrt{2}"),
    ("x^2+2x+1", "(x+1)^2"),
    (r"\frac{1}{\sqrt{3}}", r"\frac{\sqrt{3}}{3}"),
    (r"e^{i\pi}+3", "2"),
    (r"\sin^2 t+\cos^2 t", "1"),
    (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{bmatrix}1\\2\end{bmatrix}"),
)
ATTACKERS = 3
BUSY = 4
"""Other programs that never rest."""
_GROUP = "Answers beside hostile ones"


def answers_measurements() -> list[Measurement]:
    """What eight bombs hold up, and how many of six equal pairs are found to be equal."""
    judge = AlgebraJudge()
    judge.compare(*EQUAL[0], LAST.seconds, Account(), lambda: False)
    alone = _whole_run(judge, HOSTILE)
    quiet = _beside_attackers(judge)
    with _busy_machine():
        busy = _beside_attackers(judge)
    judge.close()
    return [
        Measurement("eight bombs as the answers of one run", "s", [alone[0]], group=_GROUP),
        Measurement("… of a worker's processor time", "s", [alone[1]], group=_GROUP),
        *_figures(f"beside {ATTACKERS} such callers", quiet),
        *_figures(f"… and {BUSY} busy programs", busy),
    ]


def _figures(where: str, found: tuple[int, list[float]]) -> list[Measurement]:
    equal, seconds = found
    pairs = len(EQUAL)
    return [
        Measurement(f"of {pairs} equal pairs found, {where}", "", [equal], pairs, True, _GROUP),
        Measurement(f"a pair, {where}", "s", seconds, group=_GROUP),
    ]


def _whole_run(judge: AlgebraJudge, answers: tuple[str, ...]) -> tuple[float, float]:
    """Seconds, and processor seconds, until the answers of a run are grouped and voted on."""
    started, classes = time.monotonic(), AnswerClasses(judge)
    for answer in answers:
        classes.place(answer)
    classes.settle(SECOND)
    classes.settle(LAST)
    return time.monotonic() - started, classes.spent


def _beside_attackers(judge: AlgebraJudge) -> tuple[int, list[float]]:
    """How many pairs are found equal while others ask about bombs, and the seconds of each."""
    over = threading.Event()

    def attack() -> None:
        while not over.is_set():
            classes = AnswerClasses(judge)
            for answer in HOSTILE:
                classes.place(answer, over.is_set)
            classes.settle(LAST, over.is_set)

    attackers = [threading.Thread(target=attack, daemon=True) for _ in range(ATTACKERS)]
    for attacker in attackers:
        attacker.start()
    while not judge.waiting:
        time.sleep(0.01)
    equal, seconds, classes = 0, [], AnswerClasses(judge)
    for pair in EQUAL:
        started = time.monotonic()
        first, second = (classes.place(answer) for answer in pair)
        equal += first == second
        seconds.append(time.monotonic() - started)
    over.set()
    for attacker in attackers:
        attacker.join()
    return equal, seconds


@contextmanager
def _busy_machine() -> Iterator[None]:
    """Other programs use all that they can get of the processors."""
    command = [sys.executable, "-c", "while True: pass"]
    programs = [subprocess.Popen(command) for _ in range(BUSY)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()
