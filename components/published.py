"""What the browser may fetch of the assets: a copy that is new with every start."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

import gradio as gr

from search_core.export.html import html_template

_ASSETS = Path(__file__).resolve().parents[1] / "assets"
# Nothing else of the assets is put where it can be asked for.
_PUBLISHED = ("js", "vendor/katex", "vendor/markdown-it", "vendor/plotly")


@cache
def published_folder() -> str:
    """Copy the page's modules to a new folder that Gradio serves, and return its path.

    Modules import each other by relative addresses, which a version in the query would not
    reach. A folder that is new with every start makes all their addresses new, so a browser
    never mixes old modules with new ones, even if files change while the app runs.
    """
    folder = Path(_temporary_folder().name).resolve()
    for part in _PUBLISHED:
        shutil.copytree(_ASSETS / part, folder / part)
    # Of this the page makes pages of their own; named as no page, as nobody is to open it here.
    (folder / "page.txt").write_text(html_template(), encoding="utf-8", newline="\n")
    gr.set_static_paths([folder])
    return folder.as_posix()


@cache
def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """Kept for as long as the process lives, then removed."""
    return tempfile.TemporaryDirectory(prefix="espalier-")
