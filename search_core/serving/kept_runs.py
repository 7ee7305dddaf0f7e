"""Which runs a folder keeps, and how the oldest make room: beside all else, and only our own."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from search_core.log.events import FORMAT
from search_core.serving.run_ids import is_run_id

_RUN, _OPENED = ".jsonl", ".opened.jsonl"
_LONGEST_HEADER = 4 * 1024 * 1024
_log = logging.getLogger(__name__)
_T = TypeVar("_T")


def run_file(folder: Path, run_id: str) -> Path:
    """Where a run of this server is kept."""
    return folder / (run_id + _RUN)


def opened_file(folder: Path, run_id: str) -> Path:
    """Where a trace is kept that somebody opened; its header names another run, or none of ours."""
    return folder / (run_id + _OPENED)


def is_ours(path: Path) -> bool:
    """Whether this file was written by a server like this one: its name and its header say so.

    A folder may hold other people's files, traces among them: theirs do not bear the name of the
    run that their header names.

    Raises:
        OSError: It cannot be read.
    """
    opened = path.name.endswith(_OPENED)
    run_id = path.name.removesuffix(_OPENED if opened else _RUN)
    if not path.name.endswith(_RUN) or not is_run_id(run_id):
        return False
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        line = file.readline(_LONGEST_HEADER)
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        return False
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        return False
    return header.get("kind") == "started" and (opened or header.get("run") == run_id)


class KeptRuns:
    """The finished runs of one folder; beyond a number or a size the oldest are deleted.

    All of that happens on a thread of its own, one at a time. The folder is read once, by that
    thread; afterwards new files are added to the list as they come.

    Args:
        most, most_bytes: Runs that are kept, and their size in all.
    """

    def __init__(self, folder: Path, most: int, most_bytes: int) -> None:
        if most < 1 or most_bytes < 1:
            raise ValueError(f"{most} runs of {most_bytes} bytes are kept; expected at least 1.")
        self._folder = folder
        self._most, self._most_bytes = most, most_bytes
        self._sizes: dict[str, int] | None = None  # the oldest first; of the tidying thread alone
        self._lock = threading.Lock()
        self._writing: set[str] = set()
        self._arrived: dict[str, int] = {}
        self._tidying = False
        self._idle = threading.Event()
        self._idle.set()

    def begin(self, path: Path) -> None:
        """This file is going to be written: until it `ended`, it is no kept one."""
        with self._lock:
            self._writing.add(path.name)

    def ended(self, path: Path, size: int) -> None:
        """This file is whole, and of this size; 0: there is none."""
        with self._lock:
            self._writing.discard(path.name)
            if not size:
                return
            self._arrived[path.name] = size
            if self._tidying:
                return
            self._tidying = True
            self._idle.clear()
        try:
            threading.Thread(target=self._tidy, name="kept-runs", daemon=True).start()
        except RuntimeError as error:
            _log.warning("The folder of runs is not tidied: %s", error)
            with self._lock:
                self._tidying = False
            self._idle.set()

    def wait(self, seconds: float) -> bool:
        """Wait until everything that has ended is counted; whether it is."""
        return self._idle.wait(seconds)

    def _tidy(self) -> None:
        while self._has_more():
            try:
                self._make_room()
            except OSError as error:
                # The next run that ends tries again; none depends on it.
                _log.warning("The folder of runs cannot be read: %s", error)
                with self._lock:
                    self._arrived.clear()

    def _has_more(self) -> bool:
        with self._lock:
            self._tidying = bool(self._arrived)
            if not self._tidying:
                self._idle.set()
            return self._tidying

    def _make_room(self) -> None:
        known = self._found() if self._sizes is None else self._sizes
        with self._lock:
            # At once: what is being written comes later, and what has just ended comes last.
            sizes = {name: size for name, size in known.items() if name not in self._writing}
            arrived, self._arrived = self._arrived, {}
        for name, size in arrived.items():
            sizes.pop(name, None)
            sizes[name] = size
        self._sizes = sizes
        total = sum(sizes.values())
        while len(sizes) > self._most or (total > self._most_bytes and len(sizes) > 1):
            oldest = next(iter(sizes))
            total -= sizes.pop(oldest)
            self._delete(self._folder / oldest)

    def _found(self) -> dict[str, int]:
        """The files that are ours, the oldest first, with their sizes."""
        found = []
        for path in self._folder.iterdir():
            if _if_there(is_ours, path) and (status := _if_there(Path.stat, path)):
                found.append((status.st_mtime, path.name, status.st_size))
        return {name: size for _, name, size in sorted(found)}

    def _delete(self, path: Path) -> None:
        # Looked at again: since the list was made, somebody may have put another file there.
        if _if_there(is_ours, path):
            _if_there(Path.unlink, path)


def _if_there(act: Callable[[Path], _T], path: Path) -> _T | None:
    """What comes of a file that may be gone at any moment, or closed to us; None where it is."""
    try:
        return act(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        _log.warning("A file in the folder of runs is left alone: %s", error)
        return None
