"""What the solver's server reads: the problem, earlier attempts, the path so far."""

from __future__ import annotations

from search_core.engine.path_tokens import DELIMITER, REVISION_REQUEST
from search_core.protocols import SampleRequest
from search_core.remote.completions import Prompt
from search_core.remote.server import RemoteServer
from search_core.remote.tokens import Tokens

_READ_SHARE = 0.75
"""Of the context: what a problem and earlier attempts may fill, so that a new one has room."""
_MOST_REMEMBERED = 1024
"""Beginnings of paths."""


class RemotePrompts:
    """Prompts that only ever grow along a path, as the in-process engine's do.

    With a tokenizer they are ids: the chat template with the problem in it (or, without a
    template, the problem and a blank line), then each step with its delimiter. Without any they
    are text of the second form, and the server puts in front what it puts in front.

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
        self._begun: dict[tuple[int, str, object], tuple[int, ...]] = {}

    async def prompt(self, server: RemoteServer, request: SampleRequest) -> Prompt:
        """What comes before the next step of this request."""
        if self._tokens is None:
            steps = "".join(step + DELIMITER for step in request.steps)
            return self._plain(request.problem) + steps + request.opening
        key = id(server), request.problem, request.attempts
        if key not in self._begun:
            if len(self._begun) >= _MOST_REMEMBERED:
                self._begun.clear()
            self._begun[key] = await self._beginning(server, self._tokens, request)
        ids = list(self._begun[key])
        for step in request.steps:
            ids += await self._tokens.text(server, step + DELIMITER)
        if request.opening:
            ids += await self._tokens.text(server, request.opening)
        return tuple(ids)

    def room(self, prompt: Prompt, wanted: int) -> int:
        """Tokens that a step may have: `wanted`, or what is left of the context; 0: none is."""
        if self._context is None or isinstance(prompt, str):
            return wanted
        return max(0, min(wanted, self._context - len(prompt)))

    async def _beginning(
        self, server: RemoteServer, tokens: Tokens, request: SampleRequest
    ) -> tuple[int, ...]:
        if not tokens.chats:
            return await tokens.text(server, self._plain(request.problem), begins=True)
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
        parts = (self._system_prompt, problem)
        return "".join(part + DELIMITER for part in parts if part)
