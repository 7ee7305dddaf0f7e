"""The app's style sheets: what they may not ask for."""

from __future__ import annotations

import re
from pathlib import Path

from components.style import PAGE_SHEETS

SHEETS = Path(__file__).resolve().parents[1] / "assets" / "css"
# What is around all that moves: whatever changes there, the browser asks these again.
WHOLE_PAGE = re.compile(
    r"(?:\.column|\.contain|\.wrap|\.html-container|\bbody|\bmain)[^\s,>+~{]*:has\("
)


def test_no_rule_looks_for_something_in_the_whole_page() -> None:
    """`assets/js/dom/standing.js` tells the page's column what stands on it."""
    found = {sheet.name: WHOLE_PAGE.findall(sheet.read_text("utf-8")) for sheet in SHEETS.glob("*")}
    assert {name: rules for name, rules in found.items() if rules} == {}


# In a @media Gradio puts its own prefix in the place of this class: such a rule never applies.
LOST = re.compile(r"\.contain\b(?!-)")


def test_no_rule_of_the_page_is_lost_in_a_media_query() -> None:
    for name in PAGE_SHEETS:
        for rules in in_media((SHEETS / name).read_text("utf-8")):
            assert not LOST.search(re.sub(r"\{[^{}]*\}", "{}", rules)), f"{name}: {rules[:120]}"


def in_media(sheet: str) -> list[str]:
    """What stands between the braces of each @media, with the rules' own."""
    found = []
    for start in re.finditer(r"@media[^{]*\{", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)):
        text, depth = start.string[start.end() :], 1
        for place, letter in enumerate(text):
            depth += {"{": 1, "}": -1}.get(letter, 0)
            if not depth:
                found.append(text[:place])
                break
    return found
