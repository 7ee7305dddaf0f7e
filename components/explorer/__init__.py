"""The search tree on show: the component itself, the recorded examples, and a run's events on
their way to the browser.

It knows no form and starts no run. How the tree is folded and drawn is not here either: that is
done in the browser, by `assets/js`. Begin with `tree_view`.
"""

from __future__ import annotations

from components.explorer.asking import ReadyRuns, other_judges, what_if_asker
from components.explorer.following import (
    Batch,
    Pace,
    expected,
    follow,
    follow_with,
    puller,
    refused,
    whole_run,
)
from components.explorer.recordings import (
    Recording,
    examples,
    first_minute,
    listed,
    pin_recordings,
)
from components.explorer.stressing import stress_asker
from components.explorer.tree_view import ANSWERED, RECALLED, TreeView

__all__ = [
    "ANSWERED",
    "RECALLED",
    "Batch",
    "Pace",
    "ReadyRuns",
    "Recording",
    "TreeView",
    "examples",
    "expected",
    "first_minute",
    "follow",
    "follow_with",
    "listed",
    "other_judges",
    "pin_recordings",
    "puller",
    "refused",
    "stress_asker",
    "what_if_asker",
    "whole_run",
]
