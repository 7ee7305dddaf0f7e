"""The kinds of file that a run can be taken away as, told apart by how a file's name ends."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from search_core.export.html import html_page
from search_core.export.markdown import markdown_page
from search_core.export.raster import png_of
from search_core.log.export import write_graphml
from search_core.log.files import write_whole
from search_core.log.traces import Trace
from search_core.models import alternatives
from search_core.picture import svg_file
from search_core.picture.palette import Theme


class ExportError(ValueError):
    """A run cannot be taken away like this; the message says what would work."""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A kind of file.

    Attributes:
        what: What it is, in a few words.
        made: Its content, of a run and a theme; those without colours leave the theme alone.
    """

    what: str
    made: Callable[[Trace, Theme], str | bytes]


def _html(trace: Trace, _: Theme) -> str:
    return html_page(trace.events, [asdict(row) for row in alternatives(trace.tree)])


def _svg(trace: Trace, theme: Theme) -> str:
    return svg_file(trace.tree, theme)


def _png(trace: Trace, theme: Theme) -> bytes:
    return png_of(_svg(trace, theme))


def _markdown(trace: Trace, _: Theme) -> str:
    return markdown_page(trace)


def _graphml(trace: Trace, _: Theme) -> bytes:
    file = io.BytesIO()
    write_graphml(trace.tree, file)
    return file.getvalue()


FORMATS: Mapping[str, FileFormat] = {
    ".html": FileFormat("the page itself, which needs no server and no network", _html),
    ".svg": FileFormat("the tree as a drawing", _svg),
    ".png": FileFormat("the tree as a picture", _png),
    ".md": FileFormat("outline, story, answers and cost as text", _markdown),
    ".graphml": FileFormat("the tree for graph tools", _graphml),
}
"""By the end of a file's name, in lower case."""


def format_of(path: Path) -> FileFormat:
    """The format that a file's name asks for.

    Raises:
        ExportError: There is none.
    """
    known = FORMATS.get(path.suffix.lower())
    if known is None:
        *first, last = FORMATS
        got = f"ends in {path.suffix!r}" if path.suffix else "has no ending"
        raise ExportError(
            f"{path} {got}; expected a file that ends in {', '.join(first)} or {last}."
        )
    return known


def export_trace(trace: Trace, path: Path, theme: Theme = "light") -> None:
    """Write a run as a file of the kind that its name ends in, whole or not at all.

    Args:
        theme: Of pictures. A page has both.

    Raises:
        ExportError: The name ends in nothing that is known, or no picture can be made here.
        OSError: The file cannot be written.
    """
    write_whole(path, format_of(path).made(trace, theme))
