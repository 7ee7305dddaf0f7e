"""Notebooks as files: runs their cells in order, as Jupyter would, without one.

`python -m tests.notebooks assets/guide/search.ipynb` runs a notebook and writes its outputs.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Output = dict[str, Any]


def read_notebook(path: Path) -> dict[str, Any]:
    """A notebook's values."""
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values


def source(cell: dict[str, Any]) -> str:
    """A cell's text."""
    return "".join(cell["source"])


def run_cells(notebook: dict[str, Any], folder: Path) -> list[list[Output]]:
    """Run all code cells in one namespace; what each puts out.

    Args:
        folder: Where the notebook lies, which is where Jupyter would run it.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    with _inside(folder):
        return [
            _run(source(cell), names, number)
            for number, cell in enumerate(code_cells(notebook), start=1)
        ]


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """The cells that are run."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def _run(text: str, names: dict[str, Any], number: int) -> list[Output]:
    """One cell: what it prints, then the value of its last expression."""
    parts = ast.parse(text)
    last = parts.body.pop() if parts.body and isinstance(parts.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    name = f"cell {number}"
    with contextlib.redirect_stdout(printed):
        exec(compile(parts, name, "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval"), names)
    outputs: list[Output] = []
    if printed.getvalue():
        lines = printed.getvalue().splitlines(keepends=True)
        outputs.append({"output_type": "stream", "name": "stdout", "text": lines})
    if value is not None:
        outputs.append(
            {
                "output_type": "execute_result",
                "execution_count": number,
                "data": _shown(value),
                "metadata": {},
            }
        )
    return outputs


def _shown(value: Any) -> dict[str, list[str]]:
    data = {"text/plain": repr(value).splitlines(keepends=True)}
    if hasattr(value, "_repr_html_"):
        data["text/html"] = value._repr_html_().splitlines(keepends=True)
    return data


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before, path = Path.cwd(), list(sys.path)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        sys.path[:] = path


def main(path: Path) -> None:
    """Run a notebook and write its outputs into it."""
    notebook = read_notebook(path)
    outputs = run_cells(notebook, path.resolve().parent)
    for number, (cell, found) in enumerate(zip(code_cells(notebook), outputs, strict=True), 1):
        cell["execution_count"], cell["outputs"] = number, found
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
