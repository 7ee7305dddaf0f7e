"""What a page is told while its run waits, or other work takes the machine; by a fake clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from components.elements import info, quiet
from components.handlers.telling import SLOW, RunNotice, in_line
from search_core.models import SOLVERS, VERIFIERS, ModelPair, loading_line, readable_bytes
from search_core.serving import Standing
from tests.fakes import World


@dataclass
class Server:
    """A registry, a machine, a run and a clock, as far as a notice looks at them."""

    stands: Standing | None = None
    busy: bool = False
    now: float = 0.0
    run: Any = field(default_factory=lambda: SimpleNamespace(live=True, head=0, stopping=False))

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
        (0, 2.0, "Waiting: your search is the next. It begins in a few seconds."),
        (7, 20.0, "Waiting: 7 searches stand before yours. It begins in about 20 seconds."),
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


def test_whoever_presses_stop_is_answered_at_once_and_by_the_run_itself() -> None:
    server = Server()
    tell = server.notice("A note.")
    tell()
    server.run.stopping = True
    assert tell() == info("Stopping …")
    server.now = 2.0
    assert tell() is None


def test_who_waits_on_a_slow_machine_hears_both() -> None:
    server = Server(Standing(3, None), busy=True)
    assert server.notice()() == info(f"{in_line(Standing(3, None))} {SLOW}")


def test_models_that_are_being_loaded_are_named_until_the_first_event() -> None:
    server = Server()
    loading = ["Loading solver (2.4 MB)."]
    tell = RunNotice(server.run, server, server, "", lambda: loading[0], lambda: server.now)  # type: ignore[arg-type]
    assert tell() == info("Loading solver (2.4 MB).")
    server.now, server.run.head = 1.0, 1
    assert tell() == info("")


def test_the_loading_line_says_which_how_big_and_how_far() -> None:
    pair = ModelPair(str(SOLVERS["small"].folder), str(VERIFIERS["small"].folder))
    line = loading_line(pair)
    size = readable_bytes((SOLVERS["small"].folder / "model.safetensors").stat().st_size)
    assert line.startswith(f"Loading solver-small ({size}) and verifier-small (")
    assert line.endswith("0 of 2 models are there.")
    assert loading_line(pair, verified=False) == f"Loading solver-small ({size})."
    world = World()
    assert loading_line(ModelPair.of(world.solver(), world.verifier())) == ""
