"""What Gradio gives a thread of its own for each field, done at once where it is next to nothing.

To read a number of the form, or to send a text, takes microseconds. Gradio hands each of them to a
thread and back: twice Python's lock, for which it waits while a model computes, and a form has
some fifty fields. For a button that is switched off it makes a whole new button.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

_KINDS = (
    gr.Textbox,
    gr.Number,
    gr.Slider,
    gr.Checkbox,
    gr.Radio,
    gr.Dropdown,
    gr.Button,
    gr.HTML,
)
"""Of these a plain value is read and made without a look at a disk or a network."""
_PLAIN = (str, int, float, bool, type(None))
_SHOWN = frozenset(("visible",))
_SWITCHES = _SHOWN | {"interactive"}
"""What is sent as it was given, and changes nothing of how values are read and made."""
NOT_LIGHT: Any = object()
"""Gradio's own way is to be gone: the value may be a file, or be much."""


def read(field: Any, value: Any) -> Any:
    """What a handler gets of what a page sent for a field, or `NOT_LIGHT`.

    Raises:
        Exception: The value is wrong.
    """
    light = isinstance(value, _PLAIN) and _is_light(field)
    return field.preprocess(value) if light else NOT_LIGHT


def made(field: Any, value: Any) -> Any:
    """What a page is sent for what a handler gave for a field, or `NOT_LIGHT`.

    Raises:
        Exception: The value is wrong.
    """
    if not _is_light(field):
        return NOT_LIGHT
    if isinstance(value, Mapping):
        return _updated(field, value) if "__type__" in value else _made_of_record(field, value)
    return field.postprocess(value) if isinstance(value, _PLAIN) else NOT_LIGHT


def _updated(field: Any, update: Mapping[str, Any]) -> Any:
    given = {name: value for name, value in update.items() if name not in ("__type__", "value")}
    known = _SHOWN if isinstance(field, gr.HTML) else _SWITCHES
    if not given.keys() <= known or not all(isinstance(one, bool) for one in given.values()):
        return NOT_LIGHT
    told = {**given, "__type__": "update"}
    if "value" not in update:
        return told
    value = update["value"]
    return {**told, "value": field.postprocess(value)} if isinstance(value, _PLAIN) else NOT_LIGHT


def _made_of_record(field: Any, value: Mapping[str, Any]) -> Any:
    """A record of plain values, such as a batch of events: no file can be in it."""
    plain = isinstance(field, gr.HTML) and all(isinstance(one, _PLAIN) for one in value.values())
    return field.postprocess(value) if plain else NOT_LIGHT


def _is_light(field: Any) -> bool:
    return isinstance(field, _KINDS) and getattr(field, "data_model", None) is None
