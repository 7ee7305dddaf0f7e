"""Style and types of the whole code."""

from __future__ import annotations

import ast
import os
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
    # Where nobody has a cache yet, as in a fresh clone, it is not worth a fifth of the time to
    # write one that nobody reads.
    cache = ROOT / ".mypy_cache"
    check(f"mypy --cache-dir {cache if cache.is_dir() else os.devnull}", tmp_path)


def first_of(call: ast.Call) -> str:
    """How the first argument of a call begins, `{}` for what is put into it; "" for a name."""
    first = call.args[0]
    if isinstance(first, ast.JoinedStr):
        pieces = first.values
        return "".join(
            str(piece.value) if isinstance(piece, ast.Constant) else "{}" for piece in pieces
        ).strip()
    return str(first.value).strip() if isinstance(first, ast.Constant) else ""


def waits_for(source: str) -> list[str]:
    """What the calls of `wait_for_function` wait for that is written there."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [
        first_of(call)
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "wait_for_function"
    ]


def test_what_a_page_waits_for_is_a_function() -> None:
    """An expression is evaluated anew at each look, and our places forbid that: a test that need
    not wait passes, and on a slow machine it fails. A function is made once, from outside."""
    assert waits_for("page.wait_for_function(f'{HERE} > 3')") == ["{} > 3"]
    folders = (ROOT / "tests", ROOT / "search_core")
    sources = {path: path.read_text("utf-8") for folder in folders for path in folder.rglob("*.py")}
    found = [
        (path.name, text)
        for path, source in sources.items()
        if ".wait_for_function(" in source
        for text in waits_for(source)
    ]
    assert len(found) > 10
    assert [each for each in found if each[1] and "=>" not in each[1].split("\n")[0]] == []
