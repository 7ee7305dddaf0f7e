"""A model behind chat completions that reasons, and says its verdict.

Where the server continues an answer, it is held to its format: its opening is put into its mouth,
and so is the question behind its reasoning. Where it does not, it writes on by itself, and the
verdict is the one that it says; a text without one is answered by a turn that asks for it.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from search_core.protocols import ModelInfo, Sampling, Watch
from search_core.remote.address import RemoteAddress
from search_core.remote.chat.asker import ChatVerdict, VerdictAsker, opened_asker
from search_core.remote.chat.endpoint import ChatAsk, Turn
from search_core.remote.chat.patience import Sleep, busy_warning
from search_core.remote.chat.probing import manner_of
from search_core.remote.chat.verdicts import VerdictWords, chance_at
from search_core.remote.chat.wire import ChatReply
from search_core.remote.connection import VERIFIER_KEY
from search_core.remote.errors import NoVerdict
from search_core.remote.model import RemoteModel, inexact, side_by_side
from search_core.remote.server import RemoteServer
from search_core.verifiers.generative import ReasoningPrompt
from search_core.verifiers.generative.chains import (
    Bill,
    Chain,
    VerdictQuery,
    Verdicts,
    WrittenChain,
)

SAID = (
    "The verifier's server gives no log-probabilities: each chain's verdict is the word that it "
    "says, 0 or 1, and a score their mean. Its format's option samples=NUMBER makes it finer."
)
INEXACT = inexact("one of its two verdicts")
UNHELD = (
    "The verifier's server does not continue an answer: its reasoning is not held to its format, "
    "and the verdict is the one that it comes to by itself, or that it is asked for afterwards."
)
_LIMIT = 4
"""Tokens of a verdict that is asked for where it stands."""
_AFTERWARDS = "Now give your verdict on the last step. Answer with one word, {good} or {bad}."
_AFTERWARDS_LIMIT = 16
_MOST_REMEMBERED = 4096
"""Chains, until their verdicts are read."""


@dataclass(frozen=True, slots=True)
class _Written:
    """What was written for a chain: the reply, how many characters of thoughts stand before its
    text, and where its verdict stands in it (-1: nowhere)."""

    reply: ChatReply
    before: int
    verdict: int


class ChatReasoningModel(RemoteModel):
    """Writes with a model behind chat completions.

    Args:
        address: Where the model is. Its servers are tried now.
        prompt: How it is asked.
        sleep: Waits before a busy server is asked again.

    Raises:
        RemoteError: A server cannot be reached, refuses every request, or fails.
    """

    cached_bytes = 0

    def __init__(
        self, address: RemoteAddress, prompt: ReasoningPrompt, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        super().__init__(address, VERIFIER_KEY)
        self._prompt, self._sleep = prompt, sleep
        self._lead, self._words = _words(prompt)
        self._written: OrderedDict[Chain, _Written] = OrderedDict()
        self._guard = threading.Lock()
        self._inexact = self._warns(INEXACT)
        self._servers.open(self._open)
        lacks = [] if self._asker.top else [SAID]
        self._lacks = self._warns(*lacks, *([] if self._continues else [UNHELD]))

    async def _open(self, those: list[RemoteServer]) -> None:
        asker = await opened_asker(those, replace(self._address, votes=1), self._sleep)
        endpoint = asker.endpoint
        manners = {await manner_of(server, endpoint, self._address.steps) for server in those}
        manner = manners.pop() if len(manners) == 1 else ""
        endpoint = endpoint.taking(replace(endpoint.takes, manner=manner))
        self._continues = bool(manner)
        self._asker = VerdictAsker(endpoint, asker.top, 1)

    @property
    def info(self) -> ModelInfo:
        return ModelInfo(self._asker.endpoint.model.name, device="remote")

    def write(
        self, chains: Sequence[Chain], sampling: Sampling, watch: Watch
    ) -> list[WrittenChain]:
        """See `ReasoningModel`. Raises `RemoteError` too: the server failed."""

        async def work(those: list[RemoteServer]) -> list[WrittenChain]:
            return await side_by_side(
                self._write(self._server_of(those, chain.problem), chain, sampling, watch)
                for chain in chains
            )

        for chain in chains:
            self._lacks.warn(chain.run, watch)
        return self._servers.run(work, watch)

    def read(self, queries: Sequence[VerdictQuery], watch: Watch) -> list[Verdicts]:
        """See `ReasoningModel`. Raises as `write`."""

        async def work(those: list[RemoteServer]) -> list[Verdicts]:
            read = self._read if self._continues else self._read_what_was_said
            return await side_by_side(
                read(self._server_of(those, query.chain.problem), query, watch) for query in queries
            )

        return self._servers.run(work, watch)

    def release(self, run: str, chains: Sequence[tuple[Chain, Chain | None]] | None) -> None:
        """A run that is over is forgotten; what a server keeps of it, it frees by itself."""
        if chains is None:
            self._forget(run)

    async def _write(
        self, server: RemoteServer, chain: Chain, sampling: Sampling, watch: Watch
    ) -> WrittenChain:
        held = self._continues
        turns: tuple[Turn, ...] = chain.messages
        if held and chain.opening:
            turns = (*turns, ("assistant", _opening(chain)))
        ask = ChatAsk(
            turns,
            chain.limit,
            sampling.temperature,
            sampling.top_p,
            chain.seed,
            # What is not asked for its verdict afterwards has to come to it by itself.
            chain.stops if held or not self._prompt.closing else (),
            top=0 if held else self._asker.top,
        )
        async with server.gate.turn(chain.run):
            reply = await self._asker.endpoint.ask(
                server, ask, on_wait=busy_warning(watch, "verifier")
            )
        text = f"{reply.thought}\n{reply.text}" if reply.thought else reply.text
        if not held:
            text = self._remembered(chain, reply, text)
        read, known = reply.read
        return WrittenChain(text, reply.ended != "end", Bill(reply.written + read, known))

    def _remembered(self, chain: Chain, reply: ChatReply, text: str) -> str:
        """Keeps what its verdicts are read from; the text before its closing, without opening."""
        verdict = -1
        whole = text
        if self._prompt.closing:
            found = _last_verdict(self._prompt.closing + self._lead, self._words, text)
            if found is not None:
                text, verdict = text[: found.start()].rstrip(), found.start("verdict")
        with self._guard:
            self._written[chain] = _Written(reply, len(whole) - len(reply.text), verdict)
            while len(self._written) > _MOST_REMEMBERED:
                self._written.popitem(last=False)
        opening = chain.opening.strip()
        return text.lstrip().removeprefix(opening) if opening else text

    async def _read(self, server: RemoteServer, query: VerdictQuery, watch: Watch) -> Verdicts:
        chain = query.chain
        said, bill = _opening(chain), Bill()
        values: list[float | None] = []
        for number, (piece, right) in enumerate(query.pieces):
            said += piece + self._prompt.closing + self._lead
            turns = (*chain.messages, ("assistant", said))
            verdict = await self._verdict(
                server, turns, _LIMIT, f"{chain.seed}/{number}", chain.run, watch
            )
            values.append(None if isinstance(verdict, NoVerdict) else verdict.score)
            bill += Bill(verdict.tokens, verdict.reused)
            said += (self._prompt.right if right else self._prompt.wrong)[len(self._lead) :]
        return Verdicts(tuple(values), bill)

    async def _read_what_was_said(
        self, server: RemoteServer, query: VerdictQuery, watch: Watch
    ) -> Verdicts:
        chain = query.chain
        with self._guard:
            written = self._written.get(chain)
        if not self._prompt.closing:
            return Verdicts(tuple(self._boxed(written, query)), Bill())
        if written is not None and written.verdict >= 0:
            at = written.verdict - written.before
            chance = chance_at(written.reply, at, self._words)
            if chance is not None:
                if not chance.exact:
                    self._inexact.warn(chain.run, watch)
                return Verdicts((chance.score,), Bill())
            said = self._words.said(_text_of(written)[written.verdict :])
            if said is not None:
                return Verdicts((float(self._words.is_good(said[0])),), Bill())
        text = _text_of(written) if written is not None else query.pieces[0][0]
        asked = _AFTERWARDS.format(good=self._words.good, bad=self._words.bad)
        turns = (*chain.messages, ("assistant", text.strip() or "…"), ("user", asked))
        verdict = await self._verdict(
            server, turns, _AFTERWARDS_LIMIT, f"{chain.seed}/afterwards", chain.run, watch
        )
        score = None if isinstance(verdict, NoVerdict) else verdict.score
        return Verdicts((score,), Bill(verdict.tokens, verdict.reused))

    def _boxed(self, written: _Written | None, query: VerdictQuery) -> list[float]:
        """By the probability of each box's word where it is known; else by the word."""
        values, end = [], 0
        for piece, right in query.pieces:
            value = float(right)
            if written is not None:
                text = _text_of(written)
                end = text.index(piece, end) + len(piece)
                at = text.find(self._words.good if right else self._words.bad, end)
                chance = chance_at(written.reply, at - written.before, self._words)
                value = value if chance is None else chance.score
            values.append(value)
        return values

    async def _verdict(
        self,
        server: RemoteServer,
        turns: tuple[Turn, ...],
        limit: int,
        place: str,
        run: str,
        watch: Watch,
    ) -> ChatVerdict | NoVerdict:
        on_wait = busy_warning(watch, "verifier")
        try:
            verdict = await self._asker.ask(server, turns, self._words, limit, place, run, on_wait)
        except NoVerdict as error:
            return error
        if not verdict.exact:
            self._inexact.warn(run, watch)
        return verdict


def _opening(chain: Chain) -> str:
    """Chat templates end with a line break of their own where the assistant's turn begins."""
    return chain.opening.removeprefix("\n")


def _words(prompt: ReasoningPrompt) -> tuple[str, VerdictWords]:
    """What both verdicts begin with, and the words behind it."""
    alike = takewhile(
        lambda pair: pair[0] == pair[1], zip(prompt.right, prompt.wrong, strict=False)
    )
    lead = "".join(letter for letter, _ in alike).rstrip()
    good, bad = (said[len(lead) :].strip(" }") for said in (prompt.right, prompt.wrong))
    return lead, VerdictWords(good, bad)


def _last_verdict(closing: str, words: VerdictWords, text: str) -> re.Match[str] | None:
    """The last place where a text says its verdict behind the last line of the closing, however it
    is dressed; None: nowhere."""
    line = closing.strip().splitlines()[-1]
    mark = r"\W*".join(re.escape(part) for part in re.findall(r"\w+", line))
    either = f"{re.escape(words.good)}|{re.escape(words.bad)}"
    pattern = rf"{mark}\W*(?P<verdict>{either})(?!\w)"
    found = None
    for found in re.finditer(pattern, text, re.IGNORECASE):  # noqa: B007
        pass
    return found


def _text_of(written: _Written) -> str:
    reply = written.reply
    return f"{reply.thought}\n{reply.text}" if reply.thought else reply.text
