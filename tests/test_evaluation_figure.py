"""The figure of an evaluation: what it draws, and that strangers' names stay text."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.evaluation.figure import evaluation_figure
from search_core.evaluation.figure_panel import spread, ticks
from tests.test_cli_solve import invoke, said

_SVG = "{http://www.w3.org/2000/svg}"


def estimate(value: float) -> dict[str, Any]:
    spread = {"value": value, "low": max(0.0, value - 0.1), "high": min(1.0, value + 0.1)}
    return {"accuracy": spread}


def row(strategy: str, n: int | None, judge: str, value: float, rival: str | None = None) -> Any:
    families = {"word": estimate(value), "countdown": estimate(value / 2)}
    options = {} if n is None else {"judge": "weighted", "n": n}
    return {
        "name": f"{strategy}@{n}/{judge}",
        "strategy": strategy,
        "options": options,
        "rival": rival,
        "n": n,
        "judge": judge,
        "average": estimate(0.75 * value),
        "families": families,
    }


def results(solver: str = "solver-small") -> dict[str, Any]:
    rows = [row("greedy", None, "majority", 0.5)]
    for place, judge in enumerate(("majority", "weighted", "best", "any")):
        rows += [
            row("best_of_n", n, judge, 0.5 + 0.03 * place * i) for i, n in enumerate((1, 4, 16))
        ]
    rows += [
        row(name, 16, judge, 0.7)
        for name in ("beam_search", "dvts")
        for judge in ("weighted", "any")
    ]
    rows.append(row("greedy", None, "majority", 0.65, "solver-large"))
    models = {"solver": {"name": solver, "parameters": 1_100_000}, "verifier": {"name": "v"}}
    return {"problems": {"word": 9, "countdown": 9}, "seeds": [0], "rows": rows, **models}


def texts(svg: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(svg).iter(f"{_SVG}text")]


def test_every_line_and_point_is_named_once_and_every_family_has_a_panel() -> None:
    svg = evaluation_figure(results())
    said = texts(svg)
    for name in ("any right (oracle)", "weighted vote", "best score", "majority", "greedy"):
        assert said.count(name) == 1
    for name in ("beam search", "DVTS", "solver-large, greedy", "word", "countdown"):
        assert said.count(name) == 1
    assert said.count("16") == 3  # one tick of each panel
    assert "solver-small (1.1M) with v, 9 problems each, 1 seed" in said


def test_it_tells_the_averages_to_those_who_cannot_see_it() -> None:
    root = ET.fromstring(evaluation_figure(results()))
    about = root.findtext(f"{_SVG}desc") or ""
    assert "weighted vote: 38 at N=1, 40 at N=4, 42 at N=16." in about
    assert root.get("role") == "img"


def test_marks_stay_inside_the_picture() -> None:
    root = ET.fromstring(evaluation_figure(results()))
    width, height = map(float, (root.get("viewBox") or "").split()[2:])
    for shape in root.iter():
        for pair in (shape.get("points") or "").split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= width
            assert 0 <= y <= height


def test_names_are_text_and_never_markup() -> None:
    svg = evaluation_figure(results("<script>alert('&')</script>"))
    assert any("<script>" in text for text in texts(svg))
    assert not list(ET.fromstring(svg).iter(f"{_SVG}script"))


def test_an_evaluation_of_greedy_alone_can_be_drawn() -> None:
    values = results()
    values["rows"] = values["rows"][:1]
    assert "greedy" in texts(evaluation_figure(values))


@given(
    st.lists(st.floats(0, 300), min_size=1, max_size=5).map(sorted),
    st.floats(10, 40),
)
def test_labels_never_meet(wanted: list[float], gap: float) -> None:
    places = spread(wanted, gap, 0, 300)
    assert all(b - a >= gap - 1e-6 for a, b in pairwise(places))
    assert all(-1e-6 <= place <= 300 + 1e-6 for place in places)


@given(st.integers(0, 18), st.integers(3, 20))
def test_ticks_are_few_and_inside(low: int, span: int) -> None:
    high = min(20, low + span) / 20
    found = ticks(low / 20, high)
    assert len(found) <= 7
    assert all(low / 20 - 1e-6 <= tick <= high + 1e-6 for tick in found)


def test_the_command_writes_it(tmp_path: Path) -> None:
    file, out = tmp_path / "results.json", tmp_path / "figure.svg"
    file.write_text(json.dumps(results()))
    result = invoke("figure", str(file), "--out", str(out))
    assert result.exit_code == 0, result.output
    assert out.read_text() == evaluation_figure(results())


@pytest.mark.parametrize(
    ("content", "message"),
    [("nonsense", "is not JSON"), ("{}", "no results of `evaluate`"), ("[]", "no results")],
)
def test_another_file_is_refused(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "results.json"
    file.write_text(content)
    result = invoke("figure", str(file), "--out", str(tmp_path / "figure.svg"))
    assert result.exit_code == 2
    assert message in said(result)
