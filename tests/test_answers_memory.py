"""A comparison that runs out of memory is undecided, whatever the library makes of that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from search_core.answers.worker import _DIFFERENT, _EQUAL, _UNDECIDED

# An algebra that goes on after a MemoryError, as sympy does.
_COMPARED = """
import os, sys
sys.path.insert(0, sys.argv[1])
import worker

class Algebra:
    @staticmethod
    def equal(first, second):
        try:
            held = bytearray(int(first))
        except MemoryError:
            return False
        held[::4096] = b"x" * len(held[::4096])
        return first == second

child = os.fork()
if child == 0:
    worker._compare(Algebra, sys.argv[2], sys.argv[3], 20.0)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
_MB = 2**20


def outcome(first: int, second: int) -> int:
    folder = Path(__file__).parents[1] / "search_core" / "answers"
    asked = [sys.executable, "-P", "-c", _COMPARED, str(folder), str(first), str(second)]
    return subprocess.run(asked, check=False).returncode


def test_what_fits_is_decided() -> None:
    assert outcome(_MB, _MB) == _EQUAL
    assert outcome(_MB, 2 * _MB) == _DIFFERENT


def test_what_took_much_memory_before_it_differed_is_undecided() -> None:
    assert outcome(700 * _MB, _MB) == _UNDECIDED


@pytest.mark.skipif(sys.version_info < (3, 12), reason="only tracing could tell")
def test_one_piece_that_is_too_large_is_undecided() -> None:
    assert outcome(2**62, 1) == _UNDECIDED
