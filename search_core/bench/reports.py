"""A report of many rows that have a column of scores, and the reading of a very long file.

Each is a program of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from search_core.bench.measurement import Measurement

AIM_SECONDS = 30.0
ROWS, LINES = 10_000, 1_000_000
_GROUP = "verify: reports and long files"
_MEGABYTE = 1e6
# What a program used, said when it is done. Linux counts the memory of whoever began a program as
# the program's own peak in `ru_maxrss`, and in VmHWM does not.
_USED = """
import resource, sys
used = resource.getrusage(resource.RUSAGE_SELF)
peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
if sys.platform == "linux":
    lines = open("/proc/self/status").read().splitlines()
    peak = 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
print(used.ru_utime + used.ru_stime, peak, file=sys.stderr)
"""
_REPORT = """
import atexit, sys
sys.argv[1:] = "verify --input rows.jsonl --report report.html --json report.json".split()
from search_core.cli.app import main
atexit.register(lambda: exec(used))
main()
"""
_READ = """
from search_core.labelled import read_labelled
count = sum(1 for _ in read_labelled("rows.jsonl"))
assert str(count) == sys.argv[1], count
exec(used)
"""


def labelled_rows(count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Rows of 4 attempts a problem, of 3 to 8 steps each, whose scores follow their labels."""
    rng = random.Random(seed)
    for number in range(count):
        steps = rng.randint(3, 8)
        first = rng.choice((steps, rng.randrange(steps)))
        labels = [int(place < first) for place in range(steps)]
        yield {
            "id": str(number),
            "problem": f"Problem {number // 4}: what is {number // 4} + 1?",
            "steps": [f"Step {place + 1} of attempt {number % 4}." for place in range(steps)],
            "labels": labels,
            "scores": {"mine": [round(rng.betavariate(2 + 2 * y, 4 - 2 * y), 3) for y in labels]},
        }


def report_measurements(
    rows: int = ROWS, lines: int = LINES, repeats: int = 1
) -> list[Measurement]:
    """Seconds of processor time of a report, and peak memory of it and of reading alone.

    Args:
        rows: Of the report.
        lines: Of the long file.
        repeats: How often the report is made, at least 1.
    """
    with tempfile.TemporaryDirectory(prefix="espalier-bench-") as folder:
        place = Path(folder)
        _write(place / "rows.jsonl", rows)
        made = [_used(_REPORT, place) for _ in range(repeats)]
        short = _used(_READ, place, str(rows))
        _write(place / "rows.jsonl", lines)
        long = _used(_READ, place, str(lines))
        size = (place / "rows.jsonl").stat().st_size / _MEGABYTE
    report, read = f"report of {rows:,} rows", f"reading {lines:,} lines ({size:,.0f} MB)"
    seconds, peaks = zip(*made, strict=True)
    return [
        Measurement(report, "s of processor time", seconds, AIM_SECONDS, group=_GROUP),
        Measurement(f"{report}, peak memory", "MB", peaks, group=_GROUP),
        Measurement(read, "s of processor time", [long[0]], group=_GROUP),
        Measurement(f"{read}, peak memory", "MB", [long[1]], group=_GROUP),
        Measurement(f"reading {rows:,} lines, peak memory", "MB", [short[1]], group=_GROUP),
    ]


def _write(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in labelled_rows(count))


def _used(program: str, folder: Path, *arguments: str) -> tuple[float, float]:
    """Seconds of processor time and peak memory in MB that a program says it used.

    Raises:
        RuntimeError: It failed; the message is its own.
    """
    root = str(Path(__file__).resolve().parents[2])
    program = f"import sys; sys.path.insert(0, {root!r}); used = {_USED!r}\n{program}"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=folder, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    seconds, size = done.stderr.strip().splitlines()[-1].split()
    return float(seconds), float(size) / _MEGABYTE
