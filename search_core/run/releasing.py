"""Tells the models what a run will not come back to, so that they can free its memory."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.log.events import ROOT, Completed, Decided, Event, Merged
from search_core.protocols import KeepsPaths
from search_core.run.runner import Run


class Releaser:
    """Reads a run's log as it grows, and releases pruned, merged and finished paths.

    A kept step goes with the last of what continued it: nothing leads on from there.

    Args:
        run: Its log is read, never written.
        models: Those of them that keep paths are told.
    """

    def __init__(self, run: Run, models: Sequence[object]) -> None:
        self._run = run
        self._models = [model for model in models if isinstance(model, KeepsPaths)]
        self._read = 0
        self._over: set[str] = set()

    def release_pruned(self) -> None:
        """Release what the events since the last time settled for good."""
        if not self._models:
            return
        new = self._run.events[self._read :]
        self._read += len(new)
        tree = self._run.tree
        ids = dict.fromkeys(key for event in new for key in _settled(event))
        self._over.update(ids)
        tops = dict.fromkeys(self._top(key) for key in ids if not self._has_a_twin(key))
        if tops:
            self._release([[node.id for node in tree.path(key)] for key in tops])

    def release_all(self) -> None:
        """Release everything; the run is over."""
        self._release(None)

    def _top(self, key: str) -> str:
        """The first step of this path from which on everything is over."""
        nodes = self._run.tree.nodes
        while (parent := nodes[key].parent) not in (None, ROOT):
            steps = (child for child in nodes[parent].children if nodes[child].role == "step")
            if not self._over.issuperset(steps) or self._has_a_twin(parent):
                break
            self._over.add(parent)
            key = parent
        return key

    def _has_a_twin(self, key: str) -> bool:
        """Whether a sibling says the same and may go on: then their path is still needed."""
        nodes = self._run.tree.nodes
        node = nodes[key]
        return node.parent is not None and any(
            nodes[other].text == node.text and nodes[other].state in ("frontier", "kept")
            for other in nodes[node.parent].children
            if other != key
        )

    def _release(self, paths: list[list[str]] | None) -> None:
        run, problem = self._run, self._run.recipe.problem.text
        nodes = run.tree.nodes
        texts = None
        if paths is not None:
            texts = [tuple(nodes[key].text for key in path) for path in paths]
        step_ids = [run.step_ids(path) for path in paths or ()]
        for model in self._models:
            model.release(run.run_id, problem, texts, step_ids)


def _settled(event: Event) -> list[str]:
    match event:
        case Decided():
            return [verdict.id for verdict in event.pruned]
        case Merged() | Completed():
            return [event.id]
        case _:
            return []
