"""The static figure of the tree: palette entries only, and text that stays text."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from components.tree_figure import tree_figure
from hypothesis import given, settings
from hypothesis import strategies as st

from components.palette import THEMES, Theme, palette
from search_core.log.events import Finished
from search_core.log.traces import Trace
from search_core.log.tree import Tree
from search_core.problem import Problem
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from tests.fakes import World
from tests.test_search_properties import WORLDS, recipes, run_in

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "${alert(1)}",
    "$\\href{javascript:alert(1)}{x}$",
    "</script><script>alert(1)</script>",
    '<a href="javascript:alert(1)">click</a>',
    "%{customdata} <b>bold</b> &lt;b&gt;",
    "right\u202eto left \x00 null",
    "x" * 100_000,
)
CLEAR = "rgba(0,0,0,0)"


@dataclass(frozen=True)
class HostileWorld(World):
    """A world whose solver writes what should not be run."""

    def step(self, steps: tuple[str, ...], index: int) -> tuple[str, str]:
        text, ended = super().step(steps, index)
        return f"{HOSTILE[index % len(HOSTILE)][:150_000]} {text}", ended


def beam(world: World, answer: str | None = "1") -> Run:
    strategy = STRATEGIES["beam_search"]
    options = strategy.options.from_values({"n": 16, "beam_width": 4, "max_steps": 5})
    return run_in(world, Recipe(Problem(HOSTILE[0], answer), strategy, options))


def values(tree: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of nested JSON values with the name of the field that holds it."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from values(value, name)
    elif isinstance(tree, list):
        for value in tree:
            yield from values(value, key)
    else:
        yield key, tree


def shown_texts(figure: Any) -> list[str]:
    """What plotly will read as its small HTML."""
    names = {"text", "hovertext", "name", "title", "ticktext", "hovertemplate", "texttemplate"}
    leaves = values(json.loads(figure.to_json()))
    return [value for key, value in leaves if key in names and isinstance(value, str)]


def assert_harmless(texts: list[str]) -> None:
    for text in texts:
        assert set(re.findall(r"<[^>]*>?", text)) <= {"<b>", "</b>", "<br>"}, text[:200]
        assert "$" not in text
        assert len(text) < 3_000
        assert not re.search("[\u202a-\u202e\x00-\x08]", text)


@given(WORLDS, recipes(), st.sampled_from(THEMES), st.sampled_from(["state", "score"]))
@settings(max_examples=25, deadline=None)
def test_every_step_is_drawn_once_with_entries_of_the_palette_only(
    world: World, recipe: Recipe, theme: Theme, fill: Any
) -> None:
    run = run_in(world, recipe)
    figure = tree_figure(run, theme=theme, fill=fill)
    drawn = [node for trace in figure.data for node in (trace.ids or ())]
    assert sorted(drawn) == sorted(node.id for node in run.tree.steps())
    table = palette()
    colours = set(table.themes[theme].model_dump().values()) | set(table.scores)
    entries = [*table.states.values(), *table.grades.values()]
    for state in table.states.values():
        colours |= {state.fill[theme], state.line[theme], state.edge.color[theme], CLEAR}
    colours |= {grade.line[theme] for grade in table.grades.values()}
    symbols = {entry.symbol for entry in entries}
    dashes = {state.edge.dash for state in table.states.values()}
    for key, value in values(json.loads(figure.to_json())):
        if isinstance(value, str) and (key in {"color"} or re.fullmatch(r"#\w{3,8}", value)):
            assert value in colours, key
        if key == "symbol":
            assert value in symbols
        if key == "dash":
            assert value in dashes


def test_the_legend_is_the_key() -> None:
    run = beam(World(seed=3, ends=0.25))
    figure = tree_figure(run)
    key = {trace.name for trace in figure.data if trace.showlegend is not False}
    states = {node.state for node in run.tree.steps()} | {"chosen"}
    labels = {palette().states[state].label for state in states}
    assert key == labels | {"Right ✓", "Wrong ✗"}
    marks = [trace for trace in figure.data if trace.mode and trace.mode.startswith("markers")]
    assert len({trace.name for trace in marks if trace.name}) == len(key)


def test_the_winning_path_is_thick_and_cased() -> None:
    run = beam(World(seed=3, ends=0.25))
    finished = run.events[-1]
    assert isinstance(finished, Finished)
    assert finished.chosen
    edge = palette().states["chosen"].edge
    lines = [trace for trace in tree_figure(run).data if trace.mode == "lines"]
    casing, path = lines[-2:]
    assert (casing.line.width, path.line.width) == (edge.casing, edge.width)
    assert list(casing.x) == list(path.x)
    assert path.x.count(None) == len(run.tree.path(finished.chosen))


def test_nothing_is_graded_without_a_reference() -> None:
    names = {trace.name for trace in tree_figure(beam(World(seed=3, ends=0.25), None)).data}
    assert not names & {"Right ✓", "Wrong ✗"}


@pytest.mark.parametrize("theme", THEMES)
def test_hostile_text_stays_text(theme: Theme) -> None:
    run = beam(HostileWorld(seed=1, ends=0.2))
    texts = shown_texts(tree_figure(run, theme=theme))
    assert_harmless(texts)
    # As people see it, the text is still what the model wrote.
    assert any("<img src=x onerror=alert(1)>" in html.unescape(text) for text in texts)
    assert any("${alert(1)}" in html.unescape(text) for text in texts)


def test_traces_and_trees_and_beginnings_can_be_drawn() -> None:
    run = beam(World())
    drawn = tree_figure(run.tree).to_json()
    assert tree_figure(Trace(tuple(run.events))).to_json() == drawn
    assert len(tree_figure(Tree.from_events(run.events[:1])).data) == 0
    with pytest.raises(ValueError, match="empty"):
        tree_figure(Tree())


@given(WORLDS, recipes(), st.integers(0, 100))
@settings(max_examples=15, deadline=None)
def test_every_moment_of_a_run_can_be_drawn(world: World, recipe: Recipe, length: int) -> None:
    tree = Tree.from_events(run_in(world, recipe).events[: length + 1])
    drawn = [node for trace in tree_figure(tree).data for node in (trace.ids or ())]
    assert len(drawn) == len(tree.nodes) - 1


def test_siblings_stand_in_the_order_of_their_index() -> None:
    figure = tree_figure(beam(World(seed=5, ends=0.1)))
    places = {
        node: x for trace in figure.data for node, x in zip(trace.ids or (), trace.x, strict=False)
    }
    first = [places[str(index)] for index in range(16)]
    assert first == sorted(first)
