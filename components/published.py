"""What the browser may fetch of the assets: a copy that is new with every start."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

import gradio as gr

from search_core.export.html import html_template
from search_core.export.modules import bundle, exports

_ASSETS = Path(__file__).resolve().parents[1] / "assets"
# Nothing else of the assets is put where it can be asked for.
ENTRANCES = (
    "main.js",
    "form/notice.js",
    "form/form.js",
    "form/kinds.js",
    "dom/header.js",
    "dom/theme_choice.js",
    "guide/links.js",
    "guide/terms.js",
)
"""The modules that the page's components import, below `assets/js`."""
_PUBLISHED = ("js", "vendor/katex", "vendor/markdown-it", "vendor/plotly")
_ONE_SCRIPT = "modules.js"
ONE_SCRIPT = f"js/{_ONE_SCRIPT}"
"""All modules that the entrances need, below the folder."""


@cache
def published_folder() -> str:
    """Copy the page's modules to a new folder that Gradio serves, and return its path.

    Modules import each other by relative addresses, which a version in the query would not
    reach. A folder that is new with every start makes all their addresses new, so a browser
    never mixes old modules with new ones, even if files change while the app runs.
    """
    return publish(_ASSETS, Path(_temporary_folder().name).resolve())


def publish(assets: Path, folder: Path) -> str:
    """Copy what the page needs of these assets to a folder, have it served, and return its path."""
    for part in _PUBLISHED:
        shutil.copytree(assets / part, folder / part)
    _put_in_one_script(folder / "js")
    # Of this the page makes pages of their own; named as no page, as nobody is to open it here.
    (folder / "page.txt").write_text(html_template(), encoding="utf-8", newline="\n")
    gr.set_static_paths([folder])
    return folder.as_posix()


def _put_in_one_script(folder: Path) -> None:
    """Have the browser fetch the page's modules at once; each is still there under its address.

    There are more than a hundred, which import each other in a long chain: one by one they take
    the browser a tenth of the processor time of a page, and a distant one some thirty round trips.
    """
    exported = exports(folder, *ENTRANCES)
    script = bundle(folder, *ENTRANCES)
    for name, names in exported.items():
        up = "../" * name.count("/") or "./"
        (folder / name).write_text(
            f'import {{ modules }} from "{up}{_ONE_SCRIPT}";\n'
            f"export const {{ {', '.join(names)} }} = modules[{name!r}];\n",
            encoding="utf-8",
            newline="\n",
        )
    text = f"{script}\nexport {{ modules }};\n"
    (folder / _ONE_SCRIPT).write_text(text, encoding="utf-8", newline="\n")


@cache
def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """Kept for as long as the process lives, then removed."""
    return tempfile.TemporaryDirectory(prefix="espalier-")
