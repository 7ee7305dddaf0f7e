"""Plants each fault in a copy of the repository, runs its tests there, and reports who noticed."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.fault import ROOT, Fault, FaultError, read_faults

_NOTICED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_PASSED, _FAILED = 0, 1


@dataclass(frozen=True)
class Outcome:
    """What came of one fault: the tests that failed; none, and nobody noticed."""

    fault: Fault
    noticed: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; 0 if every fault was noticed."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description=__doc__,
        epilog="example: python -m tests.faults cousins-overlap merged-keeps-its-votes",
    )
    parser.add_argument("names", nargs="*", help="faults to plant; all if none is named")
    parser.add_argument("--list", action="store_true", help="say what there is, and plant nothing")
    parser.add_argument(
        "--whole", action="store_true", help="run the whole suite for each fault, not its own tests"
    )
    asked = parser.parse_args(arguments)
    faults = read_faults()
    unknown = sorted(set(asked.names) - {fault.name for fault in faults})
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; see --list.")
    chosen = [fault for fault in faults if not asked.names or fault.name in asked.names]
    if asked.list:
        for fault in chosen:
            print(f"{fault.name}: {fault.reason} ({fault.file})")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        _copy(copy)
        _check_clean(copy, chosen, asked.whole)
        outcomes = [_try(copy, fault, asked.whole) for fault in chosen]
    missed = [outcome.fault.name for outcome in outcomes if not outcome.noticed]
    print(f"\n{len(outcomes) - len(missed)} of {len(outcomes)} faults were noticed.")
    if missed:
        print("Not noticed: " + ", ".join(missed))
    return 1 if missed else 0


def _copy(to: Path) -> None:
    """Everything that git knows or would take, as it is in the work tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def _check_clean(copy: Path, faults: Sequence[Fault], whole: bool) -> None:
    """The tests pass without a fault: else their failing says nothing.

    Raises:
        FaultError: They do not.
    """
    tests = sorted({test for fault in faults for test in fault.tests})
    failing = _failing(copy, () if whole else tests)
    if failing:
        raise FaultError(f"These fail without any fault: {', '.join(failing)}. Mend them first.")
    print(f"Without a fault all tests pass; planting {len(faults)} …", flush=True)


def _try(copy: Path, fault: Fault, whole: bool) -> Outcome:
    path = copy / fault.file
    right = path.read_text(encoding="utf-8")
    path.write_text(fault.planted(right), encoding="utf-8")
    try:
        noticed = _failing(copy, () if whole else fault.tests)
    finally:
        path.write_text(right, encoding="utf-8")
    said = f"{len(noticed)} failed, first {noticed[0]}" if noticed else "NOT NOTICED"
    print(f"{fault.name}: {said}\n    {fault.reason}", flush=True)
    return Outcome(fault, tuple(noticed))


def _failing(copy: Path, tests: Sequence[str]) -> list[str]:
    """Names of the tests that fail there; of test files that cannot be read, too.

    Raises:
        FaultError: pytest could not run at all.
    """
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, *tests], cwd=copy, capture_output=True, text=True, check=False)
    failing = _NOTICED.findall(done.stdout)
    if done.returncode not in (_PASSED, _FAILED) and not failing:
        raise FaultError(
            f"pytest ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr}"
        )
    return failing
