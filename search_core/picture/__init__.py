"""A run's tree as something to look at: SVG, HTML for notebooks, text for terminals.

Pure functions of a tree. Nothing here knows a page, a chart library or a model, and of the
strategies only their titles; colours and shapes are those of `assets/palette.json`.

Begin with `still` (the whole picture) and `scene` (what is drawn, and where). Below them:
`folding` (what of a large tree is shown), `tidy_tree` (places), `drawing` (marks and lines),
`labels`, `words` and `why` (what is said), `paint` and `palette` (colours), `svg` and `text`.
`notebook`, `side_by_side` and `outline` put the picture, or its words, where they are shown.
"""

from __future__ import annotations

from search_core.picture.notebook import html_picture
from search_core.picture.outline import outline, summary
from search_core.picture.side_by_side import HasTree, SideBySide
from search_core.picture.still import svg_file, svg_picture
from search_core.picture.why import why

__all__ = [
    "HasTree",
    "SideBySide",
    "html_picture",
    "outline",
    "summary",
    "svg_file",
    "svg_picture",
    "why",
]
