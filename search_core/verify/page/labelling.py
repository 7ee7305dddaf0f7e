"""What a report needs so that a person can label its mistakes: the rows, as data."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from search_core.verify.measures.mistakes import HIDDEN

_CUT = re.compile(r" … \([\d,]+ characters\)$")
_UNSAFE = re.compile("[<>&\u2028\u2029]")


def can_be_labelled(mistake: Mapping[str, Any]) -> bool:
    """Whether the report has its whole text: what is secret or cut off makes no row."""
    texts = (mistake["problem"], *mistake["steps"], mistake["id"])
    return not any(text == HIDDEN or _CUT.search(text) for text in texts)


def labelling_data(values: Mapping[str, Any], anchors: Mapping[str, str]) -> str:
    """The rows as data for the page's script; "" where there is nothing to label.

    Args:
        anchors: Of each card, by its name.
    """
    cards = {
        name: {
            "anchor": anchors[name],
            "mistakes": [
                each if can_be_labelled(each) else None for each in card["mistakes"]["listed"]
            ],
        }
        for name, card in values["cards"].items()
    }
    if not any(each for card in cards.values() for each in card["mistakes"]):
        return ""
    data = {"report": _name(values, cards), "cards": cards}
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    safe = _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return f'<script type="application/json" id="mistakes">{safe}</script>'


def _name(values: Mapping[str, Any], cards: Mapping[str, Any]) -> str:
    """Under which a browser keeps the labels: the same mistakes of the same file have the same."""
    listed = [
        [name, each and [each["id"], each["step"]]]
        for name, card in cards.items()
        for each in card["mistakes"]
    ]
    told = json.dumps([values.get("input", {}).get("sha256"), listed], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
