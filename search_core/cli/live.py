"""What is seen and heard while a run is under way: a progress, and Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from rich.spinner import Spinner

from search_core.cli.pace import WorkPace
from search_core.log.events import Decided, Event, Finished
from search_core.log.tree import Tree


class ProgressLine:
    """One line that follows a run; where no terminal shows it, a line for each round.

    `add` is the run's listener.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self.tree = Tree()
        self._said = ""
        self._round = 0

    def add(self, event: Event) -> None:
        """Take the next event into account."""
        self.tree.apply(event)
        if isinstance(event, Decided) and event.round > self._round:
            self._round = event.round
            self._say()
        elif isinstance(event, Finished):
            self._say()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the line until the block ends."""
        if not self._console.is_terminal:
            self._say()
            yield
            return
        spinner = Spinner("dots")

        def render() -> Spinner:
            spinner.update(text=progress_text(self.tree))
            return spinner

        with Live(get_renderable=render, console=self._console, transient=True):
            yield

    def _say(self) -> None:
        """Where lines stay, each is said once."""
        text = progress_text(self.tree)
        if not self._console.is_terminal and text != self._said:
            self._said = text
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)


def progress_text(tree: Tree) -> str:
    """Round, steps, kept, pruned, finished, tokens."""
    if tree.started is None:
        return "loading the models"
    # The list is taken at once: the run's thread may add nodes meanwhile.
    states = Counter(node.state for node in list(tree.nodes.values())[1:])
    return (
        f"round {tree.rounds} · {states.total()} steps · {states['kept']} kept · "
        f"{states['pruned'] + states['merged']} pruned · {states['completed']} finished · "
        f"{tree.cost.generated:,} tokens{_warned(len(tree.warnings))}"
    )


def _warned(count: int) -> str:
    if not count:
        return ""
    return " · 1 warning" if count == 1 else f" · {count} warnings"


class RunsBar:
    """A bar over many runs; where no terminal shows it, a line for each tenth of the work.

    `done` is told what is finished, first of all what was before: `begin` ends that.

    Args:
        total: Number of runs.
        pace: Counts their work.
        what: What they are called.
    """

    def __init__(self, console: Console, total: int, pace: WorkPace, what: str = "runs") -> None:
        self._console = console
        self._what = what
        self._total = total
        self._pace = pace
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("starting", total=total, left="")
        self._count = 0
        self._begun = False
        self._said = 0

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the bar until the block ends."""
        if not self._console.is_terminal:
            yield
            return
        with self._progress:
            yield

    def begin(self) -> None:
        """From now on runs take time; those that were told of are known from before."""
        self._begun = True
        self._pace.start()
        self._said = self._pace.tenths
        if self._count:
            self._print(f"{self._count:,} of {self._total:,} {self._what} are known from before")

    def done(self, name: str, count: int) -> None:
        """So many more runs of this name are done."""
        self._count += count
        self._pace.add(name, count)
        if not self._begun:
            self._progress.advance(self._task, count)
            return
        left = self._pace.left
        self._progress.update(self._task, description=name, advance=count, left=left)
        if self._pace.tenths > self._said and not self._console.is_terminal:
            self._said = self._pace.tenths
            now = "" if name == self._what else f", now {name}"
            told = f"{self._count:,} of {self._total:,} {self._what}{now}"
            self._print(f"{told} · {left}" if left else told)

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def cancelled_by_interrupt() -> Iterator[Callable[[], bool]]:
    """Ctrl-C asks the run to end well; a second one ends the program at once.

    Yields:
        Whether Ctrl-C was pressed.
    """
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        # Only a main thread hears signals; elsewhere there is nothing to listen for.
        yield pressed.is_set
        return

    def on_interrupt(number: int, frame: object) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)
