"""HTML written as text. Whatever comes from a file is only ever a text node."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from search_core.picture.text import printable


def text(content: object) -> str:
    """Text between tags: escaped, and hidden characters shown as U+FFFD."""
    return html.escape(printable(str(content), keep="\n\t"), quote=True)


def tag(name: str, *inside: str, **attributes: str) -> str:
    """An element with finished markup inside; `class_` is the attribute class."""
    named = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"' for key, value in attributes.items()
    )
    return f"<{name}{named}>{''.join(inside)}</{name}>"


def paragraph(content: str, class_: str = "") -> str:
    """A paragraph of plain text."""
    return tag("p", text(content), **({"class_": class_} if class_ else {}))


def part(title: str, *inside: str, id_: str = "", folded: bool = False) -> str:
    """A part of a report behind its heading, open at first: a reader may fold it, and the
    report's script does so on a phone.

    Args:
        inside: Finished markup; without any there is no part.
        folded: It is long, and what it comes to is said elsewhere: closed at first.
    """
    if not any(inside):
        return ""
    head = tag("summary", tag("h3", text(title)))
    named = {**({"id": id_} if id_ else {}), **({} if folded else {"open": "open"})}
    return tag("details", head, *inside, class_="part", **named)


def table(
    caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]], *, shown: bool = True
) -> str:
    """A table of plain cells, whose first column names the rows; it scrolls where it is wide.

    Args:
        shown: Whether the caption is seen; it is always read out.
    """
    head = tag("tr", *(tag("th", text(name), scope="col") for name in headings))
    body = "".join(
        tag("tr", tag("th", text(row[0]), scope="row"), *(tag("td", text(c)) for c in row[1:]))
        for row in rows
    )
    inner = tag(
        "table",
        tag("caption", text(caption), class_="" if shown else "unseen"),
        tag("thead", head),
        tag("tbody", body),
    )
    return tag("div", inner, class_="wide", tabindex="0", role="group", aria_label=caption)
