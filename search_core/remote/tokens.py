"""Token ids of texts and conversations: by a tokenizer that is here, or by the server.

Ids and not text are sent where that is possible: a path's ids are then those of its prefix and
a few more, byte for byte, which a prefix cache needs; nothing is put in front of them; and
their number is known before a request is refused for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from search_core.engine.chat_template import ChatTemplate, Messages, without_system_turn
from search_core.engine.path_tokens import TEMPLATE_DATE
from search_core.remote.errors import RemoteError
from search_core.remote.server import RemoteServer

_MOST_REMEMBERED = 4096
_PROBED = ("words7f3k", "words2m9x")
"""Two system messages, to see whether it matters what one says."""
_TRY_LATER = frozenset({408, 429, 502, 503, 504})
"""What a server answers that is too busy to say anything of the chat."""


class Tokens(Protocol):
    """Turns text into the ids of one model.

    Attributes:
        chats: Whether there is a chat template.
        end: Id that ends a text; None: not known.
    """

    chats: bool
    end: int | None

    async def chat(
        self, server: RemoteServer, messages: Messages, *, answer: bool = True
    ) -> tuple[int, ...]:
        """Ids of a conversation. `answer`: up to where the assistant's next turn begins."""
        ...

    async def text(
        self, server: RemoteServer, text: str, *, begins: bool = False
    ) -> tuple[int, ...]:
        """Ids of a text. `begins`: with what the model wants at a beginning."""
        ...

    async def special(self, server: RemoteServer, text: str) -> tuple[int, ...]:
        """Ids of a text in which special tokens count as such."""
        ...

    async def decoded(self, server: RemoteServer, ids: Sequence[int]) -> str | None:
        """Their text; None: there is nobody to ask."""
        ...


class LocalTokens:
    """A tokenizer in this process. Special tokens spelt out in a text are ordinary text.

    Args:
        tokenizer: A transformers tokenizer; used by one thread only, that of the loop.
        date: The day that a chat template is told it is.
    """

    def __init__(self, tokenizer: Any, date: str = TEMPLATE_DATE) -> None:
        self.tokenizer = tokenizer
        self.date = date
        self._template = ChatTemplate(tokenizer, date)
        self.chats = bool(tokenizer.chat_template)
        self.end: int | None = tokenizer.eos_token_id

    async def chat(
        self, server: RemoteServer, messages: Messages, *, answer: bool = True
    ) -> tuple[int, ...]:
        return self._template.ids(messages, answer=answer)

    async def text(
        self, server: RemoteServer, text: str, *, begins: bool = False
    ) -> tuple[int, ...]:
        encoded = self.tokenizer(text, add_special_tokens=False, split_special_tokens=True)
        first = self.tokenizer.bos_token_id if begins else None
        return (() if first is None else (first,)) + tuple(encoded["input_ids"])

    async def special(self, server: RemoteServer, text: str) -> tuple[int, ...]:
        return tuple(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    async def decoded(self, server: RemoteServer, ids: Sequence[int]) -> str | None:
        text: str = self.tokenizer.decode(
            list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text


class ServerTokens:
    """The server's own tokenizer and chat template: vLLM's `/tokenize`.

    It takes special tokens that are spelt out in a text for special tokens; name a tokenizer
    where strangers type problems and that matters.

    Where the template refuses a system turn, or leaves out what it says, the system message
    stands at the beginning of the user's turn, as with a tokenizer that is here.

    Args:
        model: The model's name on the server.
    """

    end: int | None = None

    def __init__(self, model: str, date: str = TEMPLATE_DATE) -> None:
        self._model = model
        self._date = date
        self.chats = True
        self._takes_system: bool | None = None
        self._known: dict[tuple[str, bool], tuple[int, ...]] = {}

    async def chat(
        self, server: RemoteServer, messages: Messages, *, answer: bool = True
    ) -> tuple[int, ...]:
        if any(message["role"] == "system" for message in messages):
            if self._takes_system is None:
                self._takes_system = await self._says_system(server)
            if not self._takes_system:
                messages = without_system_turn(messages)
        return await self._chat(server, messages, answer)

    async def _says_system(self, server: RemoteServer) -> bool:
        chats = [
            [{"role": "system", "content": words}, {"role": "user", "content": "1 + 1"}]
            for words in _PROBED
        ]
        try:
            one, other = [await self._chat(server, chat, True) for chat in chats]
        except RemoteError as error:
            if not error.status or error.status in _TRY_LATER:
                raise
            # That it is the system turn that it refuses, shows in that it takes the other.
            await self._chat(server, without_system_turn(chats[0]), True)
            return False
        return one != other

    async def _chat(
        self, server: RemoteServer, messages: Messages, answer: bool
    ) -> tuple[int, ...]:
        body = {
            "model": self._model,
            "messages": [dict(message) for message in messages],
            "add_generation_prompt": answer,
            "chat_template_kwargs": {"date_string": self._date},
        }
        return await self._asked(server, body)

    async def text(
        self, server: RemoteServer, text: str, *, begins: bool = False
    ) -> tuple[int, ...]:
        known = self._known.get((text, begins))
        if known is None:
            body = {"model": self._model, "prompt": text, "add_special_tokens": begins}
            known = await self._asked(server, body)
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[text, begins] = known
        return known

    async def special(self, server: RemoteServer, text: str) -> tuple[int, ...]:
        return await self.text(server, text)

    async def decoded(self, server: RemoteServer, ids: Sequence[int]) -> str | None:
        body = {"model": self._model, "tokens": list(ids)}
        try:
            reply = await server.post(f"{server.root}/detokenize", body)
        except RemoteError as error:
            if not error.status or error.status in _TRY_LATER:
                raise
            return None
        # The first name is vLLM's, the second llama.cpp's.
        text = reply.get("prompt", reply.get("content"))
        return text if isinstance(text, str) else None

    async def _asked(self, server: RemoteServer, body: Mapping[str, Any]) -> tuple[int, ...]:
        return _ids(server, await server.post(f"{server.root}/tokenize", body))


class LlamaCppTokens(ServerTokens):
    """The same of a llama.cpp server, whose `/apply-template` gives text."""

    async def _chat(
        self, server: RemoteServer, messages: Messages, answer: bool
    ) -> tuple[int, ...]:
        body = {
            "messages": [dict(message) for message in messages],
            "add_generation_prompt": answer,
            "chat_template_kwargs": {"date_string": self._date},
        }
        text = (await server.post(f"{server.root}/apply-template", body)).get("prompt")
        if not isinstance(text, str):
            raise RemoteError(f"Server {server.name} applied its chat template and gave no text.")
        return await self._asked(
            server, {"content": text, "add_special": True, "parse_special": True}
        )

    async def text(
        self, server: RemoteServer, text: str, *, begins: bool = False
    ) -> tuple[int, ...]:
        body = {"content": text, "add_special": begins, "parse_special": False}
        return await self._asked(server, body)

    async def special(self, server: RemoteServer, text: str) -> tuple[int, ...]:
        return await self._asked(server, {"content": text, "parse_special": True})


async def server_tokens(server: RemoteServer, model: str, maker: str) -> ServerTokens | None:
    """The server's tokenizer, if it lets others use it; None if not."""
    tokens = LlamaCppTokens(model) if maker == "llamacpp" else ServerTokens(model)
    try:
        await tokens.chat(server, [{"role": "user", "content": "1 + 1"}])
        return tokens
    except RemoteError as error:
        if not error.status:
            raise
    try:  # A model without a chat template.
        await tokens.text(server, "1 + 1", begins=True)
    except RemoteError as error:
        if not error.status:
            raise
        return None
    tokens.chats = False
    return tokens


def _ids(server: RemoteServer, reply: Mapping[str, Any]) -> tuple[int, ...]:
    ids = reply.get("tokens")
    if not isinstance(ids, list) or not all(isinstance(token, int) for token in ids):
        raise RemoteError(f"Server {server.name} was asked to tokenise and gave no token ids.")
    return tuple(ids)
