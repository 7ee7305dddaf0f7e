"""What a page is told of its run beside the tree: where it stands in line, and why it is slow."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from components.elements import info, quiet
from search_core.serving import HostedRun, MachineLoad, RunRegistry, Standing
from search_core.serving.run_times import in_words

SECONDS_BETWEEN_LOOKS = 1.0
SLOW = "This machine is busy: everything is slower than usual."


class RunNotice:
    """Says what has changed since the last time, at most once a second.

    A screen reader is told that the run waits, that it is the next, that the machine is slow;
    that one more of those before it has begun is only shown.

    Args:
        loading: What is being loaded while the run has written nothing yet, "" for nothing.
        note: What stands there while there is nothing else to say.
        clock: Monotone seconds.
    """

    def __init__(
        self,
        run: HostedRun,
        registry: RunRegistry,
        load: MachineLoad,
        note: str = "",
        loading: Callable[[], str] = str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._run, self._registry, self._load = run, registry, load
        self._note, self._clock, self._loading = note, clock, loading
        self._told = note
        self._kind = "note"
        self._looked_at = -SECONDS_BETWEEN_LOOKS

    def __call__(self) -> dict[str, Any] | None:
        """The message as it is now, if it is another than before."""
        now = self._clock()
        answers = self._run.stopping and self._kind != "stopping"  # Whoever presses Stop.
        if now - self._looked_at < SECONDS_BETWEEN_LOOKS and not answers:
            return None
        self._looked_at = now
        kind, text = self._now()
        if text == self._told:
            return None
        announced = kind != self._kind
        self._told, self._kind = text, kind
        return info(text) if announced else quiet(text)

    def _now(self) -> tuple[str, str]:
        if self._run.stopping:
            return "stopping", "Stopping …"
        standing = self._registry.standing(self._run)
        slow = SLOW if self._run.live and self._load.busy else ""
        if standing is not None:
            kind = "waits" if standing.ahead else "next"
            return kind + (" slowly" if slow else ""), _joined(in_line(standing), slow, self._note)
        loading = self._loading() if self._run.live and not self._run.head else ""
        kind = "loading" if loading else "slow" if slow else "note"
        return kind, _joined(loading, slow, self._note)


def in_line(standing: Standing) -> str:
    """Where a run stands, in plain sentences."""
    match standing.ahead:
        case 0:
            where = "Waiting: your search is the next."
        case 1:
            where = "Waiting: 1 search stands before yours."
        case many:
            where = f"Waiting: {many} searches stand before yours."
    if standing.seconds is None:
        return f"{where} Stop leaves the line."
    return f"{where} It begins in {in_words(standing.seconds)}. Stop leaves the line."


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
