"""The scripts that stand in a report: its policy names each by its hash, and nothing else runs."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from search_core.picture.palette import PALETTE_FILE
from search_core.verify.page.frame import POLICY

_FOLDER = PALETTE_FILE.parent / "js" / "verify"
_READING, _LABELLING = "report.js", "labelling.js"
"""How one reads the report, and how its mistakes are labelled. Each imports nothing."""


@cache
def report_scripts() -> str:
    """The scripts as markup."""
    return "".join(f'<script type="module">{script}</script>' for script in _scripts())


@cache
def report_policy() -> str:
    """The Content-Security-Policy of a page with these scripts."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _scripts())
    named = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return f"{POLICY}; script-src {named}"


def _scripts() -> list[str]:
    return [(_FOLDER / name).read_text(encoding="utf-8") for name in (_READING, _LABELLING)]
