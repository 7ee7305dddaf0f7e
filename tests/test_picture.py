"""The still picture: every step is in it, nothing overlaps, and text stays text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.log.traces import read_trace
from search_core.log.tree import Tree
from search_core.picture import svg_picture
from search_core.picture.labels import Label, ends_width, labels
from search_core.picture.palette import STATES, THEMES, palette, variables
from search_core.picture.scene import Scene, lay_out
from search_core.picture.still import ROOM, WIDTH
from search_core.picture.symbols import symbol_path
from search_core.run.recipe import Recipe
from tests.examples import examples
from tests.fakes import World
from tests.hostile import HOSTILE, HostileWorld, beam
from tests.random_trees import tree_of, trees
from tests.test_search_properties import WORLDS, recipes, run_in

_SVG = "{http://www.w3.org/2000/svg}"
_TALLEST = 900
_LARGEST = 200_000
TRACES = sorted((Path(__file__).resolve().parents[1] / "assets" / "traces").glob("*.jsonl"))
ELEMENTS = {"svg", "title", "desc", "style", "rect", "path", "g", "circle", "text", "tspan"}


@dataclass(frozen=True)
class Box:
    """A rectangle of the drawing."""

    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > 0.05
            and min(self.bottom, other.bottom) - max(self.top, other.top) > 0.05
        )


def mark_boxes(picture: ElementTree.Element) -> list[Box]:
    """Where the marks of steps and folds stand: those that say something when pointed at."""
    boxes = []
    for path in picture.iter(f"{_SVG}path"):
        if path.find(f"{_SVG}title") is not None:
            x, y, radius = map(float, re.findall(r"-?[\d.]+", path.attrib["transform"]))
            numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", path.attrib["d"])]
            # An arc's radii and flags are no places, but they are no larger than its ends.
            reach = radius * max(map(abs, numbers))
            boxes.append(Box(x - reach, x + reach, y - reach, y + reach))
    return boxes


def label_box(label: Label) -> Box:
    return Box(label.x, label.x + label.width, label.y - 8.5, label.y + 2.0)


def scene_of(tree: Tree) -> Scene:
    return lay_out(tree, ROOM, ends_width)


def told(picture: ElementTree.Element) -> list[str]:
    """What the marks say when pointed at."""
    return [path.findtext(f"{_SVG}title") or "" for path in picture.iter(f"{_SVG}path")]


def said_steps(picture: ElementTree.Element) -> int:
    """How many steps are drawn, or counted in a fold."""
    total = 0
    for words in filter(None, told(picture)):
        fold = re.match(r"([\d,]+) steps? folded", words)
        total += int(fold.group(1).replace(",", "")) if fold else 1
    return total


@given(trees())
@examples(40)
def test_every_step_of_any_tree_is_drawn_or_counted_and_no_two_marks_overlap(tree: Tree) -> None:
    picture = ElementTree.fromstring(svg_picture(tree))
    assert said_steps(picture) == len(tree.nodes) - 1
    boxes = mark_boxes(picture)
    for first, second in combinations(boxes, 2):
        assert not first.meets(second)


@given(WORLDS, recipes(), st.integers(1, 100))
@examples(25)
def test_every_moment_of_every_strategy_can_be_drawn(
    world: World, recipe: Recipe, length: int
) -> None:
    tree = Tree.from_events(run_in(world, recipe).events[:length])
    picture = ElementTree.fromstring(svg_picture(tree))
    assert said_steps(picture) == len(tree.nodes) - 1


@given(trees(texts=("12 + 7 = 19, left 3 19", "ab", "漢字の長い長い文章です", "The answer is 42.")))
@examples(40)
def test_words_lie_on_no_other_words_and_on_no_mark(tree: Tree) -> None:
    scene = scene_of(tree)
    words = [(label, label_box(label)) for label in labels(scene)]
    for (_, first), (_, second) in combinations(words, 2):
        assert not first.meets(second)
    most = scene.most_visits()
    for mark, (x, y) in scene.places.items():
        reach = scene.radius_at(mark, most) if mark != "root" else 4.0
        box = Box(x - reach, x + reach, y - reach, y + reach)
        for label, place in words:
            assert label.mark == mark or not place.meets(box)


@given(trees(largest=400))
@examples(20)
def test_everything_lies_inside_and_the_size_is_bounded(tree: Tree) -> None:
    svg = svg_picture(tree)
    assert len(svg) < _LARGEST
    picture = ElementTree.fromstring(svg)
    _, _, width, height = map(float, picture.attrib["viewBox"].split())
    assert width == WIDTH
    assert 0 < height < _TALLEST
    for box in [*mark_boxes(picture), *map(label_box, labels(scene_of(tree)))]:
        assert box.left >= 0
        assert box.right <= width
        assert box.top >= 0
        assert box.bottom <= height


@pytest.mark.parametrize(("size", "reach"), [(5_000, 1), (5_000, 60), (5_000, 5_000)])
def test_a_very_large_tree_becomes_a_small_picture(size: int, reach: int) -> None:
    tree = tree_of(size, reach, seed=4)
    svg = svg_picture(tree)
    assert len(svg) < _LARGEST
    picture = ElementTree.fromstring(svg)
    assert len(mark_boxes(picture)) < 450
    assert said_steps(picture) == size
    folded = size - sum("folded" not in words for words in filter(None, told(picture)))
    assert f"{folded:,} steps folded" in texts(picture)


def texts(picture: ElementTree.Element) -> list[str]:
    return ["".join(element.itertext()) for element in picture.iter(f"{_SVG}text")]


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_the_key_counts_what_the_tree_has(path: Path) -> None:
    tree = read_trace(path).tree
    picture = ElementTree.fromstring(svg_picture(tree))
    assert tree.finished is not None
    counts = {"chosen": 1}
    for node in tree.steps():
        if node.id != tree.finished.chosen:
            counts[node.state] = counts.get(node.state, 0) + 1
    found = texts(picture)
    about = picture.findtext(f"{_SVG}desc") or ""
    for state, entry in palette().states.items():
        if state in counts:
            assert f"{entry.label} {counts[state]}" in found
            assert f"{entry.label.lower()} {counts[state]}" in about
        elif state != "collapsed":
            assert not any(words.startswith(f"{entry.label} ") for words in found)
    assert f"{len(tree.nodes) - 1} steps" in about
    assert f"The answer is {tree.finished.answer}" in about
    assert picture.attrib["role"] == "img"
    assert picture.findtext(f"{_SVG}title") == picture.attrib["aria-label"]


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_each_state_has_its_shape_and_its_colours_in_both_themes(path: Path) -> None:
    tree = read_trace(path).tree
    picture = ElementTree.fromstring(svg_picture(tree))
    style = picture.findtext(f"{_SVG}style") or ""
    light, dark = (variables(theme) for theme in THEMES)
    ground = {theme: palette().themes[theme].background for theme in THEMES}
    drawn = set()
    for group in marks_by_state(picture):
        state = re.search(r"fill-state-([a-z]+)-fill", group.attrib["class"])
        assert state
        name = state.group(1)
        drawn.add(name)
        for mark in group:
            assert mark.attrib["d"] == symbol_path(palette().states[name].symbol)
        fill = light[f"state-{name}-fill"] or ground["light"]
        assert group.attrib["fill"] == fill
        both = f"light-dark({fill},{dark[f'state-{name}-fill'] or ground['dark']})"
        assert f"fill-state-{name}-fill{{fill:{both}}}" in style
    assert len({palette().states[state].symbol for state in STATES if state in drawn}) == len(drawn)
    assert "chosen" in drawn
    colours = set(re.findall(r"#[0-9A-F]{6}", ElementTree.tostring(picture, "unicode")))
    assert colours <= {*light.values(), *dark.values()}


def marks_by_state(picture: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for group in picture.iter(f"{_SVG}g"):
        if "state-" in group.attrib.get("class", ""):
            yield group


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_the_way_to_the_chosen_answer_is_drawn_whole(path: Path) -> None:
    tree = read_trace(path).tree
    assert tree.finished
    assert tree.finished.chosen
    picture = ElementTree.fromstring(svg_picture(tree))
    edge = palette().states["chosen"].edge.color["light"]
    [way] = [line for line in picture.iter(f"{_SVG}path") if line.attrib.get("stroke") == edge]
    assert way.attrib["d"].count("M") == tree.nodes[tree.finished.chosen].depth


@given(trees(largest=40, texts=HOSTILE))
@examples(25)
def test_hostile_text_stays_text_on_one_line(tree: Tree) -> None:
    assert_harmless(svg_picture(tree))


def test_what_a_solver_wrote_can_still_be_read() -> None:
    run = beam(HostileWorld(seed=1, ends=0.2))
    svg = svg_picture(run.tree)
    assert_harmless(svg)
    words = " ".join(told(ElementTree.fromstring(svg)))
    assert "<img src=x onerror=alert(1)>" in words
    assert "</script><script>alert(1)</script>" in words


def assert_harmless(svg: str) -> None:
    picture = ElementTree.fromstring(svg)
    for element in picture.iter():
        assert element.tag.removeprefix(_SVG) in ELEMENTS
        assert not any(name.startswith("on") or "href" in name for name in element.attrib)
        assert not any("alert" in value for value in element.attrib.values())
        for words in (element.text or "", element.tail or ""):
            assert not re.search("[\u202a-\u202e\x00-\x1f]", words)
            assert len(words) < 20_000 if element.tag == f"{_SVG}style" else len(words) < 400
    # Nothing is asked for elsewhere: the one address names the language.
    for needle in ("url(", "@import", "<script", "<foreignObject", "data:"):
        assert needle not in svg
    assert re.findall(r"https?://[^\"]*", svg) == ["http://www.w3.org/2000/svg"]


def test_a_log_that_has_just_begun_is_a_lone_root_and_an_empty_one_is_refused() -> None:
    begun = Tree.from_events(beam(World()).events[:1])
    picture = ElementTree.fromstring(svg_picture(begun))
    assert not mark_boxes(picture)
    assert picture.findtext(f"{_SVG}desc") == (
        "A search tree without a step. The run was interrupted before it had an answer."
    )
    with pytest.raises(ValueError, match="empty"):
        svg_picture(Tree())


def test_siblings_stand_in_the_order_of_their_index() -> None:
    scene = scene_of(beam(World(seed=5, ends=0.1)).tree)
    first = [scene.places[str(index)][1] for index in range(16) if str(index) in scene.places]
    assert len(first) > 8
    assert first == sorted(first)
