"""The page is drawn with the form of the run that it opens with, and jumps to no other one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest

from components.controls.options_form import all_specs
from components.guide.controls import option_control
from components.handlers.beginning import begin_with
from components.page import build_page
from search_core.log.events import Started
from search_core.models import embedded_pair
from search_core.serving import RunRegistry
from search_core.strategies import STRATEGIES


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], Started]]:
    """Properties of the page's components by their id, and the header of the run it opens with."""
    registry = RunRegistry(tmp_path_factory.mktemp("runs"))
    page = build_page(embedded_pair(), registry)
    named = {
        component["props"]["elem_id"]: component["props"]
        for component in page.get_config_file()["components"]
        if component["props"].get("elem_id")
    }
    run = registry.get(named["chips"]["value"]["run"])
    assert run is not None
    header = run.events()[0]
    assert isinstance(header, Started)
    yield named, header
    registry.close()


def test_the_first_form_is_that_of_the_run_on_show(drawn: tuple[dict[str, Any], Started]) -> None:
    page, header = drawn
    assert page["problem"]["value"] == header.problem.text
    for field in ("strategy", "strategy-select"):
        assert page[field]["value"] == header.strategy
    assert page["seed"]["value"] == header.seed
    assert page["temperature"]["value"] == header.sampling["temperature"]
    assert page["option-n"]["value"] == header.options["n"]
    assert page["chips"]["value"]["filled"]


def test_its_options_are_those_of_the_strategy(drawn: tuple[dict[str, Any], Started]) -> None:
    page, header = drawn
    own = {spec.name for spec in STRATEGIES[header.strategy].options.specs()}
    seen = {name for name in all_specs() if page[option_control(name)]["visible"]}
    assert seen == own
    assert STRATEGIES[header.strategy].does[:20] in page["about-strategy"]["value"]


def test_a_page_begins_with_values_and_visibility_alone() -> None:
    with gr.Blocks():
        field = gr.Number(1)
    begin_with([field], [gr.update(value=2, visible=False)])
    assert (field.value, field.visible) == (2, False)
    begin_with([field], [gr.skip()])
    assert field.value == 2
    with pytest.raises(ValueError, match="label"):
        begin_with([field], [gr.update(label="N")])
