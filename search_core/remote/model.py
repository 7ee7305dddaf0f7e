"""What models behind servers have in common: who is asked, side by side, and what is forgotten."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any, TypeVar

from search_core.protocols import (
    FILTERS,
    Cancelled,
    Sampling,
    ScoreRequest,
    StepIds,
    StepScores,
    UsageError,
    WarnsOnce,
    Watch,
    watch_of,
)
from search_core.remote.address import RemoteAddress
from search_core.remote.connection import VERIFIER_KEY, servers
from search_core.remote.server import RemoteServer

T = TypeVar("T")

TRIAL = ScoreRequest("1 + 1", ("1 + 1 = 2",), 0, False, (0.0,))
"""What a verifier is asked about at the start, so that what it cannot do is known then."""


class RemoteModel:
    """A model behind one or more servers.

    Any number of runs may call one from their threads at the same time.

    Args:
        address: Where it is.
        key_variable: Environment variable with the API key, unless the address names another.
    """

    def __init__(self, address: RemoteAddress, key_variable: str) -> None:
        self._address = address
        self._servers = servers(address, key_variable)
        self._once: list[WarnsOnce] = []

    def _warns(self, *messages: str) -> WarnsOnce:
        """What each run is told once."""
        self._once.append(WarnsOnce(messages))
        return self._once[-1]

    def _server_of(self, those: Sequence[RemoteServer], problem: str) -> RemoteServer:
        """All that is asked about one problem goes to one server, whose cache knows it."""
        return those[self._address.place_of(problem)]

    def _forget(self, run: str) -> None:
        """A run is over."""
        for warns in self._once:
            warns.forget(run)


class RemotePathModel(RemoteModel):
    """One that a run tells of the paths that it is done with."""

    def release(
        self,
        run: str,
        problem: str,
        paths: Sequence[tuple[str, ...]] | None = None,
        step_ids: Sequence[StepIds] = (),
    ) -> None:
        """A run that is over is forgotten; what a server keeps of it, it frees by itself."""
        if paths is None:
            self._forget(run)


class RemoteScorer(RemotePathModel, ABC):
    """A verifier behind servers that is asked about one path at a time."""

    def __init__(self, address: RemoteAddress) -> None:
        super().__init__(address, VERIFIER_KEY)

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """Scores for each request, in their order. A path that occurs twice is asked once, and
        counted for the first who asks.

        Raises:
            RunCancelled: `cancelled()` became True.
            RemoteError: The server failed, or was busy each time that it was asked.
        """
        watch = watch_of(cancelled)
        asked = list(dict.fromkeys(map(_asked, requests)))

        async def work(those: list[RemoteServer]) -> list[StepScores]:
            return await side_by_side(
                self._score(self._server_of(those, request.problem), request, watch)
                for request in asked
            )

        scores = dict(zip(asked, self._servers.run(work, watch), strict=True))
        unpaid, replies = set(asked), []
        for request in requests:
            key = _asked(request)
            found = scores[key]
            if key not in unpaid:
                found = StepScores(found.scores, 0, found.tokens + found.reused)
            unpaid.discard(key)
            replies.append(found)
        return replies

    @abstractmethod
    async def _score(
        self, server: RemoteServer, request: ScoreRequest, watch: Watch
    ) -> StepScores: ...


async def side_by_side(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """All of them at the same time; what they bring, in their order."""
    async with asyncio.TaskGroup() as tasks:
        done = [tasks.create_task(work) for work in works]
    return [task.result() for task in done]


def check_filters(sampling: Sampling, name: str, *, taken: bool) -> None:
    """Refuse what a server would leave out without a word.

    Args:
        name: The solver's.
        taken: Whether its server takes what keeps tokens from being drawn (`FILTERS`).

    Raises:
        UsageError: It takes none, and some is asked for.
    """
    asked = [name for name in sampling.said() if name in FILTERS]
    if asked and not taken:
        raise UsageError(
            f"Solver {name}'s server takes no {' and no '.join(asked)}. Leave "
            f"{'them' if len(asked) > 1 else 'it'} out, or use vLLM, SGLang or llama.cpp."
        )


def inexact(words: str) -> str:
    """What is said where a server names too few of the most probable tokens.

    Args:
        words: What was looked for among them.
    """
    return (
        "The verifier's server gives only its most probable tokens, and for some step "
        f"{words} was not among them: such a score is a little too close to a half."
    )


def _asked(request: ScoreRequest) -> ScoreRequest:
    """What of a request its scores depend on (and whose turn it is)."""
    return ScoreRequest(
        request.problem, request.steps, request.first, request.finished, (), request.run
    )
