"""What one request, and one page, may take of the server: bounds that Gradio does not set.

`bodies` bounds what is sent, `uploads` what is left lying on the disk, `sessions` what is kept
for each page, `streams` that a page has one stream of messages, `jobs` what a visitor has done by
a process of its own, `fair_turns` how many dear requests are answered at a time, and whose,
`asking` how long a quick question to a model may take. They know nothing of runs and forms. Begin
with `bodies`.
"""

from __future__ import annotations

from components.bounds.asking import AskingDesk, GaveUpError
from components.bounds.bodies import BodyLimit
from components.bounds.fair_turns import FairTurns, TurnsBusyError
from components.bounds.sessions import LeanSessions
from components.bounds.streams import OneStream, counted_streams
from components.bounds.uploads import Uploads, discarded, leave_no_halves
from components.bounds.visitor import visitor_of

__all__ = [
    "AskingDesk",
    "BodyLimit",
    "FairTurns",
    "GaveUpError",
    "LeanSessions",
    "OneStream",
    "TurnsBusyError",
    "Uploads",
    "counted_streams",
    "discarded",
    "leave_no_halves",
    "visitor_of",
]
