"""A stop waits for nobody: not for a model that does not listen, nor for one that still loads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from search_core.answers import AnswerClasses
from search_core.evaluation.batches import drive_together
from search_core.models import ModelPair
from search_core.protocols import RunCancelled, Solver
from search_core.run.aside import aside
from search_core.run.driving import drive
from search_core.run.limits import Limits
from search_core.serving.registry import RunRegistry
from tests import judges
from tests.fakes import FakeSolver, World
from tests.runs import last, recipe, start
from tests.waiting import PATIENCE, wait_until

WORLD = World(ends=0.4)


class Blocked:
    """A model that hears of nothing until it is released.

    Attributes:
        begun: Set once it is asked.
        release_it: Set it to let it go on.
        forgotten: The calls of `release` so far.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self.info = model.info
        self.begun, self.release_it = threading.Event(), threading.Event()
        self.done = threading.Event()
        self.forgotten: list[Any] = []

    def sample(self, *args: Any) -> Any:
        return self._wait(lambda: self._model.sample(*args[:2], lambda: False))

    def score(self, *args: Any) -> Any:
        return self._wait(lambda: self._model.score(args[0], lambda: False))

    def release(self, run: str, problem: str, paths: Any = None, step_ids: Any = ()) -> None:
        self.forgotten.append((run, paths, self.done.is_set()))

    def _wait(self, work: Callable[[], Any]) -> Any:
        self.begun.set()
        self.release_it.wait(PATIENCE)
        self.done.set()
        return work()


@pytest.fixture(params=["sampling", "scoring"])
def blocked(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Any, Blocked]]:
    """A solver and a verifier, and the one of them that blocks."""
    solver: Any = WORLD.solver()
    verifier: Any = WORLD.verifier()
    if request.param == "sampling":
        held = solver = Blocked(solver)
    else:
        held = verifier = Blocked(verifier)
    yield solver, verifier, held
    held.release_it.set()


def test_a_stop_waits_for_no_model(blocked: tuple[Any, Any, Blocked]) -> None:
    solver, verifier, held = blocked
    made = start(recipe(), run_id="r")
    drive(made, solver, verifier, held.begun.is_set)
    assert not held.done.is_set()
    assert (last(made).status, last(made).message) == ("cancelled", "Stopped by request.")
    events = len(made.events)
    assert held.forgotten == [("r", None, False)]
    held.release_it.set()
    # What it put away for the run meanwhile is let go too, and nothing of it comes into the log.
    wait_until(lambda: held.forgotten == [("r", None, False), ("r", None, True)])
    assert len(made.events) == events


def test_a_stop_of_many_runs_waits_for_no_model(blocked: tuple[Any, Any, Blocked]) -> None:
    solver, verifier, held = blocked
    starts = [lambda clock: start(recipe(), clock=clock)] * 3
    runs = drive_together(starts, solver, verifier, at_once=2, cancelled=held.begun.is_set)
    with pytest.raises(RunCancelled):
        next(runs)
    assert not held.done.is_set()


def test_a_stop_waits_for_no_comparison() -> None:
    judge = judges.Blocked()
    answers = [r"\sqrt{x}", r"x^{\frac{1}{2}}"]
    solver = FakeSolver(lambda _, index: (f"\\boxed{{{answers[index % 2]}}}", "end"))
    made = start(recipe("best_of_n"), classes=AnswerClasses(judge))
    drive(made, solver, WORLD.verifier(), judge.begun.is_set)
    assert not judge.release_it.is_set()
    assert last(made).status == "cancelled"


def test_a_runs_time_is_over_while_a_model_works(blocked: tuple[Any, Any, Blocked]) -> None:
    solver, verifier, held = blocked
    made = start(recipe(limits=Limits(seconds=7)))

    def clock() -> float:
        return 8.0 if held.begun.is_set() else 0.0

    drive(made, solver, verifier, lambda: False, clock)
    assert not held.done.is_set()
    assert last(made).status == "out_of_budget"
    assert last(made).message == "The run has used its 7 seconds."


def test_what_a_model_raises_comes_through() -> None:
    def broken() -> None:
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        aside(broken, lambda: False)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RunRegistry]:
    registry = RunRegistry(tmp_path)
    yield registry
    registry.close()


def test_a_stop_waits_for_no_loading(registry: RunRegistry) -> None:
    loading, go_on = threading.Event(), threading.Event()

    class Slow(ModelPair):
        @property
        def solver(self) -> Solver:
            loading.set()
            go_on.wait(PATIENCE)
            return WORLD.solver()

    try:
        run = registry.start(recipe(), Slow("", ""))
        assert loading.wait(PATIENCE)
        run.stop()
        assert run.wait(PATIENCE)
        assert not go_on.is_set()
        assert run.error == "Stopped before its models were there."
        assert run.events() == []
    finally:
        go_on.set()


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt()])
def test_a_model_that_ends_the_program_while_it_loads(
    registry: RunRegistry, error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    class Quits(ModelPair):
        @property
        def solver(self) -> Solver:
            raise error

    run = registry.start(recipe(), Quits("", ""))
    assert run.wait(PATIENCE)
    assert run.error.startswith("The models could not be loaded.")
    assert type(error).__name__ in caplog.text


def test_the_page_reads_a_sentence_and_the_operator_the_rest(
    registry: RunRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    class Quits:
        info = WORLD.verifier().info

        def score(self, *_: Any) -> Any:
            raise SystemExit("the driver is gone")

    run = registry.start(recipe(), ModelPair.of(WORLD.solver(), Quits()))
    assert run.wait(PATIENCE)
    assert run.error == run.events()[-1].message  # type: ignore[attr-defined]
    assert run.error.startswith("Verifier fake verifier tried to end the program (SystemExit)")
    assert "driver" not in run.error
    assert "the driver is gone" in caplog.text
