"""Models that are loaded when they are first asked for, once, whoever asks."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from search_core.models.remote_lazy import load_remote_solver, load_remote_verifier
from search_core.protocols.solver import Solver
from search_core.protocols.verifier import Verifier
from search_core.remote.address import is_remote

M = TypeVar("M")

# One model is loaded at a time: loading changes settings of the whole process for a moment.
_LOADING = threading.Lock()


def _forget_who_loads() -> None:
    """In a forked child: whoever was loading is not there."""
    global _LOADING
    _LOADING = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_who_loads)


class LazyModel(Generic[M]):
    """A model that is loaded when it is first asked for, once, whoever asks.

    Args:
        load: Loads it.
    """

    def __init__(self, load: Callable[[], M]) -> None:
        self._load = load
        self._model: M | None = None

    @classmethod
    def of(cls, model: M) -> LazyModel[M]:
        """A model that is there already."""
        lazy = cls(lambda: model)
        lazy._model = model
        return lazy

    @property
    def loaded(self) -> M | None:
        """The model if it is there; None before."""
        return self._model

    def get(self) -> M:
        """The model. Raises what loading it raises."""
        if self._model is None:
            with _LOADING:
                if self._model is None:
                    self._model = self._load()
        return self._model


def lazy_solver(
    path: str, device: str = "auto", system_prompt: str = "", dtype: str = "auto"
) -> LazyModel[Solver]:
    """A solver in this process, or behind a server, whose address the path is then.

    Arguments as for `solvers.loading.load_solver`.
    """

    def load() -> Solver:
        if is_remote(path):
            return load_remote_solver(path, system_prompt)
        from search_core.solvers.loading import load_solver

        return load_solver(path, device=device, dtype=dtype, system_prompt=system_prompt)

    return LazyModel(load)


def lazy_verifier(
    path: str, device: str = "auto", dtype: str = "auto", format_: str = "auto"
) -> LazyModel[Verifier]:
    """A verifier in this process, or behind a server, whose address the path is then.

    Arguments as for `verifiers.loading.load_verifier`.

    Args:
        format_: How its score is read; "auto": told by the checkpoint, or by the address.
    """

    def load() -> Verifier:
        if is_remote(path):
            return load_remote_verifier(path, format_)
        from search_core.verifiers.loading import load_verifier

        told: dict[str, Any] = {} if format_ == "auto" else {"format": format_}
        return load_verifier(path, device=device, dtype=dtype, **told)

    return LazyModel(load)
