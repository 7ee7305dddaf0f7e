"""The small picture of a recorded run, and the card that it stands on."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest

from components.controls.strategy_card import card, cards
from components.diagram import ROOM, WIDTH, diagram
from components.explorer.recordings import FOLDER, examples, listed, pin_recordings
from search_core.log.events import event_from_dict
from search_core.log.traces import read_trace
from search_core.log.tree import Tree
from search_core.picture.palette import STATES, palette
from search_core.picture.scene import lay_out
from search_core.picture.symbols import symbol_path
from search_core.serving import RunRegistry
from search_core.strategies import STRATEGIES
from tests.browser.method_logs import METHODS

SHAPES = Path(__file__).resolve().parents[1] / "assets" / "js" / "picture" / "shapes.js"
TREES = {
    **{path.stem: read_trace(path).tree for path in sorted(FOLDER.glob("*.jsonl"))},
    **{
        name: Tree.from_events(event_from_dict(event) for event in events)
        for name, events in METHODS.items()
    },
}
_SVG = "{http://www.w3.org/2000/svg}"


def picture(tree: Tree) -> ElementTree.Element:
    """The picture as a parser sees it; it must be well-formed."""
    markup = diagram(tree, "A method").replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
    return ElementTree.fromstring(f"<figure>{markup}</figure>")


def marks(figure: ElementTree.Element) -> int:
    """Number of marks in the picture, the key's not counted."""
    groups = figure.findall(f"{_SVG}svg[@role='img']/{_SVG}g")
    return sum(len(group) for group in groups)


@pytest.mark.parametrize("name", TREES)
def test_every_mark_lies_inside_the_picture(name: str) -> None:
    drawing = picture(TREES[name]).find(f"{_SVG}svg")
    assert drawing is not None
    _, _, width, height = map(float, drawing.attrib["viewBox"].split())
    assert width == WIDTH
    assert 0 < height <= 260
    for group in drawing.findall(f"{_SVG}g"):
        for mark in group:
            x, y, r = map(float, re.findall(r"[-\d.]+", mark.attrib["transform"]))
            assert r - 4 <= x <= width - r + 4
            assert r - 4 <= y <= height - r + 4


@pytest.mark.parametrize("name", TREES)
def test_every_step_is_drawn_or_counted_as_folded(name: str) -> None:
    tree = TREES[name]
    figure = picture(tree)
    scene = lay_out(tree, ROOM)
    stacked = sum((node.copies or 0) > 1 for node in scene.nodes())
    folds = len(scene.shown.folds)
    said = re.search(r"(\d+) steps? folded", ElementTree.tostring(figure, "unicode"))
    folded = int(said.group(1)) if said else 0
    assert marks(figure) - folds - stacked + folded == len(tree.nodes) - 1
    assert bool(folds) == bool(folded)


@pytest.mark.parametrize("name", TREES)
def test_it_has_a_text_alternative_with_the_real_numbers(name: str) -> None:
    tree = TREES[name]
    drawing = picture(tree).find(f"{_SVG}svg")
    assert drawing is not None
    told = drawing.attrib["aria-label"]
    assert f"A method: {len(tree.nodes) - 1} steps" in told
    pruned = sum(node.state == "pruned" for node in tree.steps())
    assert (f"pruned {pruned}" in told) == (pruned > 0)


@pytest.mark.parametrize("name", TREES)
def test_the_way_to_the_chosen_answer_is_drawn_whole(name: str) -> None:
    tree = TREES[name]
    assert tree.finished is not None
    assert tree.finished.chosen is not None
    drawing = picture(tree).find(f"{_SVG}svg")
    assert drawing is not None
    [way] = [p for p in drawing if p.attrib.get("stroke") == "var(--state-chosen-edge)"]
    assert way.attrib["d"].count("M") == tree.nodes[tree.finished.chosen].depth


def test_colours_come_from_the_theme() -> None:
    markup = diagram(TREES["countdown-beam-search"], "Beam search")
    assert not re.search(r"#[0-9A-Fa-f]{3}", markup)
    assert "var(--state-kept-fill)" in markup


def test_a_run_without_a_step_has_no_picture() -> None:
    [header, *_] = METHODS["mcts"]
    with pytest.raises(ValueError, match="no step"):
        diagram(Tree.from_events([event_from_dict(header)]), "MCTS")


def test_a_title_cannot_break_out_of_the_picture() -> None:
    markup = diagram(TREES["mcts"], 'A "quoted" <title>')
    assert "<title>" not in markup
    assert "&quot;quoted&quot;" in markup


def numbers(path: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.?\d*", path)]


def test_every_symbol_of_the_palette_can_be_drawn_as_on_the_canvas() -> None:
    for state in STATES:
        symbol = palette().states[state].symbol
        assert symbol_path(symbol).startswith("M")
        assert f'"{symbol}"' in SHAPES.read_text() or f"  {symbol}:" in SHAPES.read_text()
    square = numbers(symbol_path("square"))
    assert square == [-0.88, -0.88, 0.88, -0.88, 0.88, 0.88, -0.88, 0.88]
    # The cross is its own mirror image, left to right and top to bottom.
    corners = numbers(symbol_path("x"))
    points = {(x, y) for x, y in zip(corners[::2], corners[1::2], strict=True)}
    assert len(points) == 12
    assert points == {(-x, y) for x, y in points} == {(x, -y) for x, y in points}


def test_a_card_says_what_the_strategy_is() -> None:
    strategy = STRATEGIES["rebase"]
    text = card(strategy, TREES["countdown-rebase"])
    assert strategy.does in text
    assert strategy.does_not in text
    assert 'href="https://arxiv.org/abs/2408.00724"' in text
    assert 'role="img"' in text
    code = re.findall(r"<span[^>]*>([^\n<]*)\n</span>", text)
    assert [line.strip() for line in strategy.pseudocode.splitlines()] == code


def test_a_strategy_without_a_recording_has_no_picture() -> None:
    assert "<figure" not in card(STRATEGIES["rebase"], None)
    assert set(cards({})) == set(STRATEGIES)


def test_a_card_escapes_what_it_says() -> None:
    hostile = replace(STRATEGIES["greedy"], does="a < b", pseudocode="<b>&", source="<i>")
    text = card(hostile, None)
    assert "a &lt; b" in text
    assert "&lt;b&gt;&amp;" in text
    assert "<i>" not in text
    assert "<b>" not in text


def test_recordings_are_listed_by_family_each_once(tmp_path: Path) -> None:
    registry = RunRegistry(tmp_path)
    recordings = pin_recordings(registry)
    groups = listed(recordings)
    ids = [value for group in groups for _, value in group.options]
    assert sorted(ids) == sorted(one.run_id for one in recordings)
    for group in groups:
        labels = [label for label, _ in group.options]
        assert len(labels) == len(set(labels)), f"two runs of {group.heading} have one name"
    for strategy, example in examples(recordings).items():
        assert example.strategy == strategy
        assert registry.get(example.run_id) is not None
    registry.close()


def test_two_runs_of_one_strategy_are_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "traces"
    folder.mkdir()
    source = FOLDER / "countdown-rebase.jsonl"
    for name in ("countdown-rebase", "countdown-rebase-high-temperature"):
        (folder / f"{name}.jsonl").write_bytes(source.read_bytes())
    registry = RunRegistry(tmp_path / "runs")
    titles = [one.title for one in pin_recordings(registry, folder) if one.chosen is None]
    assert titles == ["REBASE", "REBASE, high temperature"]
    registry.close()
