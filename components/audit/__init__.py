"""What the cuts of a run on show cost, asked from the page: bounds, a job of its own, its routes.

Begin with `asked` (what may be asked, and the command that it comes to); `routes` serves it. The
work itself is `python -m search_core audit`.
"""

from components.audit.routes import audit_routes

__all__ = ["audit_routes"]
