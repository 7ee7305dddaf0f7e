"""The guide: the pages of `assets/guide`, rendered on the server and shown beside the app.

The pages are static and cheap, each with an address of its own, and have the app's theme. They
open in a tab of their own, so a running search and a form that is half filled in stay as they are.

Begin with `pages` (what pages there are) and `markdown` (one page's text as HTML); `document`
puts the frame around it, `routes` serves it, `controls` says which section explains which control
of the app. Nothing here knows a run, a model or Gradio.
"""

from components.guide.pages import Guide, GuideError, GuidePage, read_guide
from components.guide.routes import guide_routes

__all__ = ["Guide", "GuideError", "GuidePage", "guide_routes", "read_guide"]
