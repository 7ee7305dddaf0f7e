"""The views of one solution and of one tree, as markup that their scripts fill."""

from __future__ import annotations

from html import escape

from components.verify.asked import SUFFIXES
from components.verify.questions import (
    MOST_CHARACTERS,
    MOST_NODES,
    MOST_STEPS,
)
from search_core.models import VERIFIERS, checkpoints

VIEWS = (("set", "A set of solutions"), ("solution", "One solution"), ("tree", "One tree"))
_FIRST = ("small", "early")
_HOLDS = (
    "Checker, in the embedded families: ✓ holds, the step is true, follows from those before it "
    "and the answer can still be reached; ✗ it is false, does not follow, or the answer "
    "cannot be reached any more; – the checker cannot read it."
)
LABELLED_FILES = '<a href="../guide/labelled_files" target="_blank" title="Opens in a new tab">'
"""To the page on labelled files; the form is still there for whoever comes back."""
_SUMS = "What the aggregates make of it"
_THRESHOLD = (
    '<div class="threshold" data-part="threshold"><label class="choice"><input type="checkbox">'
    "<span>One threshold for all verifiers</span></label>"
    '<input type="range" min="1" max="99" value="50" aria-label="Threshold">'
    '<output class="help"></output></div>'
)


def navigation() -> str:
    """Links to the views, each with an address."""
    links = "".join(f'<li><a href="#{name}">{title}</a></li>' for name, title in VIEWS)
    return f'<nav class="views" aria-label="What is looked at"><ul>{links}</ul></nav>'


def solution_view() -> str:
    """One solution, its steps to be changed, and the verifiers' scores side by side."""
    return (
        '<section id="solution" data-view="solution" class="one" hidden '
        'aria-labelledby="solution-name">'
        '<h2 id="solution-name">One solution, side by side</h2>'
        "<p class=help>Change, insert, delete or move steps: each step is scored anew, and what it "
        "scored before stands beside it. Paste several paragraphs into an empty step to get a step "
        f"of each. At most {MOST_STEPS} steps and {MOST_CHARACTERS:,} characters.</p>"
        '<div class="one-form"><div class="one-text">'
        '<label for="example-solution">Begin with</label>'
        '<select id="example-solution" data-part="example">'
        '<option value="">a text of your own</option></select>'
        '<label for="solution-problem">Problem</label>'
        '<textarea id="solution-problem" data-part="problem" rows="2" spellcheck="false">'
        f"</textarea>{_THRESHOLD}</div>"
        f"{_judges('solution', 'checkbox', 'Verifiers, one to four')}</div>"
        '<h3 id="steps-name">Steps</h3>'
        f"<p class=help>{_HOLDS}</p>"
        '<p class="form" data-part="form" role="status" hidden></p>'
        '<ol class="steps" data-part="steps" aria-labelledby="steps-name"></ol>'
        '<div class="acts"><button type="button" data-part="add">Add a step</button>'
        '<button type="button" class="primary" data-part="score">Score</button>'
        '<button type="button" data-part="keep" hidden>Compare with these scores from now on'
        "</button></div>"
        '<p class="help keys-of-steps">Keys in a step: Alt+↑ and Alt+↓ move it, Alt+Enter inserts '
        "one after it, Alt+Backspace deletes it, Ctrl+Enter scores.</p>"
        '<p class="state" data-part="state" role="status"></p>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{_SUMS}">'
        f'<table class="sums"><caption>{_SUMS}</caption>'
        '<thead data-part="sums-head" hidden><tr><th scope="col">Verifier</th>'
        '<th scope="col">last</th><th scope="col">min</th><th scope="col">prod</th>'
        '<th scope="col">mean</th>'
        '<th scope="col">First error by threshold</th></tr></thead>'
        '<tbody data-part="sums"></tbody></table></div>'
        "</section>"
    )


def tree_view() -> str:
    """One tree, scored anew by another verifier."""
    return (
        '<section id="tree" data-view="tree" class="one" hidden aria-labelledby="tree-name">'
        '<h2 id="tree-name">One tree, scored anew</h2>'
        "<p class=help>Every step is scored by another verifier, and the search is driven again "
        "over the same steps with the new scores: where would it have decided otherwise, and who "
        f"was right there? At most {MOST_NODES:,} steps.</p>"
        '<div class="one-form"><div class="one-text">'
        '<label for="example-tree">Recorded example</label>'
        '<select id="example-tree" data-part="example"><option value="">a file of yours</option>'
        "</select>"
        '<label for="tree-file">A trace, or a file of trees of '
        f"{LABELLED_FILES}another kind</a></label>"
        f'<input id="tree-file" type="file" data-part="file" accept="{",".join(SUFFIXES)}">'
        "</div>"
        f"{_judges('tree', 'radio', 'Score it anew by')}</div>"
        '<div class="acts"><button type="button" class="primary" data-part="score">'
        "Score the tree</button>"
        '<button type="button" data-part="stop" hidden>Stop</button></div>'
        '<p class="state" data-part="state" role="status"></p>'
        '<div data-part="found" hidden><p class="problem" data-part="problem"></p>'
        '<ul class="said" data-part="sentences"></ul><p class="help" data-part="notice"></p>'
        '<div class="decision" data-part="decision"><div><h3 data-part="then-head"></h3>'
        '<ul data-part="then"></ul></div><div><h3 data-part="now-head"></h3>'
        '<ul data-part="now"></ul></div></div>'
        '<p class="form" data-part="form" hidden></p>'
        "<h3>Where the two disagree</h3>"
        '<p class="help">▲ scored higher now, ▼ lower, ● alike, × not scored by both; the larger '
        "the mark, the larger the change. Dashed: cut in the run. Square: preferred in the run, "
        "circle: preferred now, at the first decision that differs.</p>"
        '<div class="map-and-step"><div class="scroll map">'
        '<svg data-part="map" tabindex="0" role="application"></svg></div>'
        '<div class="step-told" data-part="step" aria-live="polite"></div></div>'
        '<details class="fold" open><summary><h3 id="largest-name">The largest disagreements</h3>'
        "</summary>"
        '<div class="scroll" tabindex="0" role="region" aria-labelledby="largest-name">'
        '<table class="largest"><thead><tr><th scope="col">Step</th><th scope="col">Then</th>'
        '<th scope="col">Now</th><th scope="col">Change</th><th scope="col">Place</th>'
        '<th scope="col">Checker</th><th scope="col">Text</th></tr></thead>'
        '<tbody data-part="largest"></tbody></table></div></details></div></section>'
    )


def _judges(view: str, kind: str, legend: str) -> str:
    models = "".join(
        f'<label class="choice"><input type="{kind}" name="{view}-judge" value="{escape(name)}"'
        f"{_checked(kind, name)}><span><b>{escape(model.title)}</b></span></label>"
        for name, model in VERIFIERS.items()
    )
    return (
        f'<details class="fold" open><summary id="{view}-judges">{legend}</summary>'
        f'<fieldset class="one-judges" data-part="judges" aria-labelledby="{view}-judges">'
        f"{models}{_slider(view, kind)}</fieldset></details>"
    )


def _checked(kind: str, name: str) -> str:
    first = _FIRST if kind == "checkbox" else _FIRST[-1:]
    return " checked" if name in first else ""


def _slider(view: str, kind: str) -> str:
    count = len(checkpoints())
    if not count:
        return ""
    return (
        f'<label class="choice"><input type="{kind}" name="{view}-judge" value="checkpoint">'
        "<span><b>A verifier while it learns</b></span></label>"
        f'<input type="range" min="1" max="{count}" value="1" aria-label="Checkpoint">'
        '<output class="help"></output>'
    )
