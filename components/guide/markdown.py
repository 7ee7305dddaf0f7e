"""One page's Markdown as HTML, with anchors at its headings.

Raw HTML in the text is off: it stays text. Links are `links`' affair.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from components.guide.links import Links


@dataclass(frozen=True)
class Heading:
    """A heading of a page: its level (1 to 6), its text, and its anchor."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Rendered:
    """A page as HTML.

    Attributes:
        html: The text, without the frame around it.
        headings: All headings, in order.
        images: Paths in the repository of the pictures that it shows.
        files: Paths in the repository of the files that it names.
    """

    html: str
    headings: tuple[Heading, ...]
    images: frozenset[str]
    files: frozenset[str]

    @property
    def title(self) -> str:
        """The page's first heading."""
        return self.headings[0].text if self.headings else ""


def render(text: str, links: Links) -> Rendered:
    """A page's Markdown (CommonMark with tables) as HTML."""
    markdown = _markdown()
    page: dict[str, Any] = {"links": links, "images": set(), "files": set()}
    tokens = markdown.parse(text, page)
    headings = _anchored(tokens)
    html = markdown.renderer.render(tokens, markdown.options, page)
    return Rendered(html, headings, frozenset(page["images"]), frozenset(page["files"]))


def render_line(text: str) -> str:
    """A line of Markdown without links or pictures as HTML."""
    return str(_markdown().disable(["link", "image", "autolink"]).renderInline(text))


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer)
    return markdown.enable(["table", "strikethrough"])


def anchor(text: str) -> str:
    """A heading's anchor, as code hosts make it: lower case, hyphens for spaces, no signs."""
    kept = (
        character
        for character in text.strip().lower()
        if character in "-_ " or unicodedata.category(character)[0] in "LMN"
    )
    return "".join(kept).replace(" ", "-")


def _anchored(tokens: Sequence[Token]) -> tuple[Heading, ...]:
    """Give every heading an anchor that no other has."""
    headings: list[Heading] = []
    used: dict[str, int] = {}
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        text = plain(inline.children or ())
        name = anchor(text) or "section"
        times = used.get(name, 0)
        used[name] = times + 1
        unique = f"{name}-{times}" if times else name
        opening.attrSet("id", unique)
        opening.meta["text"] = text
        headings.append(Heading(int(opening.tag[1:]), text, unique))
    return tuple(headings)


def plain(tokens: Sequence[Token]) -> str:
    """The words of a line, without its marks."""
    return "".join(
        " " if token.type in {"softbreak", "hardbreak"} else token.content for token in tokens
    )


class _Renderer(RendererHTML):
    """Adds what a reader needs: anchors, and frames in which what is wide scrolls by itself."""

    def heading_open(self, tokens: Any, index: int, options: Any, env: Any) -> str:
        token = tokens[index]
        return f'<div class="heading"><{token.tag} id="{escape(token.attrGet("id"))}">'

    def heading_close(self, tokens: Any, index: int, options: Any, env: Any) -> str:
        opening = tokens[index - 2]
        name, text = escape(str(opening.attrGet("id"))), escape(opening.meta["text"])
        link = f'<a class="anchor" href="#{name}" aria-label="Link to “{text}”">#</a>'
        return f"</{opening.tag}>{link if opening.tag != 'h1' else ''}</div>\n"

    def table_open(self, tokens: Any, index: int, options: Any, env: Any) -> str:
        return '<div class="wide" data-wide="Table"><table>\n'

    def table_close(self, tokens: Any, index: int, options: Any, env: Any) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Any, index: int, options: Any, env: Any) -> str:
        return f"<{_cell(tokens[index + 1])}{_aligned(tokens[index])}>"

    def th_close(self, tokens: Any, index: int, options: Any, env: Any) -> str:
        return f"</{_cell(tokens[index - 1])}>"

    def td_open(self, tokens: Any, index: int, options: Any, env: Any) -> str:
        return f"<td{_aligned(tokens[index])}>"

    def fence(self, tokens: Any, index: int, options: Any, env: Any) -> str:
        return _code(tokens[index])

    def code_block(self, tokens: Any, index: int, options: Any, env: Any) -> str:
        return _code(tokens[index])

    def link_open(self, tokens: Any, index: int, options: Any, env: Any) -> str:
        token = tokens[index]
        link = env["links"].link(str(token.attrGet("href") or ""))
        closing = _closing(tokens, index)
        if link.file:
            env["files"].add(link.file)
        if link.href is None:
            words = plain(tokens[index + 1 : closing])
            named = link.file and link.file.rstrip("/") not in words
            more = f' (<code class="file">{escape(str(link.file))}</code>)' if named else ""
            tokens[closing].meta["end"] = f"</span>{more}"
            return '<span class="no-link">'
        away = ' target="_blank" rel="noreferrer"' if link.outside else ""
        title = f' title="{escape(str(token.attrs["title"]))}"' if "title" in token.attrs else ""
        return f'<a href="{escape(link.href)}"{title}{away}>'

    def link_close(self, tokens: Any, index: int, options: Any, env: Any) -> str:
        return str(tokens[index].meta.get("end", "</a>"))

    def image(self, tokens: Any, index: int, options: Any, env: Any) -> str:
        token = tokens[index]
        alt = plain(token.children or ())
        path = env["links"].image(str(token.attrGet("src") or ""))
        if path is None:
            return escape(alt)
        env["images"].add(path)
        return f'<img src="images/{escape(path)}" alt="{escape(alt)}" loading="lazy">'


def _cell(inline: Token) -> str:
    """A column without a name has no heading that could be read out."""
    return "th" if inline.content.strip() else "td"


def _aligned(cell: Token) -> str:
    """Alignment as a class: the page's policy allows no style in the markup."""
    style = str(cell.attrGet("style") or "")
    return ' class="numbers"' if style == "text-align:right" else ""


def _closing(tokens: Sequence[Token], opening: int) -> int:
    """Where the link that begins here ends; links do not nest."""
    return next(
        index for index in range(opening, len(tokens)) if tokens[index].type == "link_close"
    )


def _code(token: Token) -> str:
    language = re.sub(r"[^\w+-]", "", token.info.split()[0]) if token.info.split() else ""
    told = f' data-language="{language}"' if language else ""
    return (
        f'<div class="code"><pre data-wide="Code"{told}><code>{escape(token.content)}'
        "</code></pre></div>\n"
    )
