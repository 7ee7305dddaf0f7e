"""The tokenizer of a format over a server: one of this process, or the server's own."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.engine.running_text import RunningText
from search_core.remote.errors import RemoteError
from search_core.remote.server import RemoteServer
from search_core.remote.tokens import LocalTokens, ServerTokens
from search_core.steps.splitting import in_common
from search_core.verifiers.formats.tokenizers import (
    ChatTokenizer,
    Ids,
    LocalTokenizer,
    Message,
)

_MOST_REMEMBERED = 256
"""Chats."""
_OTHER_WORDS = ("name8q1z", "word3d9b")
"""Stand where a slot stood; the first and the last letter of one of them differ from its."""


def chat_tokenizer(tokens: LocalTokens | ServerTokens, server: RemoteServer) -> ChatTokenizer:
    """What tokenises for this server."""
    if isinstance(tokens, LocalTokens):
        return LocalTokenizer(tokens.tokenizer, date=tokens.date)
    return ServerTokenizer(tokens, server)


class ServerTokenizer:
    """A `ChatTokenizer` that the server lends.

    It takes special tokens that are spelt out in a text for special tokens, and does not say which
    one ends a text.

    Args:
        tokens: What asks it.
        server: The server.
    """

    def __init__(self, tokens: ServerTokens, server: RemoteServer) -> None:
        self._tokens, self._server = tokens, server
        self._running = RunningText(self.plain)
        self._begin: Ids | None = None
        self._chats: dict[tuple[tuple[Message, ...], bool], Ids] = {}
        self._pieces: dict[tuple[tuple[Message, ...], tuple[str, ...], bool], list[Ids]] = {}

    @property
    def chats(self) -> bool:
        return self._tokens.chats

    @property
    def end(self) -> int | None:
        """Raises `RemoteError`: nobody asks for it who can do without."""
        raise self._unnamed("does not say which token ends a turn")

    async def begin(self) -> Ids:
        if self._begin is None:
            bare = await self._tokens.text(self._server, "1")
            begun = await self._tokens.text(self._server, "1", begins=True)
            count = len(begun) - len(bare)
            if begun[count:] != bare:
                raise self._unnamed("tokenises a text otherwise where it begins")
            self._begin = begun[:count]
        return self._begin

    async def plain(self, text: str) -> Ids:
        return await self._tokens.text(self._server, text) if text else ()

    async def step(self, text: str) -> Ids:
        return await self._running.step(text)

    async def special(self, text: str) -> Ids:
        return await self._tokens.special(self._server, text) if text else ()

    async def last_id(self, text: str) -> int:
        ids = await self.plain(text)
        if not ids:
            raise RemoteError(f"Server {self._server.name} has no token for {text!r}.")
        return ids[-1]

    async def only_id(self, token: str) -> int:
        ids = await self.special(token)
        if len(ids) != 1:
            raise RemoteError(
                f"Server {self._server.name} knows no {token}, which ends each step in this "
                "format. Choose another format, or another model."
            )
        return ids[0]

    async def conversation(self, messages: Sequence[Message], *, answer: bool) -> Ids:
        if not self.chats:
            raise self._unnamed(
                "lends no tokenizer with a chat template, and this format is a chat"
            )
        key = tuple(messages), answer
        if key not in self._chats:
            said = [{"role": role, "content": content} for role, content in messages]
            ids = await self._tokens.chat(self._server, said, answer=answer)
            if len(self._chats) >= _MOST_REMEMBERED:
                self._chats.clear()
            self._chats[key] = ids
        return self._chats[key]

    async def around(
        self, messages: Sequence[Message], slots: Sequence[str], *, answer: bool
    ) -> list[Ids]:
        """The server gives no text, so it is asked for the chat with other words in each slot: what
        changes is the slot. It must come out as the slot's own tokens."""
        key = tuple(messages), tuple(slots), answer
        if key not in self._pieces:
            self._pieces[key] = await self._found(messages, slots, answer)
        return self._pieces[key]

    async def _found(
        self, messages: Sequence[Message], slots: Sequence[str], answer: bool
    ) -> list[Ids]:
        whole = await self.conversation(messages, answer=answer)
        pieces, start = [], 0
        for slot in slots:
            begins, ends = len(whole), 0
            for word in _OTHER_WORDS:
                said = [(role, content.replace(slot, word)) for role, content in messages]
                other = await self.conversation(said, answer=answer)
                begins = min(begins, in_common(whole, other))
                ends = max(ends, len(whole) - in_common(whole[::-1], other[::-1]))
            if begins < start or whole[begins:ends] != await self.plain(slot):
                raise self._unnamed(
                    "has a chat template that writes what is said into one token with its own text"
                )
            pieces.append(whole[start:begins])
            start = ends
        return [*pieces, whole[start:]]

    def _unnamed(self, what: str) -> RemoteError:
        return RemoteError(
            f"Server {self._server.name} {what}. Put #tokenizer=FOLDER after the verifier's "
            "address."
        )
