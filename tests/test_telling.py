"""What a page is told while its run waits, or other work takes the machine; by a fake clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from components.elements import info, quiet
from components.handlers.telling import SLOW, RunNotice, in_line
from search_core.serving import Standing


@dataclass
class Server:
    """A registry, a machine, a run and a clock, as far as a notice looks at them."""

    stands: Standing | None = None
    busy: bool = False
    now: float = 0.0
    run: Any = field(default_factory=lambda: SimpleNamespace(live=True))

    def standing(self, run: object) -> Standing | None:
        assert run is self.run
        return self.stands

    def notice(self, note: str = "") -> RunNotice:
        return RunNotice(self.run, self, self, note, clock=lambda: self.now)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ahead", "seconds", "sentence"),
    [
        (0, None, "Waiting: your search is the next. Stop leaves the line."),
        (1, None, "Waiting: 1 search stands before yours. Stop leaves the line."),
        (7, 20.0, "Waiting: 7 searches stand before yours. It begins in about"),
    ],
)
def test_where_a_run_stands(ahead: int, seconds: float | None, sentence: str) -> None:
    said = in_line(Standing(ahead, seconds))
    assert said.startswith(sentence)
    assert said.endswith("Stop leaves the line.")


def test_a_place_that_changes_is_shown_and_the_turn_is_announced() -> None:
    server = Server(Standing(2, None))
    tell = server.notice()
    assert tell() == info(in_line(Standing(2, None)))
    server.stands = Standing(1, None)
    assert tell() is None  # within the same second
    server.now = 1.0
    assert tell() == quiet(in_line(Standing(1, None)))
    server.now, server.stands = 2.0, Standing(0, None)
    assert tell() == info(in_line(Standing(0, None)))
    server.now, server.stands = 3.0, None
    assert tell() == info("")
    server.now = 4.0
    assert tell() is None


def test_a_slow_machine_is_said_as_long_as_the_run_is_live() -> None:
    server = Server(busy=True)
    tell = server.notice("A note.")
    assert tell() == info(f"{SLOW} A note.")
    server.now, server.busy = 1.0, False
    assert tell() == info("A note.")
    server.now, server.busy, server.run.live = 2.0, True, False
    assert tell() is None


def test_who_waits_on_a_slow_machine_hears_both() -> None:
    server = Server(Standing(3, None), busy=True)
    assert server.notice()() == info(f"{in_line(Standing(3, None))} {SLOW}")
