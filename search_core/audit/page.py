"""An audit as one HTML file: no script, no network, both themes, and it prints."""

from __future__ import annotations

from search_core.audit.prices import CutPrice
from search_core.audit.result import Audit
from search_core.audit.words import by_round, decision_line, share_words
from search_core.log.tree import Tree
from search_core.picture.numbers import counted, format_percent
from search_core.picture.step_names import step_title
from search_core.picture.svg import document, element
from search_core.picture.symbols import symbol_path
from search_core.picture.text import one_line
from search_core.verify.page.frame import framed
from search_core.verify.page.markup import paragraph, tag, text

_MARKS = {
    "clear": ("circle", "var(--grade-right-line)", "cut rightly"),
    "noise": ("diamond", "var(--palette-muted)", "within noise"),
    "neither": ("square", "var(--palette-muted)", "neither reached the answer"),
    "reversed": ("x", "var(--grade-wrong-line)", "the cut one is better"),
    "open": ("square", "var(--palette-muted)", "not known"),
}
_LINE = 110


def audit_page(audit: Audit, tree: Tree) -> str:
    """The HTML of an audit. The same audit gives the same page."""
    title = "What did the cuts cost?"
    header = tree.started
    problem = "" if header is None else one_line(header.problem.text, 400)
    body = [
        tag("header", tag("h1", title), paragraph(problem, "problem")),
        tag(
            "main",
            *(paragraph(each) for each in audit.sentences),
            tag("h2", "Each choice by its closest call") if audit.decisions else "",
            *(
                paragraph(f"Round {each.round}. {decision_line(each, tree)}")
                for each in audit.decisions
            ),
            _table(audit, tree),
        ),
        tag("footer", paragraph(_made(audit), "quiet")),
    ]
    return framed(title, *body)


def _table(audit: Audit, tree: Tree) -> str:
    if not audit.prices:
        return ""
    columns = ("round", "cut step", "rollouts from it", "kept in its place", "that one is better")
    head = tag("tr", *(tag("th", name, scope="col") for name in columns))
    rows = "".join(_row(price, tree) for price in by_round(audit.prices))
    inner = tag("table", tag("caption", "Every cut and its price"), tag("thead", head),
                tag("tbody", rows), class_="prices")  # fmt: skip
    return tag("div", inner, class_="wide", tabindex="0", role="group", aria_label="Every cut")


def _row(price: CutPrice, tree: Tree) -> str:
    kept = "nothing" if price.against is None else _step(price.against, tree)
    if price.kept_share is not None:
        kept = f"{kept}: {share_words(price.kept_share)}"
    better = "–" if price.kept_better is None else format_percent(price.kept_better)
    return tag(
        "tr",
        tag("th", text(str(price.round)), scope="row"),
        tag("td", text(_step(price.id, tree))),
        tag("td", text(share_words(price.share))),
        tag("td", text(kept)),
        tag("td", _mark(price.state), text(f" {better}, {_MARKS[price.state][2]}")),
    )


def _step(node: str, tree: Tree) -> str:
    return f"{step_title(node, tree)} “{one_line(tree.nodes[node].text, _LINE)}”"


def _mark(state: str) -> str:
    symbol, colour, said = _MARKS[state]
    shape = element("path", d=symbol_path(symbol), transform="translate(8 8) scale(5)", fill=colour)
    return document(16, 16, shape, title=said, about=said)


def _made(audit: Audit) -> str:
    return (
        f"Up to {counted(audit.rollouts, 'rollout')} from each step that was kept or cut; "
        f"{counted(audit.written, 'rollout')} ({counted(audit.tokens, 'token')}) were written for "
        "this. Intervals are 95 %, from a uniform prior. A cut is within noise where neither the "
        f"step that was kept last nor the cut one is the better with {format_percent(audit.level)}."
    )
