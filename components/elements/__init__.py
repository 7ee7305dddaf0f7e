"""Small fields that Gradio does not have: radio buttons in groups, a message, a quiet line.

Each is a class over `gr.HTML` with a template and a few lines of JavaScript; values become text
there, never HTML. They know nothing of search. Begin with `quiet_line`, the smallest.
"""

from __future__ import annotations

from components.elements.grouped_choice import Group, GroupedChoice
from components.elements.notice import Notice, error, info, quiet
from components.elements.quiet_line import QuietLine

__all__ = ["Group", "GroupedChoice", "Notice", "QuietLine", "error", "info", "quiet"]
