"""A model behind a server that reasons: chains by completions, verdicts by one token each.

The server's prefix cache holds what was written, so a verdict costs it a token or two.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from search_core.protocols import ModelInfo, Sampling, Watch
from search_core.remote.address import RemoteAddress
from search_core.remote.chat_tokenizer import chat_tokenizer
from search_core.remote.completions import Ask, Dialect, OpenAIDialect, Reply, complete
from search_core.remote.connection import (
    VERIFIER_KEY,
    alike,
    check_completions,
    local_tokens,
    served,
    tokens_of,
)
from search_core.remote.errors import RemoteError
from search_core.remote.llama_cpp import LlamaCppDialect
from search_core.remote.model import RemoteModel, inexact, side_by_side
from search_core.remote.pair_judge import PairJudge
from search_core.remote.server import RemoteServer
from search_core.verifiers.generative import ReasoningPrompt
from search_core.verifiers.generative.chain_tokens import ChainTokens
from search_core.verifiers.generative.chains import (
    Bill,
    Chain,
    VerdictQuery,
    Verdicts,
    WrittenChain,
)


class RemoteReasoningModel(RemoteModel):
    """Writes with a model on one or more OpenAI-compatible servers.

    As with every server that batches, what is written can change with its load, by rounding.

    Args:
        address: Where the model is. Its servers are asked who they are, and for one verdict, now.
        prompt: How it is asked.

    Raises:
        ValueError: The tokenizer does not tell the verdicts apart.
        RemoteError: A server cannot be reached, does not serve the model, or has no tokenizer
            or chat template to lend and none is named.
    """

    cached_bytes = 0

    def __init__(self, address: RemoteAddress, prompt: ReasoningPrompt) -> None:
        super().__init__(address, VERIFIER_KEY)
        self._prompt = prompt
        self._local = local_tokens(address)
        words = [
            re.sub(r"^\\boxed\{|\}$", "", verdict).strip()
            for verdict in (prompt.right, prompt.wrong)
        ]
        self._words = words[0], words[1]
        self._inexact = self._warns(inexact(" or ".join(words)))
        self._servers.open(self._open)

    @property
    def info(self) -> ModelInfo:
        return ModelInfo(self._model, device="remote")

    def write(
        self, chains: Sequence[Chain], sampling: Sampling, watch: Watch
    ) -> list[WrittenChain]:
        """See `ReasoningModel`. Raises `RemoteError` too: the server failed; nothing was asked
        twice."""

        async def work(those: list[RemoteServer]) -> list[WrittenChain]:
            return await side_by_side(
                self._write(self._server_of(those, chain.problem), chain, sampling)
                for chain in chains
            )

        return self._servers.run(work, watch)

    def read(self, queries: Sequence[VerdictQuery], watch: Watch) -> list[Verdicts]:
        """See `ReasoningModel`. Raises as `write`."""

        async def work(those: list[RemoteServer]) -> list[Verdicts]:
            return await side_by_side(
                self._read(self._server_of(those, query.chain.problem), query, watch)
                for query in queries
            )

        return self._servers.run(work, watch)

    def release(self, run: str, chains: Sequence[tuple[Chain, Chain | None]] | None) -> None:
        """A run that is over is forgotten; what a server keeps of it, it frees by itself."""
        if chains is None:
            self._forget(run)

    async def _open(self, those: list[RemoteServer]) -> None:
        models = await alike(those, lambda server: served(server, self._address.model), "models")
        self._model, self._context = models[0].name, models[0].context or math.inf
        maker = models[0].maker
        llama_cpp = maker == "llamacpp"
        self._dialect: Dialect = LlamaCppDialect() if llama_cpp else OpenAIDialect(maker)
        for server in those:  # A dialect learns what a server takes.
            await self._dialect.most(server, self._model)
        tokens = await tokens_of(those[0], models[0], self._local)
        if tokens is None or not tokens.chats:
            await check_completions(those[0], models[0])
            raise RemoteError(
                f"Server {those[0].name} lends no tokenizer with a chat template, and this format "
                "is a chat. Put #tokenizer=FOLDER after the verifier's address."
            )
        tokenizers = {server: chat_tokenizer(tokens, server) for server in those}
        ends: tuple[int, ...] = ()
        if not self._prompt.answers:  # The end of the turn before is left out.
            end = tokenizers[those[0]].end
            if end is None:
                raise RemoteError(
                    f"The tokenizer of server {those[0].name} has no token that ends a turn, and "
                    f"the format {self._prompt.name} leaves the last one out. Choose another "
                    "format."
                )
            ends = (end,)
        self._tokens = {
            server: ChainTokens(tokenizer, self._prompt, ends)
            for server, tokenizer in tokenizers.items()
        }
        verdicts = await self._tokens[those[0]].verdicts()
        self._judge = PairJudge(maker, self._model, verdicts.pair, self._words)
        trial = await tokenizers[those[0]].conversation([("user", "1 + 1 = 2")], answer=True)
        for server in those:
            await self._judge.try_(server, trial + verdicts.lead)

    async def _write(self, server: RemoteServer, chain: Chain, sampling: Sampling) -> WrittenChain:
        tokens = self._tokens[server]
        async with server.gate.turn(chain.run):
            chat = await tokens.chat(chain)
            limit = await tokens.limit(chain, chat, self._context, self._model)
            ask = Ask(chat, 1, limit, sampling.temperature, sampling.top_p, chain.seed, chain.stops)
            reply = await complete(server, self._dialect, self._model, ask)
        completion = reply.completions.get(0)
        if completion is None:
            raise RemoteError(f"Server {server.name} gave no completion of one that was asked for.")
        bill = _bill(reply, completion.tokens)
        return WrittenChain(completion.text, completion.ended not in ("step", "end"), bill)

    async def _read(self, server: RemoteServer, query: VerdictQuery, watch: Watch) -> Verdicts:
        values, bill = [], Bill()
        async with server.gate.turn(query.chain.run):
            ids, ends = await self._tokens[server].query(query, self._context)
            for end in ends:
                judgement = await self._judge(server, ids[:end])
                if not judgement.exact:
                    self._inexact.warn(query.chain.run, watch)
                values.append(judgement.score)
                bill += Bill(judgement.prompt - judgement.cached, judgement.cached)
        return Verdicts(tuple(values), bill)


def _bill(reply: Reply, written: int) -> Bill:
    cached = reply.cached or 0
    return Bill(written + max(0, (reply.prompt or 0) - cached), cached)
