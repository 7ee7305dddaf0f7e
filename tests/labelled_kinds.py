"""Published kinds of labelled files for the tests: golden files, rows, and what is read of them."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from search_core.labelled import (
    LabelledFileError,
    LabelledSolution,
    NeutralRating,
    read_labelled,
    read_trees,
)
from search_core.log.tree import Tree
from tests.test_labelled_reading import GOLDEN

FILES = {path.stem: path for path in sorted(GOLDEN.iterdir()) if path.suffix != ".parquet"}
TREES = ("prm800k", "search_and_learn", "tree_log")


def golden_rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in FILES[name].open(encoding="utf-8")]


def solutions(path: Path, neutral: NeutralRating = "wrong") -> list[LabelledSolution]:
    return [*read_labelled(path, neutral=neutral)]


def trees(path: Path) -> list[Tree]:
    return [trace.tree for trace in read_trees(path)]


def complaint(path: Path) -> str:
    """Why the only row of a file cannot be used."""
    file = read_labelled(path)
    with pytest.raises(LabelledFileError):
        list(file)
    (only,) = file.report.complaints
    return only


def rated(**step: Any) -> dict[str, Any]:
    return {"completions": [], "human_completion": None, "chosen_completion": None, **step}


def prm800k_row(*steps: Any, reason: str = "solution") -> dict[str, Any]:
    return {
        "question": {"problem": "?", "ground_truth_answer": "1"},
        "label": {"steps": list(steps), "finish_reason": reason},
    }


GOOD_STEP = rated(completions=[{"text": "a", "rating": 1}], chosen_completion=0)
DEEP: dict[str, dict[str, Any]] = {
    "prm800k": prm800k_row(*[GOOD_STEP] * 201),
    "search_and_learn": {
        "problem": "?",
        "completions": ["\n\n".join("a" * 201)],
        "scores": [[1] * 201],
    },
    "tree_log": {
        "nodes": {str(at): {"id": at, "data": "a"} for at in range(202)},
        "edges": {
            str(at): {"source": at, "target": to, "data": {}} for at, to in pairwise(range(202))
        },
    },
}
