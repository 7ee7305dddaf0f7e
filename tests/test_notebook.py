"""The guide's notebook runs from top to bottom, and its kept outputs are those of its cells."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.notebooks import Output, code_cells, read_notebook, run_cells, source

GUIDE = Path(__file__).resolve().parents[1] / "assets" / "guide"
PATH = GUIDE / "search.ipynb"
NOTEBOOK = read_notebook(PATH)
_LARGEST = 200_000


def shape(outputs: list[Output]) -> list[tuple[str, ...]]:
    """Kinds of outputs, without what depends on the machine."""
    return [(out["output_type"], *sorted(out.get("data", ()))) for out in outputs]


@pytest.mark.models
def test_it_runs_and_its_kept_outputs_are_those_of_its_cells() -> None:
    found = run_cells(NOTEBOOK, GUIDE)
    for cell, outputs in zip(code_cells(NOTEBOOK), found, strict=True):
        assert shape(cell["outputs"]) == shape(outputs), source(cell)
    html = [html_of(outputs) for outputs in found]
    kept = [html_of(cell["outputs"]) for cell in code_cells(NOTEBOOK)]
    for now, before in zip(html, kept, strict=True):
        assert elements(now) == elements(before)
    assert any("True" in "".join(out.get("text", ())) for out in found[-1])


def html_of(outputs: list[Output]) -> str:
    return "".join("".join(out.get("data", {}).get("text/html", ())) for out in outputs)


def elements(html: str) -> set[str]:
    return set(re.findall(r"<([a-z]+)", html))


def test_it_is_a_notebook_that_jupyter_reads() -> None:
    """What version 4.5 of the format asks of a notebook without widgets and attachments."""
    assert (NOTEBOOK["nbformat"], NOTEBOOK["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in NOTEBOOK["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in ids)
    for cell in NOTEBOOK["cells"]:
        needed = {"cell_type", "id", "metadata", "source"}
        if cell["cell_type"] == "code":
            needed |= {"execution_count", "outputs"}
        else:
            assert cell["cell_type"] == "markdown"
        assert set(cell) == needed
    for number, cell in enumerate(code_cells(NOTEBOOK), start=1):
        assert cell["execution_count"] == number
        for out in cell["outputs"]:
            assert (
                set(out)
                == {
                    "stream": {"output_type", "name", "text"},
                    "execute_result": {"output_type", "execution_count", "data", "metadata"},
                }[out["output_type"]]
            )


def test_it_is_small_and_says_nothing_of_the_machine_that_ran_it() -> None:
    text = PATH.read_text(encoding="utf-8")
    assert len(text) < _LARGEST
    assert "<script" not in text
    assert not re.search(r"/(home|root|tmp|Users)/", text)


def run(*texts: str) -> list[list[Output]]:
    cells: list[dict[str, Any]] = [{"cell_type": "code", "source": [text]} for text in texts]
    return run_cells({"cells": cells}, GUIDE)


def test_cells_share_names_print_and_show_their_last_value() -> None:
    assert run("a = 1", "print(a)\na + 1") == [
        [],
        [
            {"output_type": "stream", "name": "stdout", "text": ["1\n"]},
            {
                "output_type": "execute_result",
                "execution_count": 2,
                "data": {"text/plain": ["2"]},
                "metadata": {},
            },
        ],
    ]


@pytest.mark.parametrize("change", [lambda outs: outs.pop(), lambda outs: outs.append(outs[0])])
def test_a_changed_output_would_be_noticed(change: Callable[[list[Output]], Any]) -> None:
    [outputs] = run("print(1)")
    changed = list(outputs)
    change(changed)
    assert shape(changed) != shape(outputs)


def test_a_cell_that_fails_says_which_one() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run("a = 1", "a / 0")
    assert "cell 2" in str(caught.traceback[-1].path)
