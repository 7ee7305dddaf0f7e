"""How the page stands before any handler has run: as the handlers of its opening would leave it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def begin_with(components: Sequence[Any], updates: Sequence[Any]) -> None:
    """Give components the values that a handler's updates would give them.

    A page that is drawn in one way and filled in another a moment later shows what is not so, and
    jumps.

    Args:
        components: The handler's outputs, of a page that is still being laid out.
        updates: What the handler gives: values, or Gradio's updates of value and visibility.

    Raises:
        ValueError: An update changes something else, or there is not one for each component.
    """
    for component, update in zip(components, updates, strict=True):
        changes = update if _is_update(update) else {"value": update}
        unknown = set(changes) - {"__type__", "value", "visible"}
        if unknown:
            raise ValueError(
                f"An update of {sorted(unknown)}: a page begins with values and visibility alone."
            )
        if "value" in changes:
            component.value = component.postprocess(changes["value"])
        if "visible" in changes:
            component.visible = changes["visible"]


def _is_update(update: Any) -> bool:
    return isinstance(update, dict) and update.get("__type__") == "update"
