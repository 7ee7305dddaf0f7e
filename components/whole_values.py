"""What a message of a running call says of its outputs: each value whole, or that it is as before.

Of a dictionary or a list Gradio sends what differs from the message before, and its page makes the
new value by changing the old one in place. Where several messages have come before the page has
dealt with the first (it waits for a field that it shows for the first time, or the machine is
busy), the first one then says what the last one says: a value that was followed by "it stays as it
is" is lost. The last message of a call alone comes a second time, and whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

Edits = list[list[Any]]
"""As Gradio's pages read them: `[what to do, where in the value, with what]`, one after another."""


def edits(before: Sequence[Any], values: Sequence[Any]) -> list[Edits]:
    """For each output what makes its value of the one before; none changes a value in place."""
    # A page can be given more outputs while a call is running.
    pairs = zip_longest(before[: len(values)], values)
    return [_edits(old, new) for old, new in pairs]


def _edits(old: Any, new: Any) -> Edits:
    if old == new and type(old) is type(new):
        return []
    # A text is never changed in place, and one that grows is most of what Gradio sends so.
    if isinstance(old, str) and isinstance(new, str) and new.startswith(old):
        return [["append", [], new[len(old) :]]]
    return [["replace", [], new]]
