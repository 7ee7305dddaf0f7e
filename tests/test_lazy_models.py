"""Models that are loaded when they are first asked for: once, and nobody waits for another's."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from search_core.engine.checkpoints import turns
from search_core.models import SOLVERS, VERIFIERS, LazyModel
from search_core.solvers import load_solver
from search_core.solvers import loading as solver_loading
from search_core.verifiers import load_verifier
from search_core.verifiers import loading as verifier_loading
from tests.waiting import PATIENCE, wait_until


def test_a_model_is_loaded_once_whoever_asks() -> None:
    loads, asking = [], []

    def load() -> object:
        loads.append(1)
        wait_until(lambda: len(asking) == 8, "The last who asks")
        return object()

    def ask() -> None:
        asking.append(1)
        lazy.get()

    lazy = LazyModel(load)
    assert lazy.loaded is None
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1
    assert lazy.loaded is lazy.get()


def test_a_model_that_could_not_be_loaded_is_tried_again() -> None:
    tries = iter([OSError("no such folder"), None])

    def load() -> str:
        problem = next(tries)
        if problem is not None:
            raise problem
        return "model"

    lazy = LazyModel(load)
    with pytest.raises(OSError, match="no such folder"):
        lazy.get()
    assert lazy.get() == "model"


def test_a_model_that_is_waited_for_keeps_nobody_from_another() -> None:
    """A server that does not answer holds up those who asked for it, and nobody else."""
    silent = threading.Event()
    begun = threading.Event()

    def probe() -> str:
        begun.set()
        silent.wait(PATIENCE)
        return "server"

    server, here = LazyModel(probe), LazyModel(lambda: "model of this process")
    found: list[str] = []
    asking = threading.Thread(target=lambda: found.append(server.get()))
    asking.start()
    wait_until(begun.is_set, "The question to the server")
    assert here.get() == "model of this process"
    assert server.loaded is None
    silent.set()
    asking.join(PATIENCE)
    assert found == ["server"]


def test_what_went_wrong_goes_to_everybody_who_waited() -> None:
    asking: list[int] = []

    def load() -> str:
        wait_until(lambda: len(asking) == 4, "The last who asks")
        raise SystemExit("a model that ends its process")

    lazy = LazyModel(load)
    errors: list[BaseException] = []

    def ask() -> None:
        asking.append(1)
        try:
            lazy.get()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert [str(error) for error in errors] == ["a model that ends its process"] * 4


def turn_is_free() -> bool:
    """Whether another thread could load now."""
    found: list[bool] = []

    def look() -> None:
        free = turns._loading.acquire(blocking=False)
        if free:
            turns._loading.release()
        found.append(free)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(PATIENCE)
    return found[0]


@pytest.mark.parametrize(
    ("module", "load", "folder"),
    [
        (solver_loading, load_solver, SOLVERS["small"].folder),
        (verifier_loading, load_verifier, VERIFIERS["small"].folder),
    ],
)
def test_one_is_loaded_at_a_time_and_nobody_waits_while_it_is_fetched(
    monkeypatch: pytest.MonkeyPatch, module: Any, load: Any, folder: Any
) -> None:
    free: dict[str, bool] = {}

    def watched(name: str) -> None:
        real = getattr(module, name)

        def called(*given: Any) -> Any:
            free[name] = turn_is_free()
            return real(*given)

        monkeypatch.setattr(module, name, called)

    watched("find_checkpoint")
    watched("load_checkpoint")
    load(folder, device="cpu")
    assert free == {"find_checkpoint": True, "load_checkpoint": False}
    assert turn_is_free()
