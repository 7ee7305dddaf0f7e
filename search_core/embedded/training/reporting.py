"""Progress for people: a bar in a terminal, a line now and then in a log file."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

_SECONDS_BETWEEN_LINES = 20.0


class Report:
    """One stage's progress; a context manager.

    Args:
        title: What the stage does, in a few words.
        total: How many units of work there are.
    """

    def __init__(self, title: str, total: int) -> None:
        self.console = Console()
        self.title, self.total = title, total
        self.started = time.monotonic()
        self._last_line = 0.0
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self._task = self._bar.add_task(title, total=total, note="")

    def __enter__(self) -> Report:
        self._bar.start()
        if not self.console.is_terminal:
            self.console.print(f"{self.title}: {self.total:,} to do")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def update(self, done: int, note: str = "") -> None:
        self._bar.update(self._task, completed=done, note=note)
        is_due = self.seconds - self._last_line >= _SECONDS_BETWEEN_LINES or done >= self.total
        if is_due and not self.console.is_terminal:
            self._last_line = self.seconds
            self.console.print(f"{self.title}: {done:,}/{self.total:,} {self.seconds:.0f}s {note}")
