"""What the solver's server reads: the problem, earlier attempts, the path so far."""

from __future__ import annotations

from functools import partial

from search_core.engine.path_tokens import REVISION_REQUEST
from search_core.engine.running_text import DELIMITER, RunningText
from search_core.protocols import SampleRequest, TokenIds
from search_core.remote.completions import Prompt
from search_core.remote.server import RemoteServer
from search_core.remote.tokens import Tokens
from search_core.steps import rest_of

_READ_SHARE = 0.75
"""Of the context: what a problem and earlier attempts may fill, so that a new one has room."""
_MOST_REMEMBERED = 1024
"""Beginnings of paths, and ends of steps."""


class RemotePrompts:
    """Prompts that only ever grow along a path, as the in-process engine's do.

    With a tokenizer they are ids: the chat template with the problem in it (or, without a
    template, the problem and a blank line), then each step with its delimiter: in the ids that the
    model wrote where the server gave them, else as it would stand in running text. Without any
    they are text of the second form, and the server puts in front what it puts in front.

    Args:
        tokens: The tokenizer; None: there is none.
        system_prompt: System message before the problem; "" for none.
        context: Tokens that the model reads at most; None: not known.
    """

    def __init__(self, tokens: Tokens | None, system_prompt: str, context: int | None) -> None:
        self._tokens = tokens
        self._system_prompt = system_prompt
        self._context = context
        self.revises = tokens is not None and tokens.chats
        self._begun: dict[tuple[int, str, object], TokenIds] = {}
        self._rests: dict[TokenIds, str | None] = {}
        self._running: dict[int, RunningText] = {}

    def told(self, system_prompt: str) -> RemotePrompts:
        """The same with another system prompt."""
        return RemotePrompts(self._tokens, system_prompt, self._context)

    async def prompt(self, server: RemoteServer, request: SampleRequest) -> Prompt:
        """What comes before the next step of this request."""
        tokens = self._tokens
        if tokens is None:
            steps = "".join(step + DELIMITER for step in request.steps)
            return self._plain(request.problem) + DELIMITER + steps + request.opening
        key = id(server), request.problem, request.attempts
        if key not in self._begun:
            if len(self._begun) >= _MOST_REMEMBERED:
                self._begun.clear()
            self._begun[key] = await self._beginning(server, tokens, request)
        ids = list(self._begun[key])
        own = request.step_ids or (None,) * len(request.steps)
        for end, (step, known) in enumerate(zip(request.steps, own, strict=True), start=1):
            # What the model began of a next step that somebody else wrote is left out.
            goes_on = end == len(own) or own[end] is not None
            if known is not None and (goes_on or not await self.rest(server, known)):
                ids += known
            else:
                ids += await self._text(server, tokens).step(step)
        return (*ids, *await self.opening(server, request))

    async def opening(self, server: RemoteServer, request: SampleRequest) -> TokenIds:
        """Ids of how its step must begin."""
        if not request.opening or self._tokens is None:
            return ()
        return await self._text(server, self._tokens).opening(request.opening)

    async def rest(self, server: RemoteServer, ids: TokenIds) -> str | None:
        """What the token with a step's delimiter holds behind it: the next step begins with it.

        None: nobody can say, so that these ids are not to be gone on from.
        """
        if self._tokens is None:
            return None
        tail = ids[-2:]
        if tail not in self._rests:
            if len(self._rests) >= _MOST_REMEMBERED:
                self._rests.clear()
            self._rests[tail] = await self._find_rest(server, self._tokens, tail)
        return self._rests[tail]

    async def _find_rest(self, server: RemoteServer, tokens: Tokens, tail: TokenIds) -> str | None:
        last = await tokens.decoded(server, tail[-1:])
        if last is None:
            return None
        rest = rest_of("", last)
        if rest is not None or len(tail) < 2:  # Most delimiters are one token.
            return rest
        before, both = await tokens.decoded(server, tail[:1]), await tokens.decoded(server, tail)
        return None if before is None or both is None else rest_of(before, both)

    def room(self, prompt: Prompt, wanted: int) -> int:
        """Tokens that a step may have: `wanted`, or what is left of the context; 0: none is."""
        if self._context is None or isinstance(prompt, str):
            return wanted
        return max(0, min(wanted, self._context - len(prompt)))

    def _text(self, server: RemoteServer, tokens: Tokens) -> RunningText:
        if id(server) not in self._running:
            self._running[id(server)] = RunningText(partial(tokens.text, server))
        return self._running[id(server)]

    async def _beginning(
        self, server: RemoteServer, tokens: Tokens, request: SampleRequest
    ) -> TokenIds:
        if not tokens.chats:
            begins = partial(tokens.text, server, begins=True)
            return await self._text(server, tokens).beginning(self._plain(request.problem), begins)
        attempts = request.attempts
        while True:
            ids = await tokens.chat(server, self._messages(request.problem, attempts))
            # It depends on nothing but problem and attempts, so a path's ids only ever grow.
            fits = self._context is None or len(ids) <= _READ_SHARE * self._context
            if fits or len(attempts) < 2:
                return ids
            attempts = attempts[1:]

    def _messages(
        self, problem: str, attempts: tuple[tuple[str, ...], ...]
    ) -> list[dict[str, str]]:
        said = [("system", self._system_prompt)] if self._system_prompt else []
        said.append(("user", problem))
        for steps in attempts:
            said += [("assistant", DELIMITER.join(steps)), ("user", REVISION_REQUEST)]
        return [{"role": role, "content": content} for role, content in said]

    def _plain(self, problem: str) -> str:
        return DELIMITER.join(part for part in (self._system_prompt, problem) if part)
