"""Where one step of a solution ends and the next begins: pure text, no model.

How a solver is asked for steps and how its text is cut is a named choice, `StepStyle`; all of them
are in the table of `styles.py`. Whatever the style, `blocks.py` says what is never torn: code,
display maths, and what belongs to an item of a list. `splitting.py` cuts a whole text, and says of
one that is still being written whether a step has just ended.
"""

from __future__ import annotations

from search_core.steps.blocks import in_thought, thought_of
from search_core.steps.splitting import Cut, ending, rest_of, split
from search_core.steps.styles import (
    BLANK_LINES,
    NOT_BEHIND_SERVERS,
    STEP_CHOICES,
    STEP_STYLES,
    StepStyle,
    step_style,
)

__all__ = [
    "BLANK_LINES",
    "NOT_BEHIND_SERVERS",
    "STEP_CHOICES",
    "STEP_STYLES",
    "Cut",
    "StepStyle",
    "ending",
    "in_thought",
    "rest_of",
    "split",
    "step_style",
    "thought_of",
]
