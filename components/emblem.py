"""The emblem: a small tree trained on three wires. One drawing for header, guide, tab and Space."""

from __future__ import annotations

from functools import cache
from pathlib import Path

EMBLEM = Path(__file__).resolve().parent.parent / "assets" / "emblem.svg"


@cache
def emblem() -> str:
    """The drawing as markup, unseen by screen readers: the name stands beside it."""
    markup = EMBLEM.read_text(encoding="utf-8").strip()
    return markup.replace("<svg ", '<svg class="emblem" aria-hidden="true" focusable="false" ', 1)
