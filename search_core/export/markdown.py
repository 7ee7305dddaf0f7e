"""A run as a text to read: answer, votes, story, outline with scores, cost, and how it was made.

Markdown that shows the same everywhere. What strangers wrote is escaped: it is never a heading, a
link or a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from search_core.export.story import story
from search_core.log.events import Started
from search_core.log.traces import Trace
from search_core.log.tree import Node, Tree
from search_core.picture.doubts import doubt_words
from search_core.picture.endings import ending_words, endings_words
from search_core.picture.numbers import counted
from search_core.picture.palette import palette
from search_core.picture.text import printable
from search_core.picture.words import (
    answer_given,
    answer_words,
    compute_words,
    mark_words,
    right_words,
    size_words,
    status_words,
    strategy_words,
    token_words,
)

_LONGEST = 4000
"""Characters of a step; the trace has all of it."""
_SIGNS = re.compile(r"([\\`*_\[\]<>|~$&@]|:(?=//)|(?<=www)\.)")
"""What Markdown, and its usual extensions, would read as more than text in the middle of a line."""
_SOURCES = {
    "countdown": "the number that the problem asks for",
    "expression": "calculated from the problem's own text, by no model",
    "word": "calculated from the problem's own text, by no model",
}
"""Who says what is right, by the problem's family."""
_DEEPEST = 40
"""Levels that are set in; what lies deeper says its level."""


def markdown_page(trace: Trace) -> str:
    """The whole run as Markdown.

    Raises:
        TraceError: The trace has no header.
    """
    tree, started = trace.tree, trace.started
    parts = [
        f"# {plain(strategy_words(tree))}: {plain(tree.root.text)}",
        _answer(tree),
        *([f"> {plain(trace.notice)}"] if trace.notice else []),
        plain(f"{endings_words(tree)}.") if endings_words(tree) else "",
        "## Answers",
        *_votes(tree),
        "## Story",
        "\n".join(f"- {plain(entry)}" for entry in story(trace.events, tree)),
        "## Tree",
        "\n".join(_outline(tree)) or "No step was written.",
        "## Cost",
        "\n".join(f"- {plain(words)}" for words in (token_words(tree), compute_words(tree))),
        "## How it was made",
        "\n".join(_made(started)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def plain(text: str) -> str:
    """Text on one line that Markdown shows as it is."""
    line = printable(" ".join(text[: 2 * _LONGEST].split()))
    if len(line) > _LONGEST or len(text) > 2 * _LONGEST:
        line = f"{line[: _LONGEST - 1].rstrip()}…"
    return _SIGNS.sub(r"\\\1", line)


def _answer(tree: Tree) -> str:
    words = f"**Answer: {plain(answer_words(tree))}** {right_words(tree)}".strip()
    status = status_words(tree)
    ended = "" if status == "completed" else f", {status}"
    return f"{words} ({plain(size_words(tree))}{ended})"


def _votes(tree: Tree) -> Iterator[str]:
    rows = []
    for method, vote in tree.votes.items():
        for place, entry in enumerate(vote.tally):
            name = f"**{method}**" if tree.finished and method == tree.finished.method else method
            answer = plain(entry.answer) or "no answer"
            cells = (name if not place else "", answer, f"{entry.votes:.3g}", str(entry.solutions))
            rows.append(f"| {' | '.join(cells)} |")
    if not rows:
        yield "Nobody voted."
        return
    yield "\n".join(["| vote | answer | votes | solutions |", "|---|---|---|---|", *rows])
    if doubt_words(tree):
        yield f"{plain(doubt_words(tree))}."


def _outline(tree: Tree) -> Iterator[str]:
    waiting = list(reversed(tree.root.children))
    while waiting:
        node = tree.nodes[waiting.pop()]
        waiting += reversed(node.children)
        indent = "  " * min(node.depth - 1, _DEEPEST)
        yield f"{indent}- {_step(tree, node)}"


def _step(tree: Tree, node: Node) -> str:
    chosen = tree.finished.chosen if tree.finished else None
    state = palette().states["chosen" if node.id == chosen else node.state].label.lower()
    signs = [f"**{state}**", plain(mark_words(node))]
    if node.depth > _DEEPEST:
        signs.insert(0, f"step {node.depth}")
    if node.state == "completed":
        signs.append(plain(answer_given(node)))
    if ending_words(tree, node):
        signs.append(ending_words(tree, node))
    return f"{', '.join(sign for sign in signs if sign)}: {plain(node.text)}"


def _made(started: Started) -> Iterator[str]:
    options = [f"{name} {value}" for name, value in started.options.items() if value is not None]
    made = ", ".join([started.strategy, *options, f"seed {started.seed}"])
    yield f"- strategy: {plain(made)}"
    sampling = [f"{name} {value}" for name, value in started.sampling.items() if value is not None]
    yield f"- sampling: {plain(', '.join(sampling)) or 'not said'}"
    for role, model in (("solver", started.solver), ("verifier", started.verifier)):
        size = f", {counted(model.parameters, 'parameter')}" if model.parameters else ""
        yield f"- {role}: {plain(model.name)}{size}"
    if started.problem.answer is not None:
        source = _SOURCES.get(started.problem.family or "", "as whoever asked gave it")
        yield f"- reference answer: {plain(started.problem.answer)} ({source})"
    yield f"- run: {plain(started.run)}"
