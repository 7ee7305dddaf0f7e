"""What a notebook shows: the picture with its words, and nothing that could do more than that."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given

from search_core import SearchResult, search
from search_core.log.traces import read_trace
from search_core.log.tree import Tree
from search_core.picture import SideBySide, html_picture, svg_picture
from tests.examples import examples
from tests.fakes import World
from tests.hostile import HOSTILE, HostileWorld, beam
from tests.random_trees import tree_of, trees
from tests.test_picture import ELEMENTS as DRAWN
from tests.test_picture import TRACES

ELEMENTS = (
    DRAWN
    | {"figure", "figcaption", "div", "span", "bdi", "strong"}
    | {*("details", "summary", "ol", "li")}
)
ATTRIBUTES = {
    *("style", "class", "dir", "open", "role", "aria-label", "xmlns", "viewbox", "width"),
    *("height", "font-family", "d", "transform", "fill", "stroke", "stroke-width"),
    *("stroke-linejoin", "stroke-dasharray", "paint-order", "font-size", "font-weight"),
    *("text-anchor", "x", "y", "cx", "cy", "r", "rx"),
}
_LARGEST = 220_000


class Parts(HTMLParser):
    """What a browser's parser finds in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data[:80]}")


def assert_harmless(html: str) -> Parts:
    parts = Parts(html)
    assert set(parts.tags) <= ELEMENTS
    assert {name for name, _ in parts.attributes} <= ATTRIBUTES
    for name, value in parts.attributes:
        # A name is what is read out: words, whatever they are.
        assert name == "aria-label" or not re.search("alert|javascript|url\\(|data:", value), (
            name,
            value[:80],
        )
    assert not re.search("[\u202a-\u202e\x00-\x08]", html)
    assert re.findall('https?://[^"]*', html) == html.count("<svg") * ["http://www.w3.org/2000/svg"]
    return parts


@given(trees(largest=40, texts=HOSTILE))
@examples(25)
def test_hostile_text_becomes_no_element_and_no_attribute(tree: Tree) -> None:
    assert_harmless(html_picture(tree))


def test_a_hostile_name_of_a_strategy_becomes_no_attribute() -> None:
    tree = tree_of(5, 3, seed=1, strategy='x" onload="alert(1)')
    parts = assert_harmless(html_picture(tree))
    assert ("aria-label", 'Search tree of X" onload="alert(1)') in parts.attributes


def test_hostile_text_can_still_be_read() -> None:
    run = beam(HostileWorld(seed=1, ends=0.2))
    parts = assert_harmless(html_picture(run.tree))
    # The problem of this run is hostile, and so is every step.
    assert HOSTILE[0] in parts.texts
    assert max(map(len, parts.texts)) < 20_000


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_it_says_problem_answer_cost_and_solution(path: Path) -> None:
    tree = read_trace(path).tree
    assert tree.finished
    assert tree.finished.chosen
    parts = assert_harmless(html_picture(tree))
    text = " ".join("".join(parts.texts).split())
    assert " ".join(tree.root.text.split()) in text
    right = tree.nodes[tree.finished.chosen].right
    assert f"Answer {tree.finished.answer} {'✓ right' if right else '✗ wrong'}" in text
    assert f"{tree.cost.generated:,} tokens written" in text
    solution = tree.path(tree.finished.chosen)
    assert parts.tags.count("li") == len(solution)
    for node in solution:  # a long step is shortened
        begun = [one.removesuffix("…").rstrip() for one in parts.texts if len(one) > 100]
        assert node.text in parts.texts or node.text.startswith(tuple(begun))


def test_the_picture_inside_is_the_one_for_files() -> None:
    tree = read_trace(TRACES[0]).tree
    assert svg_picture(tree) in html_picture(tree)


def test_both_themes_have_colours_whatever_the_notebook_is() -> None:
    html = html_picture(read_trace(TRACES[0]).tree)
    assert "background:light-dark(#FFFFFF,#18181B)" in html
    for around in ('[data-jp-theme-light="false"]', ".vscode-dark", '[theme="dark"]'):
        assert around in html


@pytest.mark.parametrize(("size", "reach"), [(1, 1), (3_000, 1), (3_000, 60), (3_000, 3_000)])
def test_its_size_is_bounded(size: int, reach: int) -> None:
    assert len(html_picture(tree_of(size, reach, seed=7, texts=("x" * 5_000,)))) < _LARGEST


def result() -> SearchResult:
    world = World(seed=3, ends=0.3)
    return search("What is it?", "best_of_n", solver=world.solver(), verifier=world.verifier(), n=4)


def test_a_result_shows_itself() -> None:
    found = result()
    assert found._repr_html_() == html_picture(found.tree)
    assert found.picture() == svg_picture(found.tree)


def test_runs_stand_beside_each_other() -> None:
    found = result()
    trace = read_trace(TRACES[0])
    both = SideBySide(found, trace)
    html = both._repr_html_()
    assert_harmless(html)
    assert html_picture(found.tree) in html
    assert html_picture(trace.tree) in html
    assert "\n" not in repr(both)
    assert "Beam search" in repr(both)


def test_a_run_without_an_answer_says_so() -> None:
    run = beam(World(), None)
    begun = html_picture(Tree.from_events(run.events[:4]))
    text = "".join(Parts(begun).texts)
    assert "Answer none" in text
    assert "interrupted" in text
