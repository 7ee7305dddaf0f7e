"""The race's table: what each lane found, and what that took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from search_core.log.events import Event, Noted, Sampled
from search_core.log.tree import Tree
from search_core.race.divergence import divergence
from search_core.race.held import most_held
from search_core.race.names import lane_names
from search_core.race.outcome import outcome

Log = tuple[Sequence[Event], Tree]


def race_values(logs: Sequence[Log]) -> dict[str, Any]:
    """The table and the partings of a race that is over, or of what there is of it by now.

    Args:
        logs: Of each lane its events and its tree; at least the header is there.

    Returns:
        `lanes`, a row for each; `partings`, of each lane but the first where it parts from the
        first, None where it does not; and `outcome`, who won in plain words. JSON-ready.
    """
    headers = [tree.started for _, tree in logs]
    if any(header is None for header in headers):
        raise ValueError("A lane has no header yet; expected at least its first event.")
    acts = [sum(isinstance(event, Noted) for event in events) for events, _ in logs]
    names = lane_names([header for header in headers if header], acts)
    rows = [_row(name, events, tree) for name, (events, tree) in zip(names, logs, strict=True)]
    first = logs[0][0]
    partings = []
    for place, (events, _) in enumerate(logs[1:], start=1):
        names_here = _told_apart(names[0], names[place], place)
        found = divergence(first, events, names_here)
        partings.append(
            None
            if found is None
            else {
                "lane": place,
                "cursors": found.cursors,
                "rounds": found.rounds,
                "nodes": found.nodes,
                "shared": found.shared,
                "sentence": found.sentence,
            }
        )
    return {"lanes": rows, "partings": partings, "outcome": outcome(rows, partings)}


def _told_apart(one: str, other: str, place: int) -> tuple[str, str]:
    return (one, other) if one != other else ("lane 1", f"lane {place + 1}")


def _row(name: str, events: Sequence[Event], tree: Tree) -> dict[str, Any]:
    header, finished = tree.started, tree.finished
    if header is None:
        raise ValueError("The log has no header.")
    taken = [event for event in events if isinstance(event, Sampled) and event.again]
    chosen = tree.nodes[finished.chosen] if finished and finished.chosen else None
    return {
        "name": name,
        "run": header.run,
        "strategy": header.strategy,
        "n": header.options.get("n"),
        "solver": header.solver.name,
        "verifier": header.verifier.name,
        "status": finished.status if finished else "running",
        "message": finished.message if finished else "",
        "answer": finished.answer if finished else None,
        "method": finished.method if finished else None,
        "right": chosen.right if chosen else None,
        "right_undecided": chosen.right_undecided if chosen else False,
        "known": header.problem.answer is not None,
        "steps": len(tree.nodes) - 1,
        "again": len(taken),
        "again_tokens": sum(event.tokens for event in taken),
        "tokens": tree.cost.generated,
        "solver_flops": tree.cost.solver_flops,
        "verifier_flops": tree.cost.verifier_flops,
        "held": most_held(events),
        "seconds": events[-1].t,
    }
