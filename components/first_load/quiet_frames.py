"""Stops what Gradio's loading screen leaves behind: a counter in every frame, for ever.

Gradio (6.31) counts the seconds of whatever loads once a frame, and its loading screen goes away
without an end to that: every open page computes sixty times a second while nothing happens, a
twelfth of a core here. The page shows none of those seconds, so its frames are not asked for.
"""

from __future__ import annotations

# The counter is known by how it is written; of another Gradio's nothing may be known, and then
# all is as it was (a test says so).
QUIET_FRAMES = b"""<script>{
  const counts = /^\\(\\) ?=> ?\\{[\\w$]+\\([\\w$]+, ?\\(performance\\.now\\(\\) ?-/;
  const next = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (then) => (counts.test(String(then)) ? 0 : next(then));
}</script>"""
"""Stands before Gradio: what it captures of the window, it captures later."""
