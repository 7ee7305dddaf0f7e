"""Verifiers behind a server: the rows of the table of formats, as far as a server can read them."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from search_core.protocols import (
    Cancelled,
    ScoreRequest,
    StepIds,
    StepScores,
    UsageError,
    VerifierInfo,
    WarnsOnce,
    Watch,
    watch_of,
)
from search_core.remote.address import RemoteAddress
from search_core.remote.chat_tokenizer import chat_tokenizer
from search_core.remote.connection import (
    VERIFIER_KEY,
    alike,
    check_completions,
    local_tokens,
    served,
    servers,
    tokens_of,
)
from search_core.remote.errors import RemoteError
from search_core.remote.pair_judge import PairJudge
from search_core.remote.pooling import classify
from search_core.remote.reasoning_model import RemoteReasoningModel
from search_core.remote.server import RemoteServer
from search_core.verifiers import FORMATS, GenerativeVerifier
from search_core.verifiers.format_choice import parsed
from search_core.verifiers.formats import ChatTokenizer, Format, TokenPair
from search_core.verifiers.generative import read_options

_TRIAL = ScoreRequest("1 + 1", ("1 + 1 = 2",), 0, False, (0.0,))

MakeFormat = Callable[[ChatTokenizer], Format]


def open_completions_verifier(address: RemoteAddress) -> RemoteVerifier | GenerativeVerifier:
    """The verifier of an address, by its format; its servers are asked who they are now.

    Raises:
        ValueError: The format is missing or unknown, no server can read it, or an option of it is
            unknown.
        RemoteError: A server cannot be reached, does not serve the model, or has no tokenizer
            to lend and none is named.
    """
    if not address.format:
        raise UsageError(f"A verifier behind a server needs a format. {_expected()}")
    row, argument = parsed(address.format)
    if row.reasons(argument):
        options = read_options(row.name, row.reasoning, argument)
        return GenerativeVerifier(RemoteReasoningModel(address, options.prompt), options)
    if not row.servers or row.readout is None:
        raise UsageError(f"No server can read a verifier of format {row.name}. {_expected()}")

    def make(tokenizer: ChatTokenizer) -> Format:
        return row.made(tokenizer, argument)

    if isinstance(row.readout, TokenPair):
        return RemoteTokenPair(address, make, row.readout)
    return RemoteClassifier(address, make)


def _expected() -> str:
    usages = ", ".join(row.usage for row in FORMATS.values() if row.servers)
    return f"Put #format=NAME after its address, one of: {usages}."


class RemoteVerifier(ABC):
    """What verifiers behind a server have in common.

    Any number of runs may call one from their threads at the same time.

    Args:
        address: Where the model is.
        make: Makes the text that is read.
    """

    def __init__(self, address: RemoteAddress, make: MakeFormat) -> None:
        self._address = address
        local = local_tokens(address)
        self._servers = servers(address, VERIFIER_KEY)

        async def open_(those: list[RemoteServer]) -> None:
            models = await alike(those, lambda server: served(server, address.model), "models")
            self._model, self._maker = models[0].name, models[0].maker
            tokens = await tokens_of(those[0], models[0], local)
            if tokens is None:
                await check_completions(those[0], models[0])
                raise RemoteError(
                    f"Server {those[0].name} does not tokenise for others. Put "
                    "#tokenizer=FOLDER after the verifier's address."
                )
            self._tokenizers = {server: chat_tokenizer(tokens, server) for server in those}
            self._formats = {
                server: make(tokenizer) for server, tokenizer in self._tokenizers.items()
            }
            await self._try(those)

        self._servers.open(open_)

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
                        self._score(those[self._address.place_of(request.problem)], request, watch)
                    )
                    for request in asked
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
    """Scores a step by the probability of a good token against a bad one behind it.

    Args:
        pair: The two.
    """

    def __init__(self, address: RemoteAddress, make: MakeFormat, pair: TokenPair) -> None:
        self._pair = pair
        self._warns = WarnsOnce(
            [
                "The verifier's server gives only its most probable tokens, and for some step "
                f"{pair.good} or {pair.bad} was not among them: such a score is a little too "
                "close to a half."
            ]
        )
        super().__init__(address, make)

    async def _try(self, those: list[RemoteServer]) -> None:
        good, bad = self._pair.good, self._pair.bad
        tokenizer = self._tokenizers[those[0]]
        ids = await tokenizer.last_id(good), await tokenizer.last_id(bad)
        if ids[0] == ids[1]:
            raise RemoteError(
                f"Server {those[0].name} has no tokens of their own for {good} and {bad}; its "
                "model cannot be a token-pair verifier."
            )
        self._judge = PairJudge(self._maker, self._model, ids, (good, bad))
        for server in those:
            [prompt] = await self._prompts(server, _TRIAL)
            await self._judge.try_(server, prompt)
            if not self._judge.by_id:
                await self._judge(server, prompt)

    async def _prompts(self, server: RemoteServer, request: ScoreRequest) -> list[tuple[int, ...]]:
        """What is read before each wanted step is judged."""
        texts = await self._formats[server].texts(
            request.problem, request.steps, request.first, request.finished
        )
        return [text.ids[: at + 1] for text in texts for at in text.at]

    async def _score(self, server: RemoteServer, request: ScoreRequest, watch: Watch) -> StepScores:
        scores, computed, cached = [], 0, 0
        async with server.gate.turn(request.run):
            prompts = await self._prompts(server, request)
        for prompt in prompts:
            async with server.gate.turn(request.run):
                judgement = await self._judge(server, prompt)
            if not judgement.exact:
                self._warns.warn(request.run, watch)
            scores.append(judgement.score)
            computed += judgement.prompt - judgement.cached
            cached += judgement.cached
        return StepScores(tuple(scores), computed, cached)

    def release(
        self,
        run: str,
        problem: str,
        paths: Sequence[tuple[str, ...]] | None = None,
        step_ids: Sequence[StepIds] = (),
    ) -> None:
        """A run that is over is forgotten; what a server keeps of it, it frees by itself."""
        if paths is None:
            self._warns.forget(run)


class RemoteClassifier(RemoteVerifier):
    """Scores steps by a token classifier."""

    async def _try(self, those: list[RemoteServer]) -> None:
        if self._maker in ("llamacpp", "sglang"):
            others = [row.usage for row in FORMATS.values() if row.servers == "any server"]
            raise RemoteError(
                f"Server {those[0].name} is a {self._maker}, which gives no classes of tokens: "
                f"format {self._address.format} needs vLLM. It can serve {', '.join(others)}."
            )
        for server in those:
            await self._score(server, _TRIAL, Watch(lambda: False))

    async def _score(self, server: RemoteServer, request: ScoreRequest, watch: Watch) -> StepScores:
        scores: list[float] = []
        tokens = 0
        async with server.gate.turn(request.run):
            # All steps: a server may give scores at marks alone, and does not say where each is.
            texts = await self._formats[server].texts(
                request.problem, request.steps, 0, request.finished
            )
            for text in texts:
                scores += await classify(server, self._model, text)
                tokens += len(text.ids)
        return StepScores(tuple(scores[request.first :]), tokens, 0)


def _asked(request: ScoreRequest) -> ScoreRequest:
    """What of a request its scores depend on (and whose turn it is)."""
    return ScoreRequest(
        request.problem, request.steps, request.first, request.finished, (), request.run
    )
