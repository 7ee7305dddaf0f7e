"""What one request, and one page, may take of the server: bounds that Gradio does not set.

`bodies` bounds what is sent, `uploads` what is left lying on the disk, `sessions` what is kept
for each page. They know nothing of runs and forms. Begin with `bodies`.
"""

from __future__ import annotations

from components.bounds.bodies import BodyLimit
from components.bounds.sessions import LeanSessions
from components.bounds.uploads import Uploads, discarded

__all__ = ["BodyLimit", "LeanSessions", "Uploads", "discarded"]
