"""Models that are loaded when they are first asked for, once, whoever asks."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, Generic, TypeVar

from search_core.engine.checkpoints.checkpoint import ModelLoadError
from search_core.protocols import Solver, Verifier
from search_core.remote import RemoteAddress, is_remote, open_solver, open_verifier
from search_core.solvers import load_solver
from search_core.steps import BLANK_LINES, NOT_BEHIND_SERVERS, StepStyle
from search_core.verifiers import AUTO, load_verifier

M = TypeVar("M")

_all: weakref.WeakSet[LazyModel[Any]] = weakref.WeakSet()


class LazyModel(Generic[M]):
    """A model that is loaded when it is first asked for, once, whoever asks.

    Whoever asks meanwhile waits for the same attempt, and for no other model: a server that does
    not answer keeps nobody from the models of this process. What must not be done for two models
    at a time is seen to by what does it (`engine.checkpoints.turns`).

    Args:
        load: Loads it.
    """

    def __init__(self, load: Callable[[], M]) -> None:
        self._load = load
        self._model: M | None = None
        self._attempt: Future[M] | None = None
        self._guard = threading.Lock()
        _all.add(self)

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
        """The model. Raises what loading it raises, to everybody who waited for it."""
        if self._model is not None:
            return self._model
        attempt, first = self._attempt_to_join()
        if first:
            self._try(attempt)
        return attempt.result()

    def _attempt_to_join(self) -> tuple[Future[M], bool]:
        """The attempt under way, or else a new one; whether it is new."""
        with self._guard:
            if self._model is not None:  # It has come meanwhile.
                done: Future[M] = Future()
                done.set_result(self._model)
                return done, False
            if self._attempt is not None:
                return self._attempt, False
            self._attempt = Future()
            return self._attempt, True

    def _try(self, attempt: Future[M]) -> None:
        try:
            model = self._load()
        except BaseException as error:  # nobody may wait for ever, whatever went wrong
            with self._guard:
                self._attempt = None
            attempt.set_exception(error)
            return
        with self._guard:
            self._model, self._attempt = model, None
        attempt.set_result(model)

    def _forget_who_loads(self) -> None:
        self._guard = threading.Lock()
        self._attempt = None


def _in_child() -> None:
    """In a forked child whoever was loading is not there."""
    for lazy in list(_all):
        lazy._forget_who_loads()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)


def lazy_solver(
    path: str,
    device: str = "auto",
    system_prompt: str = "",
    dtype: str = "auto",
    style: StepStyle = BLANK_LINES,
) -> LazyModel[Solver]:
    """A solver in this process, or behind a server, whose address the path is then.

    Arguments as for `solvers.load_solver`; `get` raises as that does, or as `RemoteAddress.parse`
    and `open_solver`.
    """

    def load() -> Solver:
        if is_remote(path):
            if style is not BLANK_LINES:
                raise ModelLoadError(NOT_BEHIND_SERVERS.format(style.name))
            return open_solver(RemoteAddress.parse(path), system_prompt=system_prompt)
        return load_solver(
            path, device=device, dtype=dtype, system_prompt=system_prompt, style=style
        )

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
