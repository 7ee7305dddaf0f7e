"""The app's style sheets: what they may not ask for."""

from __future__ import annotations

import re
from pathlib import Path

SHEETS = Path(__file__).resolve().parents[1] / "assets" / "css"
# What is around all that moves: whatever changes there, the browser asks these again.
WHOLE_PAGE = re.compile(
    r"(?:\.column|\.contain|\.wrap|\.html-container|\bbody|\bmain)[^\s,>+~{]*:has\("
)


def test_no_rule_looks_for_something_in_the_whole_page() -> None:
    """`assets/js/dom/standing.js` tells the page's column what stands on it."""
    found = {sheet.name: WHOLE_PAGE.findall(sheet.read_text("utf-8")) for sheet in SHEETS.glob("*")}
    assert {name: rules for name, rules in found.items() if rules} == {}
