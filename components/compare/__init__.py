"""The place Compare: two to four strategies search for one problem, side by side, on one clock.

A page of its own: plain HTML, the explorer's picture, and a few routes. Begin with `asked` (what a
visitor may ask for); `races` starts lanes on the run registry, where they are runs like any other,
and tells of them; `trials` has a race run on many problems by a process of its own; `document` is
the page, `routes` serves it. Nothing here works out a figure: that is `search_core.race`.
"""

from components.compare.recorded import pin_recorded_race
from components.compare.routes import compare_routes

__all__ = ["compare_routes", "pin_recorded_race"]
