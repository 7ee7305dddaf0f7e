"""What could not be compared, in plain words: answers with each other, and with the reference.

`assets/js/words/doubts.js` says the same on the page.
"""

from __future__ import annotations

from search_core.log.tree import Node, Tree
from search_core.picture.text import one_line

UNDECIDED_MARK = "?"
"""Stands where ✓ or ✗ would: there is a reference, but it could not be compared with."""
UNDECIDED_MEANING = "could not be compared with the reference"
_MOST_PAIRS = 2
_LONGEST = 20


def doubts(tree: Tree) -> list[tuple[str, str]]:
    """Pairs of answers that could not be compared, each as it was first given."""
    if not tree.undecided:
        return []
    first: dict[int, str] = {}
    for node in tree.steps():
        if node.group is not None and node.answer is not None:
            first.setdefault(node.group, node.answer)
    return [(first.get(a, ""), first.get(b, "")) for a, b in sorted(tree.undecided)]


def doubt_words(tree: Tree) -> str:
    """“5 and x+1 could not be compared: they vote apart”; "" where everything was."""
    pairs = doubts(tree)
    named = [
        " and ".join(one_line(answer, _LONGEST) for answer in pair) for pair in pairs[:_MOST_PAIRS]
    ]
    more = len(pairs) - len(named)
    if more > 0:
        named.append(f"{more} more pair{'s' if more > 1 else ''} of answers")
    return f"{', '.join(named)} could not be compared: they vote apart" if named else ""


def grade_mark(node: Node, right: str, wrong: str) -> str:
    """The sign beside a solution: one of two, `UNDECIDED_MARK`, or "" where nobody knows."""
    if node.right is None:
        return UNDECIDED_MARK if node.right_undecided else ""
    return right if node.right else wrong
