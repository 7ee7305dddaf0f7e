"""What may be asked of a run's cuts here, and the command that answers it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from search_core.audit.auditing import AuditPlan, continuing
from search_core.audit.choices import choices_of
from search_core.log.events import Event
from search_core.log.tree import Tree
from search_core.models import SOLVERS
from search_core.protocols import UsageError

MOST_EVENTS = 30_000
MOST_ROLLOUTS = 800
"""In all: some ten seconds of one processor with the embedded solver."""
MOST_EACH, FEWEST_EACH = 16, 4
TRACE, RESULT = "run.jsonl", "run.rollouts.jsonl"
_ELSEWHERE = "Save its trace, and ask on the command line: python -m search_core audit."


def check_size(events: int) -> None:
    """Refuse a run of so many events where that is too many, before any of them is looked at.

    Raises:
        UsageError: It cannot be asked here; the message is for the visitor.
    """
    if events > MOST_EVENTS:
        raise UsageError(f"This run is too large to be asked here. {_ELSEWHERE}")


def rollouts_each(events: Sequence[Event]) -> int:
    """How many rollouts each step of this run gets here.

    Raises:
        UsageError: It cannot be asked here; the message is for the visitor.
    """
    tree = Tree.from_events(events)
    continuing(tree, AuditPlan())
    header = tree.started
    if header is None or header.solver.name.removeprefix("solver-") not in SOLVERS:
        raise UsageError(
            "Only the embedded solvers write rollouts here, and this run is by another one. "
            f"{_ELSEWHERE}"
        )
    choices = choices_of(tree)
    if not choices.cuts:
        left = " that rollouts could go on from" if choices.left_out else ""
        raise UsageError(f"No step was cut in this run{left}, so no cut cost anything.")
    nodes = {node for choice in choices.choices for node in (*choice.kept, *choice.cut)}
    each = min(MOST_EACH, MOST_ROLLOUTS // len(nodes))
    if each < FEWEST_EACH:
        raise UsageError(
            f"This run chose between {len(nodes):,} steps: too many for rollouts from all of them "
            f"here. {_ELSEWHERE}"
        )
    return each


def command(each: int) -> list[str]:
    """The command, for the folder in which the trace lies."""
    asked = ["audit", TRACE, "--rollouts", str(each), "--batch", "32", "--json", "--stream"]
    return [sys.executable, "-m", "search_core", *asked]
