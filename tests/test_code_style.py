"""Style and types of the whole code."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def check(tool: str, folder: Path) -> None:
    command = [sys.executable, "-m", *tool.split()]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, f"{tool}:\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("tool", ["ruff check .", "ruff format --check ."])
def test_style(tool: str) -> None:
    check(tool, ROOT)


def test_types(tmp_path: Path) -> None:
    """In a copy: gradio writes stubs beside the components of an app that runs, and mypy would
    read those, stale or half written, in the place of the code."""
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)
    shutil.copy2(ROOT / "app.py", tmp_path)
    for package in ("search_core", "components"):
        without_stubs = shutil.ignore_patterns("*.pyi", "__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=without_stubs)
    check(f"mypy --cache-dir {ROOT / '.mypy_cache'}", tmp_path)
