"""The page in one file: any run, in any browser, without a server and without a network.

Script, styles, fonts and the run are all inside. The browser itself is told to fetch nothing and
to run no other script. The run is a stranger's text: it stands in an element of data, written so
that nothing in it can end that element.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from search_core.export.modules import BundleError, bundle, script_safe
from search_core.log.events import Event, event_to_json
from search_core.picture.palette import PALETTE_FILE, THEMES, Theme, variables
from search_core.steps import STEP_CHOICES, step_style
from search_core.strategies import STRATEGIES

ASSETS = PALETTE_FILE.parent
STYLE_SHEETS = (
    *("explorer.css", "story.css", "buttons.css", "frame.css"),
    *("picture.css", "words.css", "legend.css", "timeline.css", "outline.css"),
    *("forced_colours.css", "finding.css"),
    *("inspector.css", "structured.css", "answers.css", "help.css"),
    *(
        "charts.css",
        "what_if.css",
        "steering.css",
        "classroom.css",
        "cuts.css",
        "minute.css",
        "projector.css",
        "narrow.css",
        "key_line.css",
        "touch.css",
    ),
)
"""What the explorer needs, in this order; on the app's page too."""
ENTRANCE = "standalone.js"
TRACE, COMPARISON = "@@trace@@", "@@comparison@@"
"""Where a run's events, and what other models would have cost, go into the template."""
_SHARED, _OWN_STYLE = ("tokens.css", "terms.css"), "standalone.css"
_KATEX = ASSETS / "vendor" / "katex"
_MARKDOWN_IT = ASSETS / "vendor" / "markdown-it" / "markdown-it.umd.min.js"
_FONT = re.compile(r"src:url\((fonts/[\w-]+\.woff2)\)[^;}]*")
_UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")


def html_page(events: Iterable[Event], comparison: Sequence[Mapping[str, Any]] = ()) -> str:
    """The run as a page of its own. The same run gives the same page.

    Args:
        events: The whole log.
        comparison: `[{"name", "flops"}]`, what other models would have cost.
    """
    trace = "".join(f"{event_to_json(event)}\n" for event in events)
    rows = _json([dict(row) for row in comparison])
    page = html_template().replace(COMPARISON, data_safe(rows))
    # Last: a run may well say what the other mark is called.
    return page.replace(TRACE, data_safe(trace))


@cache
def html_template() -> str:
    """The page without a run: `TRACE` and `COMPARISON` stand where it belongs, once each.

    `assets/js/taking/page.js` fills it in the browser.

    Raises:
        BundleError: The page's modules cannot be put into one script.
    """
    theme = script_safe(_asset("js/standalone_theme.js"), "standalone_theme.js")
    katex = script_safe((_KATEX / "katex.min.js").read_text(encoding="utf-8"), "katex.min.js")
    # It knows comments of HTML, in strings and patterns alone: there `!` may have its number.
    source = _MARKDOWN_IT.read_text(encoding="utf-8").replace("<!--", r"<\u0021--")
    markdown_it = script_safe(source, _MARKDOWN_IT.name)
    script = bundle(ASSETS / "js", ENTRANCE)
    given = {
        "palette": json.loads(PALETTE_FILE.read_text(encoding="utf-8")),
        "labels": page_labels(),
        "terms": _terms(),
    }
    sheets = map(_sheet, (*_SHARED, *STYLE_SHEETS, _OWN_STYLE))
    style = "\n".join([_katex_style(), palette_style(), *sheets])
    emblem = _data_url("image/svg+xml", _asset("emblem.svg").encode())
    if "</style" in style.lower():
        raise BundleError("A style sheet holds '</style', which would end the element around it.")
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(map(_hash, (theme, katex, markdown_it, script)))}",
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    # Written as a browser writes it, so that a saved page can be saved again from itself.
    template = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        "<title>Espalier</title>\n"
        f'<link rel="icon" href="{emblem}">\n'
        f"<style>{style}</style>\n"
        "</head>\n<body>\n"
        f"<script>{theme}</script>\n"
        f'<header class="alone-header"><img alt="" src="{emblem}"></header>\n'
        '<main id="explorer"><div class="esp"><p class="esp-loading">Loading the search tree …'
        "</p></div></main>\n"
        "<noscript>This page draws its search tree with JavaScript, which is off.</noscript>\n"
        f'<script type="application/json" id="espalier-given">{data_safe(_json(given))}</script>\n'
        f'<script type="application/json" id="espalier-comparison">{COMPARISON}</script>\n'
        f'<script type="application/x-ndjson" id="espalier-trace">{TRACE}</script>\n'
        f"<script>{katex}</script>\n"
        f"<script>{markdown_it}</script>\n"
        f'<script type="module">{script}</script>\n'
        "</body></html>"
    )
    for mark in (TRACE, COMPARISON):
        if template.count(mark) != 1:
            raise BundleError(f"A module or style sheet holds {mark!r}, which is where a run goes.")
    return template


def page_labels() -> dict[str, Any]:
    """What the page calls things: `{"strategies": {name: title}, "options": {strategy: {option:
    {"label", "default"}}}, "step_styles": {name: how they are written}}`."""
    return {
        "strategies": {strategy.name: strategy.title for strategy in STRATEGIES.values()},
        "options": {
            strategy.name: {
                spec.name: {"label": spec.label, "default": spec.default}
                for spec in strategy.options.specs()
            }
            for strategy in STRATEGIES.values()
        },
        "step_styles": {
            style.name: f"{style.title}. {style.cut}" for style in map(step_style, STEP_CHOICES)
        },
    }


def _terms() -> dict[str, dict[str, str]]:
    """The glossary as the page takes it, without its links: there is no guide beside a file."""
    groups = json.loads(_asset("glossary.json"))["groups"]
    return {
        entry["name"]: {
            "term": entry["term"],
            "says": entry["says"],
            "where": entry.get("where", ""),
        }
        for group in groups
        for entry in group["terms"]
    }


def data_safe(text: str) -> str:
    r"""JSON that can stand in an element of data: signs that mean something to a browser become
    `\u003c` and the like, which JSON reads as the same signs."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def palette_style() -> str:
    """The palette as CSS custom properties: light under `:root`, dark under `.dark`.

    An open mark's fill is `transparent`.
    """
    selectors: dict[Theme, str] = {"light": ":root", "dark": ".dark"}
    blocks = []
    for theme in THEMES:
        named = variables(theme).items()
        lines = [f"  --{name}: {colour or 'transparent'};" for name, colour in named]
        blocks.append("\n".join([f"{selectors[theme]} {{", *lines, "}"]))
    return "\n".join(blocks) + "\n"


def _katex_style() -> str:
    """KaTeX's style sheet, each font in it once, as WOFF2, which every browser reads."""
    sheet = (_KATEX / "katex.min.css").read_text(encoding="utf-8")
    style = _FONT.sub(lambda match: f"src:url({_font(match[1])})", sheet)
    if "url(fonts" in style:
        raise BundleError("KaTeX's style sheet names a font in a way that is not understood.")
    return style


def _font(name: str) -> str:
    return _data_url("font/woff2", (_KATEX / name).read_bytes())


def _data_url(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _json(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _sheet(name: str) -> str:
    return _asset(f"css/{name}")


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
