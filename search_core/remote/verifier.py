"""Verifiers behind a server."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence

from search_core.protocols import (
    Cancelled,
    ScoreRequest,
    StepScores,
    VerifierInfo,
    WarnsOnce,
    Watch,
    watch_of,
)
from search_core.remote import readings
from search_core.remote.address import RemoteAddress
from search_core.remote.author import RemoteAuthor
from search_core.remote.connection import (
    VERIFIER_KEY,
    alike,
    local_tokens,
    served,
    servers,
    tokens_of,
)
from search_core.remote.errors import RemoteError
from search_core.remote.pair_judge import PairJudge
from search_core.remote.pooling import classify
from search_core.remote.readings import Reading
from search_core.remote.server import RemoteServer
from search_core.remote.tokens import Tokens
from search_core.verifiers.generative import GenerativeVerifier, reasoning
from search_core.verifiers.generative.options import reasons

_Prompt = Callable[[Tokens, RemoteServer, str, Sequence[str]], Awaitable[tuple[int, ...]]]
_Read = Callable[[Tokens, RemoteServer, str, Sequence[str], bool], Awaitable[Reading]]

PAIRS: dict[str, _Prompt] = {
    "rlhflow": readings.rlhflow,
    "math_shepherd": readings.math_shepherd,
}
CLASSIFIERS: dict[str, _Read] = {
    "qwen_prm": readings.qwen_prm,
    "token_classification": readings.token_classification,
}
REASONING = ("thinkprm", "genprm_reasoning", "judge:reason")
FORMATS = (*PAIRS, *CLASSIFIERS, *REASONING)

_INEXACT = (
    "The verifier's server gives only its most probable tokens, and for some step + or - was not "
    "among them: such a score is a little too close to a half."
)


def open_verifier(address: RemoteAddress) -> RemoteVerifier | GenerativeVerifier:
    """The verifier of an address, by its format; its servers are asked who they are now.

    Raises:
        ValueError: The format is missing or unknown, or an option of it is.
        RemoteError: A server cannot be reached, does not serve the model, or has no tokenizer
            to lend and none is named.
    """
    if address.format in PAIRS:
        return RemoteTokenPair(address, PAIRS[address.format])
    if address.format in CLASSIFIERS:
        return RemoteClassifier(address, CLASSIFIERS[address.format])
    name, _, argument = address.format.partition(":")
    if reasons(name, argument):
        options = reasoning(name, argument)
        return GenerativeVerifier(RemoteAuthor(address, options.manner), options)
    raise ValueError(
        f"A verifier behind a server has format {address.format!r:.40}; put #format=NAME after "
        f"its address, one of: {', '.join(FORMATS)}."
    )


class RemoteVerifier(ABC):
    """What verifiers behind a server have in common.

    Any number of runs may call one from their threads at the same time.

    Args:
        address: Where the model is.
    """

    def __init__(self, address: RemoteAddress) -> None:
        self._address = address
        local = local_tokens(address)
        self._servers = servers(address, VERIFIER_KEY)

        async def open_(those: list[RemoteServer]) -> None:
            models = await alike(those, lambda one: served(one, address.model), "models")
            self._model, self._maker = models[0].name, models[0].maker
            tokens = await tokens_of(those[0], models[0], local)
            if tokens is None:
                raise RemoteError(
                    f"Server {those[0].name} does not tokenise for others. Put "
                    "#tokenizer=FOLDER after the verifier's address."
                )
            self._tokens: Tokens = tokens
            await self._try(those)

        self._servers.run(open_, lambda: False)

    @property
    def info(self) -> VerifierInfo:
        return VerifierInfo(self._model, device="remote")

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """Scores for each request, in their order. A path that occurs twice is asked once.

        Raises:
            RunCancelled: `cancelled()` became True.
            RemoteError: The server failed.
        """
        watch = watch_of(cancelled)
        asked = list(dict.fromkeys(map(_asked, requests)))

        async def work(those: list[RemoteServer]) -> list[StepScores]:
            async with asyncio.TaskGroup() as tasks:
                done = [
                    tasks.create_task(
                        self._score(those[self._address.place_of(one.problem)], one, watch)
                    )
                    for one in asked
                ]
            return [task.result() for task in done]

        scores = dict(zip(asked, self._servers.run(work, watch), strict=True))
        unpaid = set(asked)
        replies = []
        for request in requests:
            key = _asked(request)
            found = scores[key]
            if key not in unpaid:
                found = StepScores(found.scores, 0, found.tokens + found.reused)
            unpaid.discard(key)
            replies.append(found)
        return replies

    @abstractmethod
    async def _try(self, those: list[RemoteServer]) -> None:
        """Asks each server for a score, so that what it cannot do is known at the start."""

    @abstractmethod
    async def _score(
        self, server: RemoteServer, request: ScoreRequest, watch: Watch
    ) -> StepScores: ...


class RemoteTokenPair(RemoteVerifier):
    """Scores a step by the probability of "+" against "-" after it.

    Args:
        prompt: What the model reads before it judges the last of some steps.
    """

    def __init__(self, address: RemoteAddress, prompt: _Prompt) -> None:
        self._prompt = prompt
        self._warns = WarnsOnce([_INEXACT])
        super().__init__(address)

    async def _try(self, those: list[RemoteServer]) -> None:
        pair = await readings.pair(self._tokens, those[0])
        self._judge = PairJudge(self._maker, self._model, pair, ("+", "-"))
        prompt = await self._prompt(self._tokens, those[0], "1 + 1", ["1 + 1 = 2"])
        for server in those:
            await self._judge.try_(server, prompt)
            if not self._judge.by_id:
                await self._judge(server, prompt)

    async def _score(self, server: RemoteServer, request: ScoreRequest, watch: Watch) -> StepScores:
        scores, computed, cached = [], 0, 0
        for end in range(request.first + 1, len(request.steps) + 1):
            async with server.gate.turn(request.run):
                prompt = await self._prompt(
                    self._tokens, server, request.problem, request.steps[:end]
                )
                one = await self._judge(server, prompt)
            if not one.exact:
                self._warns.warn(request.run, watch)
            scores.append(one.score)
            computed += one.prompt - one.cached
            cached += one.cached
        return StepScores(tuple(scores), computed, cached)

    def release(
        self, run: str, problem: str, paths: Sequence[tuple[str, ...]] | None = None
    ) -> None:
        """A run that is over is forgotten; what a server keeps of it, it frees by itself."""
        if paths is None:
            self._warns.forget(run)


class RemoteClassifier(RemoteVerifier):
    """Scores steps by a token classifier.

    Args:
        read: What the model reads, and where the steps are scored in it.
    """

    def __init__(self, address: RemoteAddress, read: _Read) -> None:
        self._read = read
        super().__init__(address)

    async def _try(self, those: list[RemoteServer]) -> None:
        if self._maker in ("llamacpp", "sglang"):
            raise RemoteError(
                f"Server {those[0].name} is a {self._maker}, which gives no classes of tokens: "
                f"format {self._address.format} needs vLLM. It can serve {' and '.join(PAIRS)}."
            )
        for server in those:
            reading = await self._read(self._tokens, server, "1 + 1", ["1 + 1 = 2"], False)
            await classify(server, self._model, reading)

    async def _score(self, server: RemoteServer, request: ScoreRequest, watch: Watch) -> StepScores:
        async with server.gate.turn(request.run):
            reading = await self._read(
                self._tokens, server, request.problem, request.steps, request.finished
            )
            scores = await classify(server, self._model, reading)
        return StepScores(scores[request.first :], len(reading.ids), 0)


def _asked(request: ScoreRequest) -> ScoreRequest:
    """What of a request its scores depend on (and whose turn it is)."""
    return ScoreRequest(
        request.problem, request.steps, request.first, request.finished, (), request.run
    )
