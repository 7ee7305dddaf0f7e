"""README and guide as texts: their headings, code, links, and what they name."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "assets" / "guide"
README = ROOT / "README.md"
INDEX = GUIDE / "index.md"
PAGES = sorted(GUIDE.glob("*.md"))
TEXTS = [README, *PAGES]
OF_EACH_KIND = ("", "tuning", "results")
"""Between them, these pages of the guide have every kind of element that any of them has."""

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")
# A link or a picture of Markdown, and the pictures of HTML.
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
_HEADING = re.compile(r"^(#{1,6}) (.+)$", flags=re.MULTILINE)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def fences(page: Path, language: str) -> list[str]:
    """The page's code blocks in this language, in order."""
    return [code for kind, code in _FENCE.findall(read(page)) if kind == language]


def prose(page: Path) -> str:
    """The page without its code blocks."""
    return _FENCE.sub("", read(page))


def code_spans(page: Path) -> list[str]:
    """What stands in backticks within the page's sentences and tables."""
    return _CODE.findall(prose(page))


def links(page: Path) -> list[str]:
    """Where the page's links and pictures lead to, as they are written."""
    text = _CODE.sub("", prose(page))
    return _LINK.findall(text) + pictures(page)


def pictures(page: Path) -> list[str]:
    """Files of the page's pictures, as they are written."""
    return [markdown or html for markdown, html in _PICTURE.findall(prose(page))]


def headings(page: Path) -> list[str]:
    """The headings of all levels, as they are written."""
    return [text.strip() for _, text in _HEADING.findall(prose(page))]


def anchors(page: Path) -> list[str]:
    """What a link may name after its "#", in the order of the headings."""
    return [anchor(text) for text in headings(page)]


def anchor(heading: str) -> str:
    """A heading's anchor, as code hosts make it: lower case, words joined by hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def section(page: Path, heading: str) -> str:
    """What stands below a heading of the second level, up to the next one.

    Raises:
        KeyError: There is no such heading.
    """
    parts = re.split(r"^## (.+)$", read(page), flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    return sections[heading]


def table_rows(text: str) -> list[list[str]]:
    """The cells of every row of Markdown tables in a text, headings and rules left out."""
    rows = [line.strip().strip("|").split("|") for line in text.splitlines() if line[:1] == "|"]
    cells = [[cell.strip() for cell in row] for row in rows]
    rules = {at for at, row in enumerate(cells) if all(re.fullmatch(":?-+:?", c) for c in row)}
    return [row for at, row in enumerate(cells) if at not in rules and at + 1 not in rules]
