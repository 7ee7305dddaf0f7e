"""The form of a strategy's options, made from the options' own descriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import gradio as gr

from components.guide.controls import option_control
from search_core.strategies import STRATEGIES, OptionSpec, Strategy, StrategyOptions

_LETTERS = {"puct", "uct"}
_NAMES = {"weighted": "Weighted by score", "best": "Best score"}

FormField: TypeAlias = "gr.Number | gr.Checkbox | gr.Radio"


def all_specs() -> dict[str, OptionSpec]:
    """Every option that any strategy has, by name; one name means one thing everywhere."""
    specs: dict[str, OptionSpec] = {}
    for strategy in STRATEGIES.values():
        for spec in strategy.options.specs():
            specs.setdefault(spec.name, spec)
    return specs


def own_defaults(strategy: Strategy) -> dict[str, Any]:
    """Its defaults of the options of which another strategy has another default."""
    known: dict[str, set[Any]] = {}
    for other in STRATEGIES.values():
        for spec in other.options.specs():
            known.setdefault(spec.name, set()).add(spec.default)
    specs = strategy.options.specs()
    return {spec.name: spec.default for spec in specs if len(known[spec.name]) > 1}


def strategy_values(strategy: Strategy, form: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a form that belongs to this strategy, as its options class takes it."""
    return {
        spec.name: _typed(spec, form[spec.name])
        for spec in strategy.options.specs()
        if spec.name in form
    }


def read_options(strategy: Strategy, form: Mapping[str, Any]) -> StrategyOptions:
    """Options from a form.

    Raises:
        OptionError: A value is missing or out of range.
    """
    return strategy.options.from_values(strategy_values(strategy, form))


@dataclass(frozen=True)
class OptionsForm:
    """The fields of all options by name; those of the chosen strategy are visible."""

    fields: dict[str, FormField]

    @property
    def components(self) -> list[FormField]:
        return list(self.fields.values())

    def as_mapping(self, values: Sequence[Any]) -> dict[str, Any]:
        """Values of `components`, by name."""
        return dict(zip(self.fields, values, strict=True))

    def updates(self, strategy: Strategy, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """One update for each component: visible or not, with its value where one is given."""
        names = {spec.name for spec in strategy.options.specs()}
        return [
            gr.update(visible=name in names, value=values[name])
            if name in values
            else gr.update(visible=name in names)
            for name in self.fields
        ]

    def defaults(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """One update for each component: its value where one is given, nothing otherwise."""
        return [
            gr.update(value=values[name]) if name in values else gr.skip() for name in self.fields
        ]


def make_field(spec: OptionSpec, strategy: Strategy) -> FormField:
    """The form field of one option."""
    shown = {own.name: own for own in strategy.options.specs()}
    default = shown[spec.name].default if spec.name in shown else spec.default
    common: dict[str, Any] = {
        "label": spec.label,
        "info": _info(spec),
        "visible": spec.name in shown,
        "elem_id": option_control(spec.name),
        "min_width": 120,
    }
    if spec.kind == "boolean":
        return gr.Checkbox(value=default, **common)
    if spec.kind == "choice":
        # Not a drop-down list: that of Gradio stays open when the keyboard moves on.
        choices = [(choice_label(choice), choice) for choice in spec.choices]
        return gr.Radio(choices=choices, value=default, **common)
    # No bounds in the browser: a value out of range gets our own message, not a silent clamp.
    # Nor is it rounded: 2.5 where a whole number is expected is refused, and so is infinity.
    return gr.Number(value=default, **common)


def choice_label(choice: str) -> str:
    """ "best_leaf" as "Best leaf"; names that are spoken letter by letter in capitals."""
    if choice in _NAMES:
        return _NAMES[choice]
    return choice.upper() if choice in _LETTERS else choice.replace("_", " ").capitalize()


def _info(spec: OptionSpec) -> str:
    if spec.minimum is None:
        return spec.help
    return f"{spec.help} {spec.minimum:g} to {spec.maximum:g}."


def _typed(spec: OptionSpec, value: Any) -> Any:
    """A form's numbers come as floats; a whole one is the integer that the option wants."""
    if spec.kind == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value
