"""The tokens that formats are made of: by a tokenizer that is here, or by a server that has one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol

from search_core.engine.chat_template import ChatTemplate
from search_core.engine.coroutines import completed
from search_core.engine.path_tokens import TEMPLATE_DATE
from search_core.engine.running_text import RunningText
from search_core.protocols import UsageError

Ids = tuple[int, ...]
Message = tuple[str, str]
"""(role, content)."""

_TEXTS, _CHATS = 4096, 256
"""How many tokenised texts and chats are remembered."""


class ChatTokenizer(Protocol):
    """Tokenises for one model: plain text, whole chats, and the pieces of its chat template.

    What it is asked for may have to come from a server, so it is awaited. Where the tokenizer is in
    this process nothing is ever waited for, and `completed` does without an event loop.
    """

    @property
    def chats(self) -> bool:
        """Whether there is a chat template."""
        ...

    @property
    def end(self) -> int | None:
        """The id that ends a text; None: the model has none."""
        ...

    async def begin(self) -> Ids:
        """What stands before every text; empty where the model wants nothing there."""
        ...

    async def plain(self, text: str) -> Ids:
        """Ids of a text in which special tokens spelt out are ordinary text."""
        ...

    async def step(self, text: str) -> Ids:
        """The same of a text with a blank line behind it, as both stand in running text."""
        ...

    async def special(self, text: str) -> Ids:
        """Ids of a piece of a chat template, its special tokens included."""
        ...

    async def last_id(self, text: str) -> int:
        """The id that stands for a short text, as published code asks for it."""
        ...

    async def only_id(self, token: str) -> int:
        """The id of a special token.

        Raises:
            ValueError: The tokenizer has no such token.
        """
        ...

    async def conversation(self, messages: Sequence[Message], *, answer: bool) -> Ids:
        """Ids of a whole chat, each message ordinary text.

        Args:
            answer: Whether the assistant is about to speak.

        Raises:
            ValueError: There is no chat template.
        """
        ...

    async def around(
        self, messages: Sequence[Message], slots: Sequence[str], *, answer: bool
    ) -> list[Ids]:
        """The pieces of a chat around and between slots, which occur in it once each, in order.

        Args:
            answer: Whether the assistant is about to speak.

        Raises:
            ValueError: There is no chat template, or it drops, repeats or reorders messages.
        """
        ...


class LocalTokenizer:
    """A `ChatTokenizer` of this process. Not thread-safe.

    Args:
        tokenizer: A transformers tokenizer.
        date: What templates that write today's date are given.
        end: Id that ends a text; None: the tokenizer's own.
    """

    def __init__(
        self, tokenizer: Any, *, date: str = TEMPLATE_DATE, end: int | None = None
    ) -> None:
        self._tokenizer = tokenizer
        self._chat_template = ChatTemplate(tokenizer, date)
        self._plain = lru_cache(_TEXTS)(self._tokenise)
        self._running = RunningText(self.plain)
        self._step = lru_cache(_TEXTS)(self._tokenise_step)
        self._chat = lru_cache(_CHATS)(self._tokenise_chat)
        self._pieces = lru_cache(_CHATS)(self._tokenise_around)
        own: int | None = tokenizer.eos_token_id
        self.end = own if end is None else end

    @property
    def chats(self) -> bool:
        return bool(self._tokenizer.chat_template)

    async def begin(self) -> Ids:
        bos = self._tokenizer.bos_token_id
        return () if bos is None else (bos,)

    async def plain(self, text: str) -> Ids:
        return self._plain(text)

    async def step(self, text: str) -> Ids:
        return self._step(text)

    async def special(self, text: str) -> Ids:
        return self._special(text)

    async def last_id(self, text: str) -> int:
        return int(self._tokenizer.encode(text)[-1])

    async def only_id(self, token: str) -> int:
        found = self._tokenizer.get_added_vocab().get(token)
        if found is None:
            raise UsageError(
                f"The tokenizer has no token {token}, which ends each step in this format. "
                "Choose another format."
            )
        return int(found)

    async def conversation(self, messages: Sequence[Message], *, answer: bool) -> Ids:
        return self._chat(tuple(messages), answer)

    async def around(
        self, messages: Sequence[Message], slots: Sequence[str], *, answer: bool
    ) -> list[Ids]:
        return list(self._pieces(tuple(messages), tuple(slots), answer))

    def _tokenise(self, text: str) -> Ids:
        encoded = self._tokenizer(text, add_special_tokens=False, split_special_tokens=True)
        return tuple(encoded["input_ids"])

    def _tokenise_step(self, text: str) -> Ids:
        return completed(self._running.step(text))

    def _special(self, text: str) -> Ids:
        return tuple(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def _tokenise_chat(self, messages: tuple[Message, ...], answer: bool) -> Ids:
        return self._template().ids(_said(messages), answer=answer)

    def _tokenise_around(
        self, messages: tuple[Message, ...], slots: tuple[str, ...], answer: bool
    ) -> tuple[Ids, ...]:
        text = self._template().text(_said(messages), answer=answer)
        return tuple(map(self._special, _parts(text, slots)))

    def _template(self) -> ChatTemplate:
        if not self.chats:
            raise UsageError(
                "The tokenizer has no chat template, and this format is a chat. Choose another "
                "format, or a chat model."
            )
        return self._chat_template


def _said(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in messages]


def _parts(text: str, slots: Sequence[str]) -> list[str]:
    parts = []
    rest = text
    for slot in slots:
        before, found, rest = rest.partition(slot)
        if not found or slot in rest:
            raise UsageError(
                "The chat template does not write every message once and in order, so a path "
                "could not grow in it. Choose another format."
            )
        parts.append(before)
    return [*parts, rest]
