"""Long chains of thought read as trees: where each piece belongs, and whole traces of them.

What comes out is a reading of the text. It says what the text says of its own course; it is
not what the model did inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search_core.thoughts.tracing import trace_of_text

__all__ = ["trace_of_text"]


def __getattr__(name: str) -> object:
    """Imports what stands on the runner when it is asked for: strategies import us."""
    if name == "trace_of_text":
        from search_core.thoughts.tracing import trace_of_text

        return trace_of_text
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
