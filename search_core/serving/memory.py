"""The runs that are held in memory: one budget in bytes for all, and a part of it for each owner.

A run that leaves is not lost: its file in the runs folder is opened again when somebody asks.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from search_core.heap import give_back
from search_core.serving.findings import KeptFinding
from search_core.serving.hosted import HostedRun

MOST_BYTES = 64_000_000
"""For everything that is held, unless the operator says otherwise: little beside a model, and a
run that is not in it costs a read of its file."""
SHARE_OF_OWNER = 1 / 3
MOST_REMEMBERED = 500
"""Runs that have left of which small findings are kept: at most 5 MB, mostly a tenth of that."""


class RunMemory:
    """Held runs by their id, by when somebody asked for them last.

    Args:
        most_bytes: Room for all runs. Live ones stay whatever they take, and so does the one that
            came last; finished ones that nobody asked for longest leave first.
        share_of_owner: The part of it that one owner's runs may take, above 0 and at most 1.

    Raises:
        ValueError: There is no room, or no share.
    """

    def __init__(
        self, most_bytes: int = MOST_BYTES, share_of_owner: float = SHARE_OF_OWNER
    ) -> None:
        if most_bytes < 1:
            raise ValueError(f"Room for held runs is {most_bytes} bytes; expected at least 1.")
        if not 0 < share_of_owner <= 1:
            raise ValueError(f"An owner's share is {share_of_owner}; expected above 0, at most 1.")
        self._most = most_bytes
        self._most_of_owner = int(most_bytes * share_of_owner)
        self._lock = threading.Lock()
        self._held: OrderedDict[str, HostedRun] = OrderedDict()
        self._remembered: OrderedDict[str, dict[str, KeptFinding]] = OrderedDict()

    @property
    def size(self) -> int:
        """Bytes that all held runs take now."""
        return sum(run.size for run in self.runs())

    def runs(self) -> list[HostedRun]:
        """All held runs, the one that nobody asked for longest first."""
        with self._lock:
            return list(self._held.values())

    def get(self, run_id: str) -> HostedRun | None:
        """The held run of this id; it counts as asked for."""
        with self._lock:
            run = self._held.get(run_id)
            if run is not None:
                self._held.move_to_end(run_id)
            return run

    def hold(self, run: HostedRun) -> None:
        """Hold one more run, and make room for it."""
        run.grown = self.make_room
        with self._lock:
            known = self._remembered.pop(run.id, None)
            if known is not None:
                run.remember(known)
            self._held[run.id] = run
            self._held.move_to_end(run.id)
        self.make_room()

    def forget(self, run_id: str) -> None:
        """Hold a run no more."""
        with self._lock:
            self._held.pop(run_id, None)

    def make_room(self) -> None:
        """Let runs go until what is held fits; to be called when a held run has grown, too."""
        with self._lock:
            gone = self._let_go()
        give_back(gone)

    def _let_go(self) -> int:
        """Bytes of the runs that went."""
        runs = list(self._held.values())
        taken = {run.id: run.size for run in runs}
        total, gone = sum(taken.values()), 0
        of_owner: dict[str, int] = {}
        for run in runs:
            of_owner[run.owner] = of_owner.get(run.owner, 0) + taken[run.id]
        # What is kept on no disk would be lost: it leaves last.
        for run in sorted(runs[:-1], key=lambda run: run.not_kept != ""):
            own_too_many = run.owner != "" and of_owner[run.owner] > self._most_of_owner
            if run.live or not (own_too_many or total > self._most):
                continue
            del self._held[run.id]
            self._remember(run)
            of_owner[run.owner] -= taken[run.id]
            total -= taken[run.id]
            gone += taken[run.id]
        return gone

    def _remember(self, run: HostedRun) -> None:
        # Whoever has two large runs looked at in turn would have each folded again at every look.
        found = run.small_findings()
        if found:
            self._remembered[run.id] = found
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)
