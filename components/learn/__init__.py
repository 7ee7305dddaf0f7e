"""The place Learn: the lessons of `assets/lessons`, one page at a time.

A static page and static files, like the guide: neither Gradio nor a model nor a run. The picture is
the explorer's own, over recorded runs; `search_core.lessons` reads and checks what is told.

Begin with `routes`, which serves it; `document` is the page.
"""

from components.learn.routes import learn_routes

__all__ = ["learn_routes"]
