"""A run taken away: files that stand alone, for whoever has no Espalier.

`formats` says which there are and writes them. `html` is the page itself in one file, its script
made by `modules` from the page's own modules; `markdown` is the run as a text to read; `raster`
makes pixels of the still picture. The still picture itself and GraphML come from
`search_core.picture` and `search_core.log.export`.

Begin with `formats`.
"""

from __future__ import annotations

from search_core.export.formats import FORMATS, ExportError, export_trace
from search_core.export.html import html_page, html_template

__all__ = ["FORMATS", "ExportError", "export_trace", "html_page", "html_template"]
