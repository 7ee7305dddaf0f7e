"""What is written down of requests: a line for each that cannot be served, and never a flood.

Gradio and its server write a whole traceback for whatever a stranger sends that they did not
expect. `culprits` tells such faults from our own, `doorkeeper` answers and writes them down,
`redirecting` catches what is written elsewhere. Begin with `culprits`.
"""

from __future__ import annotations

from components.request_log.doorkeeper import Doorkeeper
from components.request_log.redirecting import redirect_faults

__all__ = ["Doorkeeper", "redirect_faults"]
