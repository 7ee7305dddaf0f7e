"""A run as picture, text and graph: what is in the files, and that no text in them is more."""

from __future__ import annotations

import io
import re
import struct
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import networkx as nx
import pytest
from markdown_it import MarkdownIt

from search_core.export import FORMATS, ExportError, export_trace, raster
from search_core.export.formats import format_of
from search_core.export.markdown import markdown_page, plain
from search_core.export.raster import FontError, png_of
from search_core.log.export import tree_to_networkx
from search_core.log.traces import Trace, read_trace
from search_core.picture import svg_file, svg_picture
from search_core.picture.palette import THEMES, palette
from tests.hostile import HOSTILE, HostileWorld, beam
from tests.random_trees import tree_of
from tests.test_picture import ELEMENTS, TRACES, mark_boxes

GOLDEN = Path(__file__).with_name("golden") / "export"
_SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {*(f"{_SVG}{name}" for name in ELEMENTS)} - {f"{_SVG}style"}


def hostile_trace() -> Trace:
    return Trace(tuple(beam(HostileWorld(seed=3, words=6)).events))


def pixels(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return int(width), int(height)


# Drawings --------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_a_drawing_has_heading_marks_and_key_in_plain_attributes(path: Path, theme: str) -> None:
    tree = read_trace(path).tree
    drawing = svg_file(tree, "dark" if theme == "dark" else "light")
    picture = ElementTree.fromstring(drawing)
    assert {part.tag for part in picture.iter()} <= DRAWN
    assert all("class" not in part.attrib and "style" not in part.attrib for part in picture.iter())
    words = [text.text or "" for text in picture.iter(f"{_SVG}text")]
    assert tree.root.text.split()[0] in words[0]
    assert "steps" in words[1]
    assert any(said.startswith("Chosen ") for said in words)
    marks = len(mark_boxes(ElementTree.fromstring(svg_picture(tree))))
    assert len(mark_boxes(picture)) == marks > 0
    background = palette().themes["dark" if theme == "dark" else "light"].background
    assert picture.find(f"{_SVG}rect").attrib["fill"] == background  # type: ignore[union-attr]


def test_a_hostile_run_is_only_drawn() -> None:
    picture = ElementTree.fromstring(svg_file(hostile_trace().tree))
    assert {part.tag for part in picture.iter()} <= DRAWN
    for part in picture.iter():
        assert not any(name.startswith("on") or "href" in name for name in part.attrib)


def test_a_heading_is_as_wide_as_its_drawing() -> None:
    tree = tree_of(size=5, reach=2, seed=1, texts=("W" * 3000,))
    picture = ElementTree.fromstring(svg_file(tree))
    heading = next(iter(picture.iter(f"{_SVG}text"))).text or ""
    assert heading.endswith("…")
    assert len(heading) < 80


# Pictures --------------------------------------------------------------------------------------


def test_a_picture_has_twice_the_pixels_of_its_drawing() -> None:
    drawing = svg_file(read_trace(TRACES[0]).tree)
    root = ElementTree.fromstring(drawing)
    width, height = pixels(png_of(drawing))
    assert (width, height) == pytest.approx(
        (2 * float(root.attrib["width"]), 2 * float(root.attrib["height"])), abs=1
    )


def test_a_picture_has_the_words_of_its_drawing() -> None:
    drawing = svg_file(read_trace(TRACES[0]).tree)
    assert png_of(drawing) != png_of(re.sub("<text.*?</text>", "", drawing))


def test_a_machine_without_fonts_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "_writes", lambda family: False)
    with pytest.raises(FontError, match="Install one"):
        png_of(svg_file(read_trace(TRACES[0]).tree))


# Text ------------------------------------------------------------------------------------------


def test_the_text_of_a_run_is_this() -> None:
    """To change it on purpose: write what `markdown_page` gives to this file, and read it."""
    made = markdown_page(read_trace(TRACES[0]))
    assert TRACES[0].stem == "countdown-beam-search"
    assert made == (GOLDEN / "countdown-beam-search.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_the_text_has_every_step_in_its_place(path: Path) -> None:
    trace = read_trace(path)
    outline = markdown_page(trace).split("## Tree\n\n")[1].split("\n\n## Cost")[0].splitlines()
    waiting, expected = list(reversed(trace.tree.root.children)), []
    while waiting:
        node = trace.tree.nodes[waiting.pop()]
        waiting += reversed(node.children)
        expected.append((2 * (node.depth - 1), plain(node.text)))
    found = [(len(line) - len(line.lstrip()), line) for line in outline]
    assert [indent for indent, _ in found] == [indent for indent, _ in expected]
    for (_, line), (_, text) in zip(found, expected, strict=True):
        assert line.endswith(f": {text}")


def test_what_strangers_wrote_is_no_markup() -> None:
    texts = (
        *HOSTILE[:-1],
        "# no heading",
        "[a](https://a.example)",
        "https://a.example",
        "**b** `c`",
    )
    tree = tree_of(size=40, reach=6, seed=4, texts=texts)
    reader = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    for token in reader.parse("\n\n".join(f"- x: {plain(node.text)}" for node in tree.steps())):
        for part in token.children or [token]:
            assert part.type not in {
                "html_block",
                "html_inline",
                "link_open",
                "image",
                "code_inline",
            }
            assert part.type not in {"heading_open", "strong_open", "em_open"}


def test_text_on_one_line_is_bounded() -> None:
    assert len(plain("x" * 100_000)) == 4000
    assert plain("x" * 100_000).endswith("…")
    assert plain("a\n b\tc") == "a b c"


# Graph, and the table of formats -----------------------------------------------------------------


def test_the_graph_comes_back_as_the_tree(tmp_path: Path) -> None:
    trace = read_trace(TRACES[0])
    export_trace(trace, tmp_path / "run.graphml")
    again = nx.read_graphml(tmp_path / "run.graphml")
    graph = tree_to_networkx(trace.tree)
    assert dict(again.nodes(data=True)) == dict(graph.nodes(data=True))
    assert set(again.edges) == {(node.parent, node.id) for node in trace.tree.steps()}


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_takes_every_run(ending: str, tmp_path: Path) -> None:
    whole = read_trace(TRACES[0])
    for trace in (whole, Trace(whole.events[:1]), Trace(whole.events[:9]), hostile_trace()):
        path = tmp_path / f"run{ending.upper()}"
        export_trace(trace, path)
        first = path.read_bytes()
        assert first
        export_trace(trace, path)
        assert path.read_bytes() == first


def test_an_unknown_ending_is_refused() -> None:
    with pytest.raises(ExportError, match=r"ends in '\.pdf'; expected .*\.html.* or \.graphml"):
        format_of(Path("run.pdf"))
    with pytest.raises(ExportError, match="run has no ending"):
        format_of(Path("run"))


def test_the_graph_is_written_whole(tmp_path: Path) -> None:
    made = FORMATS[".graphml"].made(read_trace(TRACES[0]), "light")
    assert isinstance(made, bytes)
    assert nx.read_graphml(io.BytesIO(made)).number_of_nodes() > 10
    with pytest.raises(OSError, match="No such file"):
        export_trace(read_trace(TRACES[0]), tmp_path / "nowhere" / "run.graphml")
