"""The end of a log whose run can no longer write it: a worker that died leaves none."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.log.events import Decided, Event, Finished, Verdict
from search_core.log.tree import FINAL_STATES, Tree

_MOST_MESSAGE = 900


def ending(events: Sequence[Event], message: str) -> list[Event]:
    """What must follow so that the log is whole: open steps are pruned, the run has failed.

    Nothing follows a log that has not begun, or has ended.
    """
    if not events or isinstance(events[-1], Finished):
        return []
    tree = Tree.from_events(events)
    last = events[-1]
    added: list[Event] = []
    left = tuple(Verdict(node.id) for node in tree.steps() if node.state not in FINAL_STATES)
    if left:
        rounds = max(getattr(event, "round", 0) for event in events)
        why = "The run failed before this step was judged."
        added.append(
            Decided(
                seq=last.seq + 1, t=last.t, round=rounds, rule="run_ended", why=why, pruned=left
            )
        )
    end = last.seq + 1 + len(added)
    added.append(Finished(seq=end, t=last.t, status="failed", message=message[:_MOST_MESSAGE]))
    return added
