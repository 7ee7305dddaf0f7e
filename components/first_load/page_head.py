"""What is put into the head of Gradio's page, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from components.first_load.gradio_files import BUILD, GradioFiles
from components.first_load.quiet_frames import QUIET_FRAMES

_CONFIGURATION = b"<script>window.gradio_config"
"""With this Gradio's page begins to run."""
_ENTRANCE_SHEET = re.compile(rb'<link rel="stylesheet"[^>]* href="\./assets/index-[\w-]+\.css">')
_BUILT_ONCE = """<script type="module">
  import {{ AppTree }} from "./assets/{0}";
  const again = AppTree.prototype.reload;
  const built = new WeakSet();
  AppTree.prototype.reload = function (...given) {{
    if (built.has(this)) again.apply(this, given);
    built.add(this);
  }};
</script>"""
"""Gradio (6.31) makes all components of its page, and then calls `reload`, which makes them all
again; the first of these calls, with what they were just made of, is left out."""


@dataclass(frozen=True)
class PageHead:
    """What is added to the page.

    Attributes:
        first: Before Gradio begins to run.
        beside_sheet: After the style sheet of Gradio's entrance.
    """

    first: bytes
    beside_sheet: bytes

    def put_into(self, page: bytes) -> bytes:
        """The page with both; a page that is none of Gradio's stays as it is."""
        if _CONFIGURATION not in page:
            return page
        page = page.replace(_CONFIGURATION, self.first + _CONFIGURATION, 1)
        return _ENTRANCE_SHEET.sub(lambda found: found[0] + self.beside_sheet, page, count=1)


def page_head(
    files: GradioFiles, modules: Iterable[str], sheet: str, *, build: Path = BUILD
) -> tuple[PageHead, str]:
    """What to add to a page that loads these files, and the text of its one style sheet.

    Gradio's scripts add a style sheet to the page unless the page has it: so each is named there,
    disabled, which no browser fetches, and one sheet has the rules of all of them in their order.

    Args:
        files: What Gradio's page loads.
        modules: Addresses of further modules that it will import, beside the page.
        sheet: Address under which the style sheet will be found.
        build: The folder of Gradio's page.
    """
    addresses = [*(f"./assets/{name}" for name in files.scripts), *modules]
    preload = "".join(
        f'<link rel="modulepreload" href="{escape(address)}">' for address in addresses
    )
    once = _BUILT_ONCE.format(files.app_tree) if files.app_tree else ""
    texts = [(build / "assets" / name).read_text(encoding="utf-8") for name in files.sheets]
    named = "".join(
        f'<link rel="stylesheet" href="./assets/{name}" disabled>' for name in files.sheets
    )
    one = f'<link rel="stylesheet" href="{escape(sheet)}">' if texts else ""
    head = PageHead(QUIET_FRAMES + (preload + once).encode(), (one + named).encode())
    return head, "\n".join(texts)
