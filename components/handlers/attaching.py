"""With which settings handlers are attached to Gradio's events."""

from __future__ import annotations

from typing import Any

# Handlers are nobody's API: the command line and `search_core.search` are.
QUIET: dict[str, Any] = {
    "show_progress": "hidden",
    "show_progress_on": [],
    "api_visibility": "private",
}
# A follower waits most of its time; it must not keep others from following.
STREAM: dict[str, Any] = {**QUIET, "concurrency_limit": None}
# Reading a file or a text takes seconds of one core at worst: few at a time, the others in line.
OPENING: dict[str, Any] = {**QUIET, "concurrency_id": "opening", "concurrency_limit": 2}
