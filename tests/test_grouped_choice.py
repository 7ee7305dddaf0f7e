"""A choice in groups: its markup, and what it takes for an answer."""

from __future__ import annotations

import gradio as gr
import pytest

from components.controls.layout import FIRST_STRATEGY, strategy_groups
from components.elements.grouped_choice import Group, GroupedChoice
from search_core.strategies import STRATEGIES
from search_core.strategies.base import KINDS

GROUPS = [
    Group("First", [("One", "1"), ("Two & more", "2")]),
    Group("`${alert(1)}`", [('{{x}} "3" <b>', "3")]),
]


def choice() -> GroupedChoice:
    return GroupedChoice(GROUPS, "1", label="Pick", info="One of three.", elem_id="pick")


def test_only_what_is_offered_is_taken() -> None:
    assert choice().preprocess("2") == "2"
    assert choice().preprocess(None) is None
    with pytest.raises(gr.Error, match="none of the choices of Pick"):
        choice().preprocess("4")


def test_labels_are_no_template_and_no_markup() -> None:
    template = choice().html_template
    assert not set("`${}\\") & set(template), "Gradio would evaluate it"
    assert "<b>" not in template
    assert "Two &amp; more" in template
    assert template.count('type="radio"') == 3
    assert template.count("<fieldset") == template.count("<legend>") == 2


def test_every_strategy_is_in_the_group_of_its_kind() -> None:
    groups = {group.heading: [value for _, value in group.options] for group in strategy_groups()}
    assert sorted(name for names in groups.values() for name in names) == sorted(STRATEGIES)
    for heading, names in groups.items():
        assert {KINDS[STRATEGIES[name].kind] for name in names} == {heading}
    assert list(groups) == [heading for heading in KINDS.values() if heading in groups]
    assert FIRST_STRATEGY.name in groups[KINDS[FIRST_STRATEGY.kind]]
