"""Models that are loaded when they are first asked for, once, whoever asks."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

from search_core.protocols import Solver, Verifier
from search_core.remote import RemoteAddress, RemoteSolver, is_remote, open_verifier
from search_core.solvers import load_solver
from search_core.verifiers import AUTO, load_verifier

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

    Arguments as for `solvers.load_solver`; `get` raises as that does, or as `RemoteAddress.parse`
    and `RemoteSolver`.
    """

    def load() -> Solver:
        if is_remote(path):
            return RemoteSolver(RemoteAddress.parse(path), system_prompt=system_prompt)
        return load_solver(path, device=device, dtype=dtype, system_prompt=system_prompt)

    return LazyModel(load)


def lazy_verifier(
    path: str, device: str = "auto", dtype: str = "auto", format_: str = AUTO
) -> LazyModel[Verifier]:
    """A verifier in this process, or behind a server, whose address the path is then.

    Arguments as for `verifiers.load_verifier`; `get` raises as that does, or as
    `RemoteAddress.parse` and `open_verifier`.

    Args:
        format_: How its score is read; "auto": told by the checkpoint, or by the address. What an
            address says itself counts.
    """

    def load() -> Verifier:
        if is_remote(path):
            address = RemoteAddress.parse(path)
            if not address.format and format_ != AUTO:
                address = replace(address, format=format_)
            return open_verifier(address)
        return load_verifier(path, format=format_, device=device, dtype=dtype)

    return LazyModel(load)
