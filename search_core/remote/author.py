"""An author behind a server: chains of thought by completions, verdicts by one-token completions.

The server's prefix cache holds what was written, so a verdict costs it a token or two.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Sequence

from search_core.protocols import ModelInfo, Sampling, WarnsOnce, Watch
from search_core.remote.address import RemoteAddress
from search_core.remote.completions import Ask, Dialect, OpenAIDialect, Reply, complete
from search_core.remote.connection import (
    VERIFIER_KEY,
    alike,
    local_tokens,
    served,
    servers,
    tokens_of,
)
from search_core.remote.errors import RemoteError
from search_core.remote.llama_cpp import LlamaCppDialect
from search_core.remote.pair_judge import PairJudge
from search_core.remote.server import RemoteServer
from search_core.remote.tokens import Tokens
from search_core.verifiers.generative.chains import Bill, Chain, Reading, Verdicts, Written
from search_core.verifiers.generative.manners import Manner
from search_core.verifiers.generative.prompting import (
    SPARE,
    VerdictTokens,
    opening_after,
    read_back,
    room_for,
    unended,
)


class RemoteAuthor:
    """Writes with a model on one or more OpenAI-compatible servers.

    As with every server that batches, what is written can change with its load, by rounding.

    Args:
        address: Where the model is. Its servers are asked who they are, and for one verdict, now.
        manner: How it is asked.

    Raises:
        ValueError: The tokenizer does not tell the verdicts apart.
        RemoteError: A server cannot be reached, does not serve the model, or has no tokenizer
            or chat template to lend and none is named.
    """

    cached_bytes = 0

    def __init__(self, address: RemoteAddress, manner: Manner) -> None:
        self._address, self._manner = address, manner
        self._local = local_tokens(address)
        self._servers = servers(address, VERIFIER_KEY)
        words = [re.sub(r"^\\boxed\{|\}$", "", one).strip() for one in (manner.right, manner.wrong)]
        self._words = words[0], words[1]
        self._inexact = WarnsOnce(
            [
                "The verifier's server gives only its most probable tokens, and for some step "
                f"{' or '.join(words)} was not among them: such a score is a little too close to "
                "a half."
            ]
        )
        self._servers.run(self._open, lambda: False)

    @property
    def info(self) -> ModelInfo:
        return ModelInfo(self._model, device="remote")

    def write(self, chains: Sequence[Chain], sampling: Sampling, watch: Watch) -> list[Written]:
        """See `Author`. Raises `RemoteError` too: the server failed; nothing was asked twice."""

        async def work(those: list[RemoteServer]) -> list[Written]:
            async with asyncio.TaskGroup() as tasks:
                done = [
                    tasks.create_task(self._write(self._of(those, one), one, sampling))
                    for one in chains
                ]
            return [task.result() for task in done]

        return self._servers.run(work, watch)

    def read(self, readings: Sequence[Reading], watch: Watch) -> list[Verdicts]:
        """See `Author`. Raises as `write`."""

        async def work(those: list[RemoteServer]) -> list[Verdicts]:
            async with asyncio.TaskGroup() as tasks:
                done = [
                    tasks.create_task(self._read(self._of(those, one.chain), one, watch))
                    for one in readings
                ]
            return [task.result() for task in done]

        return self._servers.run(work, watch)

    def release(self, run: str, chains: Sequence[tuple[Chain, Chain | None]] | None) -> None:
        """A run that is over is forgotten; what a server keeps of it, it frees by itself."""
        if chains is None:
            self._inexact.forget(run)

    def _of(self, those: list[RemoteServer], chain: Chain) -> RemoteServer:
        return those[self._address.place_of(chain.problem)]

    async def _open(self, those: list[RemoteServer]) -> None:
        models = await alike(those, lambda one: served(one, self._address.model), "models")
        self._model, self._context = models[0].name, models[0].context or math.inf
        maker = models[0].maker
        llama_cpp = maker == "llamacpp"
        self._dialect: Dialect = LlamaCppDialect() if llama_cpp else OpenAIDialect(maker)
        for server in those:  # A dialect learns what a server takes.
            await self._dialect.most(server, self._model)
        tokens = await tokens_of(those[0], models[0], self._local)
        if tokens is None or not tokens.chats:
            raise RemoteError(
                f"Server {those[0].name} lends no tokenizer with a chat template, and this format "
                "is a chat. Put #tokenizer=FOLDER after the verifier's address."
            )
        if not self._manner.answers and tokens.end is None:
            raise RemoteError(
                f"Server {those[0].name} does not say which token ends a turn, and the format "
                f"{self._manner.name} leaves the last one out. Put #tokenizer=FOLDER after the "
                "verifier's address."
            )
        self._tokens: Tokens = tokens
        right, wrong = [
            await tokens.text(those[0], word) for word in (self._manner.right, self._manner.wrong)
        ]
        self._verdicts = VerdictTokens.of(self._manner, right, wrong)
        self._closing: tuple[int, ...] = ()
        if self._manner.closing:
            self._closing = await tokens.special(those[0], self._manner.closing)
        messages = [{"role": "user", "content": "1 + 1 = 2"}]
        prompt = await tokens.chat(those[0], messages) + self._verdicts.lead
        self._judge = PairJudge(maker, self._model, self._verdicts.pair, self._words)
        for server in those:
            await self._judge.try_(server, prompt)

    async def _write(self, server: RemoteServer, chain: Chain, sampling: Sampling) -> Written:
        async with server.gate.turn(chain.run):
            prompt = await self._prompt(server, chain)
            after = len(self._closing) + len(self._verdicts.lead) + SPARE
            limit = room_for(
                chain.limit, len(prompt), after, self._context, chain.step, self._model
            )
            ask = Ask(
                prompt, 1, limit, sampling.temperature, sampling.top_p, chain.seed, chain.stops
            )
            reply = await complete(server, self._dialect, self._model, ask)
        written = reply.written.get(0)
        if written is None:
            raise RemoteError(f"Server {server.name} gave no completion of one that was asked for.")
        return Written(written.text, written.ended == "length", _bill(reply, written.tokens))

    async def _read(self, server: RemoteServer, reading: Reading, watch: Watch) -> Verdicts:
        values, bill = [], Bill()
        async with server.gate.turn(reading.chain.run):
            prompt = await self._prompt(server, reading.chain)
            pieces = [
                (await self._tokens.text(server, piece) if piece else (), right)
                for piece, right in reading.pieces
            ]
            ids, ends = read_back(prompt, pieces, self._closing, self._verdicts, self._context)
            for end in ends:
                one = await self._judge(server, ids[:end])
                if not one.exact:
                    self._inexact.warn(reading.chain.run, watch)
                values.append(one.score)
                bill += Bill(one.prompt - one.cached, one.cached)
        return Verdicts(tuple(values), bill)

    async def _prompt(self, server: RemoteServer, chain: Chain) -> tuple[int, ...]:
        messages = [{"role": role, "content": content} for role, content in chain.messages]
        answers = self._manner.answers
        prompt = await self._tokens.chat(server, messages, answer=answers)
        line_break = await self._tokens.text(server, "\n")
        if not answers and self._tokens.end is not None:
            prompt = unended(prompt, (self._tokens.end,), line_break)
        opening = opening_after(prompt, chain.opening, line_break)
        return prompt + (await self._tokens.text(server, opening) if opening else ())


def _bill(reply: Reply, written: int) -> Bill:
    cached = reply.cached or 0
    return Bill(written + max(0, (reply.prompt or 0) - cached), cached)
