"""The page of Verify: what a visitor may have judged, and the report on show below it."""

from __future__ import annotations

from html import escape

from components.place_frame import framed
from components.places import VERIFY
from components.verify import views
from components.verify.asked import COLUMNS, MOST_PROBLEMS, MOST_ROWS, SUFFIXES
from search_core.labelled import KINDS
from search_core.models import VERIFIERS

_SCRIPTS = (
    '<script src="js/guide/theme.js"></script>'
    '<script type="module" src="js/verify/verify.js"></script>'
    '<script type="module" src="js/verify/views.js"></script>'
)
_SUMMARY = (
    "A verifier scores the steps that a model writes, and a search cuts by its scores. Is it "
    "right, where is it not, and can one trust a cut?"
)
_PROBLEMS = 20
_FIRST = ("small", "early")
"""What is ticked where attempts are drawn: one that can be trusted, and one that cannot."""


def document(*, shipped: bool) -> str:
    """The whole page.

    Args:
        shipped: Whether the embedded verifiers' report is there, as the first that is shown.
    """
    body = (
        '<main id="text" class="verify" tabindex="-1">'
        f"<h1>Verify</h1><p class=lead>{_SUMMARY} "
        '<a href="../guide/verify">What the figures mean</a></p>'
        f"{views.navigation()}"
        '<section id="set" data-view="set" aria-label="A set of solutions">'
        f"{_folded(_form(), shipped)}{_report(shipped)}</section>"
        f"{views.solution_view()}{views.tree_view()}</main>"
    )
    return framed(VERIFY, "Verify · Espalier", _SUMMARY, body, _SCRIPTS)


def _folded(form: str, shipped: bool) -> str:
    """Where a report is there already, that comes first."""
    return (
        f'<details class="ask-fold"{"" if shipped else " open"}>'
        "<summary>Make a report of your own</summary><p>Bring solutions whose steps are "
        "labelled, and a verifier's scores for them, or let one of the embedded verifiers score "
        "them.</p>"
        f"{form}</details>"
    )


def _form() -> str:
    return (
        '<form id="ask" class="ask" novalidate>'
        '<fieldset class="sources"><legend>What is judged</legend>'
        '<label class="choice"><input type="radio" name="source" value="file" checked>'
        "<span>A file of labelled solutions</span></label>"
        '<label class="choice"><input type="radio" name="source" value="drawn">'
        "<span>The embedded solver's own attempts</span></label></fieldset>"
        '<div class="part" data-source="file">'
        '<label for="file">File</label>'
        f'<input id="file" type="file" accept="{",".join(SUFFIXES)}" aria-describedby="file-help">'
        f'<p id="file-help" class="help">{", ".join(SUFFIXES)}; at most 16 MB, of which the first '
        f"{MOST_ROWS:,} solutions are judged. ProcessBench, PRM800K, Math-Shepherd, TRL, PRMBench "
        "and others are known by what they hold, as is a plain file with "
        "<code>problem</code>, <code>steps</code>, <code>labels</code> and columns of "
        f"<code>scores</code>: see {views.LABELLED_FILES}labelled files</a>.</p>"
        f'<label for="kind">Kind</label><select id="kind">{_kinds()}</select></div>'
        '<div class="part" data-source="drawn" hidden>'
        '<label for="problems">Problems of each family</label>'
        f'<input id="problems" type="number" min="1" max="{MOST_PROBLEMS}" value="{_PROBLEMS}" '
        'inputmode="numeric" aria-describedby="problems-help">'
        '<p id="problems-help" class="help">Eight attempts at each, at problems that the models '
        "have not seen; their steps are labelled by the families' checker.</p></div>"
        '<div class="part"><label for="threshold">Threshold</label>'
        '<input id="threshold" type="number" min="0" max="1" step="0.01" inputmode="decimal" '
        'placeholder="each its own" aria-describedby="threshold-help">'
        '<p id="threshold-help" class="help">A step that scores below it is called wrong. In the '
        "report you can look at others.</p></div>"
        f'<fieldset class="judges"><legend>Whose scores</legend>{_judges()}</fieldset>'
        '<div class="acts"><button type="submit" id="make" class="primary">Make the report</button>'
        '<button type="button" id="stop" hidden>Stop</button></div>'
        '<p id="state" class="state" role="status"></p>'
        '<p id="mistake" class="mistake" role="alert" hidden></p></form>'
    )


def _kinds() -> str:
    options = "".join(f"<option>{escape(kind)}</option>" for kind in KINDS)
    return f'<option value="">Told by what it holds</option>{options}'


def _judges() -> str:
    columns = (
        f'<label class="choice" data-source="file"><input type="checkbox" name="judge" '
        f'value="{COLUMNS}" checked><span>The file\'s own columns of scores</span></label>'
    )
    models = "".join(
        '<label class="choice"><input type="checkbox" name="judge" '
        f'value="{escape(model.name)}"{" data-first" if model.name in _FIRST else ""}>'
        f"<span><b>{escape(model.title)}</b> {escape(model.what)}</span></label>"
        for model in VERIFIERS.values()
    )
    return columns + models


def _report(shipped: bool) -> str:
    first = ' data-shipped="true" src="report/embedded"' if shipped else ""
    return (
        f'<section class="report" aria-labelledby="report-name"{"" if shipped else " hidden"}>'
        '<div class="report-head"><h2 id="report-name">The embedded verifiers</h2>'
        '<div class="report-acts">'
        '<a id="alone" target="_blank" href="report/embedded">Open alone</a>'
        '<a id="save" download="report.html" href="report/embedded">Save as HTML</a>'
        '<a id="figures" download="report.json" href="report/embedded.json">Save the figures</a>'
        '<button type="button" id="back" hidden>Back to the embedded verifiers</button>'
        "</div></div>"
        '<iframe id="report" title="Report" sandbox="allow-same-origin allow-scripts '
        f'allow-downloads allow-popups"{first}>'
        "</iframe></section>"
    )
