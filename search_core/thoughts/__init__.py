"""Long chains of thought read as trees: whole traces of texts that somebody pasted or opened.

What comes out is a reading of the text. It says what the text says of its own course; it is
not what the model did inside. Where each piece belongs is said by `strategies.places`, which the
strategy of one long stream uses too. Begin with `tracing.py`; `pieces.py` cuts the text.
"""

from search_core.thoughts.tracing import trace_of_text

__all__ = ["trace_of_text"]
