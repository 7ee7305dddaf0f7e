"""Keys and values held: of how many tokens a search keeps them at its widest moment."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.log.events import ROOT, Completed, Decided, Event, Merged, Sampled, parent_of


def most_held(events: Sequence[Event]) -> int:
    """Tokens whose keys and values the solver needs at the same time, at most, by the run's log.

    What paths share counts once, the problem too. A step is let go when it is pruned, merged or
    finished, and with the last of what continued it, as `search_core.run.releasing` lets it go. An
    engine may keep more than it needs, as far as its memory goes.
    """
    held: dict[str, int] = {}
    children: dict[str, list[str]] = {}
    over: set[str] = set()
    now = most = 0

    def let_go(node: str) -> None:
        nonlocal now
        waiting = [node]
        while waiting:
            one = waiting.pop()
            now -= held.pop(one, 0)
            waiting += children.get(one, [])

    def settle(node: str) -> None:
        over.add(node)
        let_go(node)
        while (parent := parent_of(node)) != ROOT and over.issuperset(children.get(parent, ())):
            over.add(parent)
            let_go(parent)
            node = parent

    for event in events:
        match event:
            case Sampled():
                if not held and event.parent == ROOT and ROOT not in children:
                    held[ROOT] = event.prefilled + event.reused
                    now += held[ROOT]
                held[event.id] = event.tokens
                now += event.tokens
                children.setdefault(event.parent, []).append(event.id)
                if event.role == "rollout":
                    over.add(event.id)  # nothing waits for what only looked ahead
                most = max(most, now)
            case Decided():
                for verdict in event.pruned:
                    settle(verdict.id)
            case Merged() | Completed():
                settle(event.id)
    return most
