"""A run as text for a terminal of 80 columns: answer, votes, cost, and the tree as an outline."""

from __future__ import annotations

from collections.abc import Iterator

from search_core.log.events import ROOT
from search_core.log.tree import Tree
from search_core.picture.doubts import doubt_words
from search_core.picture.endings import ending_label, endings_words
from search_core.picture.folding import Shown, fold_to
from search_core.picture.palette import StateName, palette
from search_core.picture.text import columns, one_line
from search_core.picture.words import (
    answer_words,
    compute_words,
    fold_words,
    mark_words,
    right_words,
    size_words,
    solution_words,
    status_words,
    strategy_words,
    token_words,
    vote_words,
)

WIDTH = 80
_MOST_LINES = 39
_LEVELS = 16
_DEEPEST_INDENT = 24
_LETTERS: dict[StateName, str] = {
    "writing": "›",
    "frontier": "○",
    "candidate": "●",
    "kept": "■",
    "pruned": "×",
    "completed": "◆",
    "merged": "=",
    "rollout": "~",
    "chosen": "★",
    "collapsed": "▽",
}
"""The palette's shapes as single letters that most fonts have."""


def outline(tree: Tree) -> str:
    """The run in at most about fifty lines of at most 80 columns."""
    if ROOT not in tree.nodes:
        return f"{summary(tree)}."
    lines = [
        _line("Problem", tree.root.text),
        _line("Search", f"{strategy_words(tree)}, {size_words(tree)}, {status_words(tree)}"),
        _line("Answer", f"{answer_words(tree)} {right_words(tree)}"),
    ]
    votes = vote_words(tree)
    doubt = doubt_words(tree)
    lines += [_line("Votes", votes)] if votes else []
    lines += [_line("Doubt", doubt)] if doubt else []
    ends = endings_words(tree)
    lines += [_line("Endings", ends)] if ends else []
    lines += [_line("Tokens", token_words(tree)), _line("Compute", compute_words(tree))]
    [shown, *_] = fold_to(tree, _MOST_LINES, _LEVELS)
    if shown.marks:
        drawing = _Outline(tree, shown)
        lines += ["", *drawing.lines(), "", drawing.key()]
    return "\n".join(lines)


def summary(tree: Tree) -> str:
    """The run on one line: strategy, size, answer."""
    if ROOT not in tree.nodes:
        return "a log without a header"
    words = f"{strategy_words(tree)}, {size_words(tree)}, answer {answer_words(tree)}"
    return f"{words} {right_words(tree)}".strip()


def _line(name: str, words: str) -> str:
    return f"{name:<8} {one_line(words, WIDTH - 9)}"


class _Outline:
    """Draws a tree line by line. A step without siblings stands below its parent, not deeper."""

    def __init__(self, tree: Tree, shown: Shown) -> None:
        self._tree, self._shown = tree, shown
        self._chosen = tree.finished.chosen if tree.finished else None
        self._there: set[StateName] = set()

    def lines(self) -> Iterator[str]:
        """One line for each mark, parents before children."""
        # Each mark with what stands before it, and before what hangs on it.
        waiting = [(child, "", "") for child in reversed(self._below(ROOT))]
        if len(waiting) > 1:
            waiting = self._branches(ROOT, "")
        while waiting:
            mark, before, indent = waiting.pop()
            words = self._words(mark)
            yield f"{before}{one_line(words, WIDTH - columns(before))}"
            below = self._below(mark)
            if len(below) == 1:
                waiting.append((below[0], indent, indent))
            else:
                waiting += self._branches(mark, indent)

    def key(self) -> str:
        """What the letters mean."""
        found = [
            f"{_LETTERS[state]} {entry.label.lower()}"
            for state, entry in palette().states.items()
            if state in self._there
        ]
        wide = "  ".join(found)
        return wide if columns(wide) <= WIDTH else " ".join(found)

    def _below(self, mark: str) -> list[str]:
        return list(self._shown.children.get(mark, ()))

    def _branches(self, mark: str, indent: str) -> list[tuple[str, str, str]]:
        below = self._below(mark)
        # Deep down, lines keep their width for words.
        indent = indent if len(indent) < _DEEPEST_INDENT else indent[:_DEEPEST_INDENT]
        rows = [(child, f"{indent}├─ ", f"{indent}│  ") for child in below]
        if rows:
            rows[-1] = (below[-1], f"{indent}└─ ", f"{indent}   ")
        return rows[::-1]

    def _words(self, mark: str) -> str:
        fold = self._shown.folds.get(mark)
        if fold is not None:
            self._there.add("collapsed")
            best = "" if fold.best is None else f", best {fold.best:.2f}"
            return f"{_LETTERS['collapsed']} {fold_words(fold)}{best}"
        node = self._tree.nodes[mark]
        state: StateName = "chosen" if mark == self._chosen else node.state
        self._there.add(state)
        parts = [_LETTERS[state], mark_words(node), one_line(node.text, WIDTH)]
        if node.state == "completed":
            parts.insert(2, f"[{solution_words(node)}]")
        if ending_label(node):
            parts.insert(3 if node.state == "completed" else 2, f"[{ending_label(node)}]")
        return " ".join(part for part in parts if part)
