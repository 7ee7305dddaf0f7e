"""A run as a notebook shows it: the picture, the answer, the cost, the chosen solution's steps.

HTML without script, link or outside file. Everything that a stranger wrote is escaped, on one
line and of bounded length.
"""

from __future__ import annotations

from search_core.log.tree import Node, Tree
from search_core.picture.doubts import doubt_words
from search_core.picture.numbers import format_score
from search_core.picture.paint import OwnPaint
from search_core.picture.still import SCOPE, svg_picture
from search_core.picture.svg import FONT, element, text
from search_core.picture.text import one_line
from search_core.picture.words import (
    answer_words,
    compute_words,
    right_words,
    size_words,
    status_words,
    strategy_words,
    token_words,
    vote_words,
)

_LONGEST_PROBLEM = 400
_LONGEST_STEP = 200
_MOST_STEPS = 40
_OPEN = 6
"""The steps of solutions up to this length are shown without being asked for."""
_WIDEST = 914


def html_picture(tree: Tree) -> str:
    """The run as HTML.

    Raises:
        ValueError: The log has not even begun.
    """
    picture = svg_picture(tree)
    paint = OwnPaint(SCOPE)
    quiet = f"color:{paint.both('palette-subtle')}"
    frame = ";".join(
        [
            f"max-width:{_WIDEST}px;margin:0;padding:12px 16px;box-sizing:border-box",
            f"border:1px solid {paint.both('palette-muted')};border-radius:8px",
            f"background:{paint.both('palette-background')};color:{paint.both('palette-text')}",
            f"font:14px/1.5 {FONT};text-align:left;overflow-wrap:anywhere",
        ]
    )
    return element(
        "figure",
        element("div", element("strong", text(strategy_words(tree)))),
        element("div", text(one_line(tree.root.text, _LONGEST_PROBLEM)), dir="auto"),
        _answer(tree, quiet),
        picture,
        _solution(tree, quiet),
        element("figcaption", text(_about_run(tree)), style=f"font-size:13px;{quiet}"),
        class_=SCOPE,
        style=frame,
    )


def _answer(tree: Tree, quiet: str) -> str:
    answer = element("bdi", text(answer_words(tree)))
    right = f" {text(right_words(tree))}" if right_words(tree) else ""
    votes = " · ".join(said for said in (vote_words(tree), doubt_words(tree)) if said)
    return element(
        "div",
        "Answer ",
        element("strong", answer, style="font-size:18px"),
        right,
        element("span", text(f" · {votes}"), style=quiet) if votes else "",
    )


def _solution(tree: Tree, quiet: str) -> str:
    chosen = tree.finished.chosen if tree.finished else None
    if chosen is None:
        return ""
    path = tree.path(chosen)
    items = "".join(_step(node, quiet) for node in path[:_MOST_STEPS])
    more = len(path) - _MOST_STEPS
    tail = element("div", text(f"and {more} more steps"), style=quiet) if more > 0 else ""
    return element(
        "details",
        element("summary", "The chosen solution", style="cursor:pointer"),
        element("ol", items, style="margin:4px 0;padding-left:2em"),
        tail,
        **({"open": "open"} if len(path) <= _OPEN else {}),
    )


def _step(node: Node, quiet: str) -> str:
    score = "" if node.score is None else f" · {format_score(node.score)}"
    words = element("bdi", text(one_line(node.text, _LONGEST_STEP)))
    return element("li", words, element("span", text(score), style=quiet))


def _about_run(tree: Tree) -> str:
    parts = [size_words(tree), token_words(tree)]
    parts.append(compute_words(tree))
    status = status_words(tree)
    return " · ".join([*parts, *([] if status == "completed" else [status])])
