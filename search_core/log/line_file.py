"""Records on disk, one a line, so that work that was stopped can go on where it was."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Hashable, Set
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Generic, Self, TypeVar

from search_core.log.files import append_all, why_not_written

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class StoreError(RuntimeError):
    """A record cannot be kept; the message says why, and what to do."""


class LineFile(ABC, Generic[K, V]):
    """An append-only file of records, found again by their keys.

    A record is written whole or not at all: a last line without its end was being written when the
    program died, and is cut off. A later line of the same key counts. Records of other settings
    may lie in the same file: they are kept, and used when their settings come back.

    Args:
        path: None: nothing is kept on disk.

    Raises:
        ValueError: The file holds something else.
        OSError: It cannot be read or written.
    """

    records: ClassVar[str]
    """What the records are called: "outcomes"."""
    mistake: ClassVar[str]
    """What a line that is none is said to be, and what to do, around `{error}`."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._known: dict[K, V] = {}
        self._file = None
        if path is not None:
            whole = self._read(path) if path.exists() else 0
            # Without a buffer of ours nothing is left over that closing would have to write.
            self._file = path.open("ab", buffering=0)
            self._file.truncate(whole)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is None:
            return
        try:
            self._file.close()
        except OSError as failure:
            # Whoever could not add a record has been told already.
            if error is None:
                raise StoreError(
                    f"{self.path} is not whole: {why_not_written(failure)}."
                ) from failure

    @property
    def keys(self) -> Set[K]:
        """Of all records that are known."""
        return self._known.keys()

    def get(self, key: K) -> V | None:
        """The record of this key, if it is known."""
        return self._known.get(key)

    def keep(self, key: K, value: V) -> None:
        """Keep one more.

        Raises:
            StoreError: It cannot be written.
        """
        if self._file is not None:
            try:
                append_all(self._file, self._line(key, value) + "\n")
            except OSError as error:
                raise StoreError(
                    f"{self.path} can no longer be written: {why_not_written(error)}. It keeps "
                    f"{len(self._known):,} {self.records}; run it again to go on from there."
                ) from error
        self._known[key] = value

    @abstractmethod
    def _line(self, key: K, value: V) -> str:
        """One line of NDJSON, without the line break."""

    @abstractmethod
    def _record(self, values: Any) -> tuple[K, V]:
        """What a line says.

        Raises:
            ValueError, TypeError, KeyError: It is none of this file's.
        """

    def _read(self, path: Path) -> int:
        """Read all whole lines; the number of bytes that they take."""
        whole = 0
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    break
                try:
                    key, value = self._record(json.loads(line))
                except (ValueError, TypeError, KeyError, RecursionError) as error:
                    said = self.mistake.format(error=error)
                    raise ValueError(f"{path}, line {number} {said}") from error
                self._known[key] = value
                whole += len(line)
        return whole
