"""Every control of the page has its section in the guide, and every such section is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from components.elements.grouped_choice import GroupedChoice
from components.guide import read_guide
from components.guide.controls import (
    ControlLink,
    control_links,
    option_control,
    panel_links,
    strategy_section,
)
from components.guide.links import Links
from components.guide.markdown import anchor, render
from components.page import build_page
from search_core.models import embedded_pair
from search_core.serving import RunRegistry
from search_core.strategies import STRATEGIES

GUIDE = read_guide()
FORM = (
    gr.Textbox,
    gr.Number,
    gr.Radio,
    gr.Checkbox,
    gr.Button,
    gr.UploadButton,
    gr.Dropdown,
    gr.Slider,
    GroupedChoice,
)
OPTIONS = sorted({spec.name for one in STRATEGIES.values() for spec in one.options.specs()})
# What explains itself, or is no control of a search.
WITHOUT = {"theme"}


@cache
def sections(slug: str) -> set[str]:
    return {heading.anchor for heading in render(GUIDE.text(slug), Links(GUIDE)).headings}


@pytest.fixture(scope="module")
def controls(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The controls of the page's form, and their groups, from the page as it is built."""
    registry = RunRegistry(tmp_path_factory.mktemp("runs"))
    page = build_page(embedded_pair(), registry)
    columns = [
        block
        for block in page.blocks.values()
        if getattr(block, "elem_id", None) in {"composer", "drawer"}
    ]
    assert len(columns) == 2
    found = [block for column in columns for block in inside(column)]
    registry.close()
    return found


def inside(block: Any) -> Iterator[Any]:
    for child in getattr(block, "children", ()):
        yield child
        yield from inside(child)


def test_every_control_has_an_entry(controls: list[Any]) -> None:
    explained = {link.control for link in control_links()}
    explained |= {covered for link in control_links() for covered in link.covers}
    without = [
        (type(block).__name__, block.elem_id)
        for block in controls
        if isinstance(block, FORM) and block.elem_id not in explained | WITHOUT
    ]
    assert without == []


def test_every_entry_is_a_control_of_the_page(controls: list[Any]) -> None:
    there = {block.elem_id for block in controls if getattr(block, "elem_id", None)}
    for link in control_links():
        assert {link.control, *link.covers} <= there, link.control


def test_no_control_has_two_entries() -> None:
    explained = [name for link in control_links() for name in (link.control, *link.covers)]
    assert len(explained) == len(set(explained))


@pytest.mark.parametrize("link", [*control_links(), *panel_links()], ids=lambda link: link.control)
def test_every_target_exists(link: ControlLink) -> None:
    assert link.section in sections(link.page)


def section_text(page: str, section: str) -> str:
    """The Markdown under a heading of the second level."""
    parts = re.split(r"^## ", GUIDE.text(page), flags=re.MULTILINE)
    return next(part for part in parts if anchor(part.partition("\n")[0]) == section)


@pytest.mark.parametrize("name", OPTIONS)
def test_an_options_section_says_what_it_is(name: str) -> None:
    link = next(link for link in control_links() if link.control == option_control(name))
    assert f"`{name}`" in section_text(link.page, link.section)


@pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=lambda strategy: strategy.name)
def test_every_strategy_has_its_section(strategy: Any) -> None:
    assert strategy_section(strategy) in sections("strategies")


def test_the_page_is_launched_with_its_guide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched: dict[str, Any] = {}
    monkeypatch.setattr(gr.Blocks, "launch", lambda self, **given: launched.update(given))
    registry = RunRegistry(tmp_path)
    build_page(embedded_pair(), registry).launch(app_kwargs={"docs_url": "/docs"})
    registry.close()
    paths = [route.path for route in launched["app_kwargs"]["routes"]]
    assert "/guide/" in paths
    assert launched["app_kwargs"]["docs_url"] == "/docs"
