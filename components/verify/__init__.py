"""The place Verify: the report cards of the embedded verifiers, and of what a visitor brings.

Begin with `asked` (what may be asked for, and the command that it comes to); `document` is the
page, `routes` serves it, and `components.bounds.jobs` runs such commands, one after the other and
within bounds. Nothing here works out a figure: that is `python -m search_core verify`.
"""

from components.verify.routes import verify_routes

__all__ = ["verify_routes"]
