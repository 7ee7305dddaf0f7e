"""Memory that was let go goes back to the machine, where the C library is glibc."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from search_core import heap
from tests.waiting import PATIENCE

# Eight threads are alive together, each with pieces of its own; then the arenas are counted.
_THREADS = """
import ctypes, sys, threading
from search_core.heap import keep_together
if sys.argv[1] == "together":
    assert keep_together()
begin, end = threading.Barrier(8), threading.Barrier(8)
def work():
    begin.wait()
    held = [bytearray(3000) for _ in range(300)]
    end.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


def arenas(how: str, folder: Path) -> int:
    told = folder / f"{how}.xml"
    environment = {name: value for name, value in os.environ.items() if "MALLOC" not in name}
    subprocess.run(
        [sys.executable, "-c", _THREADS, how, str(told)],
        check=True,
        env=environment,
        cwd=Path(__file__).parents[1],
    )
    return told.read_text().count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_threads_share_few_arenas(tmp_path: Path) -> None:
    assert arenas("together", tmp_path) <= 2 < arenas("apart", tmp_path)


# What every pass of a model does: it asks for pieces, and frees them all.
_PASSES = """
import resource
from search_core.heap import keep_together
assert keep_together()
def work():
    held = [bytearray(400_000) for _ in range(8)]
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(3):
    work()
before = faults()
for _ in range(50):
    work()
print(faults() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_what_is_freed_and_asked_for_again_is_not_given_back_in_between() -> None:
    environment = {name: value for name, value in os.environ.items() if "MALLOC" not in name}
    done = subprocess.run(
        [sys.executable, "-c", _PASSES],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[1],
    )
    assert int(done.stdout) < 1_000  # of 40,000 that it takes to ask for all of it each time


def test_a_quiet_server_gives_back_once_and_a_busy_one_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = threading.Semaphore(0)
    monkeypatch.setattr(heap, "give_back", lambda count: given.release())
    for _ in range(20):
        heap.give_back_when_quiet(3600.0)  # each takes the place of the one before
    heap.give_back_when_quiet(0.0)
    assert given.acquire(timeout=PATIENCE)
    waiting = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    for thread in waiting:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert not given.acquire(blocking=False)
