"""Verifiers behind a server: the rows of the table of formats, as far as a server can read them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from search_core.protocols import (
    ScoreRequest,
    StepScores,
    UsageError,
    VerifierInfo,
    Watch,
)
from search_core.remote.address import RemoteAddress
from search_core.remote.chat_tokenizer import chat_tokenizer
from search_core.remote.connection import (
    alike,
    check_completions,
    local_tokens,
    served,
    tokens_of,
)
from search_core.remote.errors import RemoteError
from search_core.remote.model import TRIAL, RemoteScorer, inexact
from search_core.remote.pair_judge import PairJudge
from search_core.remote.pooling import classify
from search_core.remote.reasoning_model import RemoteReasoningModel
from search_core.remote.server import RemoteServer
from search_core.verifiers import FORMATS, GenerativeVerifier
from search_core.verifiers.format_choice import parsed
from search_core.verifiers.formats import ChatTokenizer, Format, TokenPair
from search_core.verifiers.generative import read_options

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


class RemoteVerifier(RemoteScorer):
    """What verifiers have in common that read the tokens of a row of the table of formats.

    Args:
        address: Where the model is.
        make: Makes the text that is read.
    """

    def __init__(self, address: RemoteAddress, make: MakeFormat) -> None:
        super().__init__(address)
        local = local_tokens(address)

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

    @abstractmethod
    async def _try(self, those: list[RemoteServer]) -> None:
        """Asks each server for a score, so that what it cannot do is known at the start."""


class RemoteTokenPair(RemoteVerifier):
    """Scores a step by the probability of a good token against a bad one behind it.

    Args:
        pair: The two.
    """

    def __init__(self, address: RemoteAddress, make: MakeFormat, pair: TokenPair) -> None:
        self._pair = pair
        super().__init__(address, make)
        self._inexact = self._warns(inexact(f"{pair.good} or {pair.bad}"))

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
            [prompt] = await self._prompts(server, TRIAL)
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
                self._inexact.warn(request.run, watch)
            scores.append(judgement.score)
            computed += judgement.prompt - judgement.cached
            cached += judgement.cached
        return StepScores(tuple(scores), computed, cached)


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
            await self._score(server, TRIAL, Watch(lambda: False))

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
