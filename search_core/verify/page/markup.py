"""HTML written as text. Whatever comes from a file is only ever a text node."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from search_core.picture.text import printable

_MOST_COLUMNS = 3
"""Of a table that a phone has room for."""


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
    """A table of plain cells, whose first column names the rows.

    One of many columns is a list on a phone, each cell under its column's name: nothing scrolls
    sideways. Browsers forget what such a table is, so its parts say it.

    Args:
        shown: Whether the caption is seen; it is always read out.
    """
    stacks = len(headings) > _MOST_COLUMNS

    def part_of(role: str, **more: str) -> dict[str, str]:
        return {"role": role, **more} if stacks else {}

    def cells(row: Sequence[str]) -> Iterable[str]:
        yield tag("th", text(row[0]), scope="row", **part_of("rowheader"))
        for name, cell in zip(headings[1:], row[1:], strict=True):
            yield tag("td", text(cell), **part_of("cell", data_column=name))

    head = (tag("th", text(name), scope="col", **part_of("columnheader")) for name in headings)
    inner = tag(
        "table",
        tag("caption", text(caption), class_="" if shown else "unseen"),
        tag("thead", tag("tr", *head, **part_of("row")), **part_of("rowgroup")),
        tag(
            "tbody",
            *(tag("tr", *cells(row), **part_of("row")) for row in rows),
            **part_of("rowgroup"),
        ),
        **part_of("table", class_="stacks"),
    )
    return tag("div", inner, class_="wide", tabindex="0", role="group", aria_label=caption)
