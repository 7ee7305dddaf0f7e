"""Runs that memory has let go, opened again from the runs folder.

A file is checked when it is first opened, line by line and as a whole, for anybody may have put it
there; that takes seconds for a large one. What was written by this process, or was checked and is
still the same file, is only read: milliseconds.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from typing import TypeAlias

from search_core.serving.comparison import know_comparison
from search_core.serving.encoded_log import EncodedLog
from search_core.serving.hosted import HostedRun
from search_core.serving.memory import RunMemory
from search_core.serving.run_ids import is_run_id
from search_core.serving.storage import RunStorage

_log = logging.getLogger(__name__)
_MOST_KNOWN = 20_000
"""Files whose stamps are remembered: some megabytes."""
_LOCKS = 32

Stamp: TypeAlias = tuple[int, int]
"""Size in bytes and time of the last change in nanoseconds."""


class Reopener:
    """Opens the runs of a folder.

    Args:
        storage: The folder.
        memory: Where an opened run is held.
    """

    def __init__(self, storage: RunStorage, memory: RunMemory) -> None:
        self._storage, self._memory = storage, memory
        self._lock = threading.Lock()
        self._checked: OrderedDict[str, Stamp] = OrderedDict()
        # One run is opened by one thread at a time, two different ones at the same time.
        self._opening = [threading.Lock() for _ in range(_LOCKS)]

    def written(self, run_id: str) -> None:
        """This process has written the file of this run, to its end."""
        stamp = self._storage.stamp(run_id)
        if stamp is not None:
            self._remember(run_id, stamp)

    def reopened(self, run_id: str) -> HostedRun | None:
        """The run of this id, from its file; None if there is none that can be read."""
        if not is_run_id(run_id):
            return None
        with self._opening[hash(run_id) % _LOCKS]:
            # Whoever had the lock before may have opened this very run.
            return self._memory.get(run_id) or self._read(run_id)

    def _read(self, run_id: str) -> HostedRun | None:
        stamp = self._storage.stamp(run_id)
        if stamp is None:
            return None
        with self._lock:
            checked = self._checked.get(run_id) == stamp
        try:
            run = self._unchecked(run_id) if checked else self._check(run_id, stamp)
        except OSError as error:
            # Older runs make room at any moment.
            _log.info("Run %s cannot be read: %s", run_id, error)
            return None
        if run is not None:
            self._memory.hold(run)
        return run

    def _unchecked(self, run_id: str) -> HostedRun:
        return HostedRun.finished(run_id, EncodedLog.of_text(self._storage.text(run_id)))

    def _check(self, run_id: str, stamp: Stamp) -> HostedRun | None:
        opened = self._storage.read(run_id)
        if opened is None:
            return None
        if opened.log.has_text(self._storage.text(run_id)):
            self._remember(run_id, stamp)
        run = HostedRun.finished(run_id, opened.log)
        know_comparison(run, opened.comparison)
        return run

    def _remember(self, run_id: str, stamp: Stamp) -> None:
        with self._lock:
            self._checked[run_id] = stamp
            if len(self._checked) > _MOST_KNOWN:
                self._checked.popitem(last=False)
