"""What a person set in the form, and the fields that it was set in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import fields as fields_of
from typing import Any

import gradio as gr

from components.controls.options_form import OptionsForm


@dataclass(frozen=True)
class FormValues:
    """The values of a form as its fields give them: nothing is checked yet.

    Attributes:
        problem: The problem's text.
        strategy: Name of a strategy.
        score_source: What scores: the verifier, or one of the other sources.
        temperature, top_p, max_step_tokens, seed: Numbers, or None where a field was emptied.
        pair: Name of an offered pair of models; None: the first.
        solver, verifier: Names of embedded models; None: the usual ones.
        system_prompt, examples: What the solver is told before the problem; None: the usual.
        answer: Reference answer to a problem of one's own; None or "": nobody knows it.
        options: Values by option name. It may hold options of other strategies, too.
    """

    problem: str | None
    strategy: str
    score_source: str
    temperature: float | None
    top_p: float | None
    max_step_tokens: float | None
    seed: float | None
    pair: str | None
    solver: str | None
    verifier: str | None
    system_prompt: str | None
    examples: str | None
    answer: str | None
    options: Mapping[str, Any]


def field_names() -> list[str]:
    """The fields of `FormValues` that are no options, in order."""
    return [field.name for field in fields_of(FormValues) if field.name != "options"]


class RecipeFields:
    """The fields that `FormValues` come from, each by the name that its value has there.

    Gradio hands values over as a list; this alone knows their order.

    Args:
        fields: A component for every field of `FormValues` but the options.
        options: The strategies' options.

    Raises:
        ValueError: The fields are not those of `FormValues`.
    """

    def __init__(self, fields: Mapping[str, Any], options: OptionsForm) -> None:
        names = field_names()
        if set(fields) != set(names):
            raise ValueError(f"The form has the fields {sorted(fields)}; expected {sorted(names)}.")
        self.fields = {name: fields[name] for name in names}
        self.options = options

    @property
    def components(self) -> list[Any]:
        """All fields, in the order in which `read` takes their values."""
        return [*self.fields.values(), *self.options.components]

    def read(self, values: Sequence[Any]) -> FormValues:
        """The values of `components`, by name.

        Raises:
            ValueError: There are more or fewer values than fields.
        """
        if len(values) != len(self.components):
            raise ValueError(f"Got {len(values)} values of a form with {len(self.components)}.")
        own = dict(zip(self.fields, values, strict=False))
        return FormValues(**own, options=self.options.as_mapping(values[len(own) :]))

    def updates(self, changed: Mapping[str, Any], options: Sequence[Any] = ()) -> list[Any]:
        """An update of each of `components`; what is not among the changed ones stays as it is.

        Args:
            changed: New values, or Gradio's updates, by the names of `FormValues`.
            options: Updates of the options' fields, as `OptionsForm.updates` makes them; none:
                they stay.
        """
        kept = [gr.skip()] * len(self.options.components)
        return [*(changed.get(name, gr.skip()) for name in self.fields), *(options or kept)]
