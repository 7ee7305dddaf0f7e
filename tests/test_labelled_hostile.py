"""Rows that somebody spoiled: read as text, or refused with a sentence, and never a crash."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.labelled import (
    KINDS,
    LabelledFileError,
    LabelledSolution,
    read_labelled,
    read_trees,
)
from search_core.labelled.writing import TARGETS, convert
from search_core.log.events import event_to_json
from search_core.log.traces import Trace, parse_trace
from tests.examples import examples
from tests.hostile import HOSTILE
from tests.labelled_kinds import FILES
from tests.test_labelled_reading import TRACES

odd = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 1, 2, 10**30, 0.5, 1e308, float("nan"), float("inf"), -0.0]),
    st.sampled_from(["", " ", "\ud800", "ки", "\x00", *(text[:200] for text in HOSTILE)]),
    st.sampled_from([[], {}, [[]], [None], [{}], {"": None}, {"text": 5}, ["a", 5]]),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all examples of a property."""
    return tmp_path_factory.mktemp("hostile")


def golden(name: str) -> list[Any]:
    if name == "trace":
        text = (TRACES / "word-problem-greedy.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]
    text = FILES[name].read_text(encoding="utf-8")
    return [json.loads(text)] if name == "tree_log" else [*map(json.loads, text.splitlines())]


def spoiled(draw: st.DrawFn, value: Any) -> Any:
    """The value, with something odd in place of one of its parts."""
    keys = (
        [*value]
        if isinstance(value, dict)
        else [*range(len(value))]
        if isinstance(value, list)
        else []
    )
    if not keys or draw(st.integers(0, 5)) == 0:
        return draw(odd)
    key = draw(st.sampled_from(keys))
    whole = copy.copy(value)
    if isinstance(whole, dict) and draw(st.integers(0, 7)) == 0:
        del whole[key]
    else:
        whole[key] = spoiled(draw, whole[key])
    return whole


@st.composite
def spoiled_rows(draw: st.DrawFn, name: str) -> list[Any]:
    rows = golden(name)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(rows) - 1))
        rows[at] = spoiled(draw, rows[at])
    return rows


def check_solution(solution: LabelledSolution) -> None:
    for text in (solution.id, solution.problem, *solution.steps, solution.answer or ""):
        text.encode()
    for column in (solution.labels, *solution.scores.values()):
        assert all(value is None or 0 <= value <= 1 for value in column)


def check_trace(trace: Trace) -> None:
    lines = "".join(event_to_json(event) + "\n" for event in trace.events)
    assert parse_trace(lines.encode()).events == trace.events


@pytest.mark.parametrize("name", KINDS)
@examples(60)
@given(data=st.data())
def test_a_spoiled_file_is_read_or_refused_with_a_sentence(
    folder: Path, name: str, data: st.DataObject
) -> None:
    rows = data.draw(spoiled_rows(name))
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for made, check in ((read_labelled, check_solution), (read_trees, check_trace)):
        if made is read_trees and KINDS[name].trees is None:
            continue
        file = made(path, name)
        with suppress(LabelledFileError):
            for item in file:
                check(item)  # type: ignore[operator]
        for complaint in file.report.complaints:
            assert len(complaint) < 600, complaint
            complaint.encode()
        said = file.report.said()
        assert file.report.read or file.report.left_out or name == "trace", said


@pytest.mark.parametrize("name", KINDS)
@examples(25)
@given(data=st.data())
def test_what_is_read_of_a_spoiled_file_is_written_or_refused_with_a_sentence(
    folder: Path, name: str, data: st.DataObject
) -> None:
    rows = data.draw(spoiled_rows(name))
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    single = [target.name for target in TARGETS.values() if not target.per_tree]
    try:
        convert(path, data.draw(st.sampled_from(single)), folder / "out.jsonl", kind=name)
    except LabelledFileError:
        return
    for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines():
        json.loads(line)
