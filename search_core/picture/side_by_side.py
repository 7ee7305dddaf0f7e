"""Several runs beside each other, to be compared by eye."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from search_core.log.tree import Tree
from search_core.picture.notebook import html_picture
from search_core.picture.outline import summary
from search_core.picture.svg import element

_CELL = "flex:1 1 420px;min-width:0"


@runtime_checkable
class HasTree(Protocol):
    """A trace, a search result: whatever knows the tree of its run."""

    @property
    def tree(self) -> Tree: ...


class SideBySide:
    """Runs that a notebook shows beside each other, where there is room.

    Args:
        runs: Search results or traces.
    """

    def __init__(self, *runs: HasTree) -> None:
        self._trees = [run.tree for run in runs]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {'; '.join(map(summary, self._trees))}>"

    def _repr_html_(self) -> str:
        cells = (element("div", html_picture(tree), style=_CELL) for tree in self._trees)
        return element("div", *cells, style="display:flex;flex-wrap:wrap;gap:12px")
