"""The frame of a report: one HTML file that fetches nothing, in both themes."""

from __future__ import annotations

from search_core.verify.page.markup import tag, text
from search_core.verify.page.style import style

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Nothing runs and nothing is fetched."""


def framed(title: str, *body: str, policy: str = POLICY) -> str:
    """The whole page around finished markup.

    Args:
        policy: Its Content-Security-Policy.
    """
    head = (
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        + tag("title", text(title))
        + tag("style", style())
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n'
        f"<body>{''.join(body)}</body></html>\n"
    )
