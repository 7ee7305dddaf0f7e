"""The tokenizer that a server lends gives a format what one of this process gives it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from search_core.engine.coroutines import completed
from search_core.engine.path_tokens import TEMPLATE_DATE
from search_core.remote import RemoteError
from search_core.remote.chat_tokenizer import ServerTokenizer
from search_core.verifiers.formats.tokenizers import LocalTokenizer
from tests.tiny_models import tiny_tokenizer

TEMPLATE = (
    "{% for m in messages %}<|user|>{{ m['role'] }}: {{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
TURNS = [("user", "slot1a"), ("assistant", "slot2b"), ("user", "slot3c")]
SLOTS = ("slot1a", "slot2b", "slot3c")


class Server:
    """A server by name."""

    name = "localhost:1"


class LentTokens:
    """What a server answers, from a tokenizer of its own.

    Args:
        tokenizer: As a server has one.
        join: Tokens that it makes one of.
    """

    def __init__(self, tokenizer: Any, join: tuple[int, int] | None = None) -> None:
        self._tokenizer, self._join = tokenizer, join
        self.chats = bool(tokenizer.chat_template)
        self.asked = 0

    async def chat(
        self, server: Server, messages: Sequence[Mapping[str, str]], *, answer: bool = True
    ) -> tuple[int, ...]:
        self.asked += 1
        text = self._tokenizer.apply_chat_template(
            list(messages), add_generation_prompt=answer, tokenize=False, date_string=TEMPLATE_DATE
        )
        return self._ids(text)

    async def text(self, server: Server, text: str, *, begins: bool = False) -> tuple[int, ...]:
        return ((0,) if begins else ()) + self._ids(text)

    async def special(self, server: Server, text: str) -> tuple[int, ...]:
        return self._ids(text)

    def _ids(self, text: str) -> tuple[int, ...]:
        ids = list(self._tokenizer(text, add_special_tokens=False)["input_ids"])
        if self._join is None:
            return tuple(ids)
        joined: list[int] = []
        for token in ids:
            if joined and (joined[-1], token) == self._join:
                joined[-1] = 1000
            else:
                joined.append(token)
        return tuple(joined)


def lent(template: str = TEMPLATE, join: tuple[int, int] | None = None) -> ServerTokenizer:
    tokens = LentTokens(tiny_tokenizer(template), join)
    return ServerTokenizer(tokens, Server())  # type: ignore[arg-type]


@pytest.mark.parametrize("answer", [False, True])
def test_what_stands_around_slots_is_found_by_changing_them(answer: bool) -> None:
    here = LocalTokenizer(tiny_tokenizer(TEMPLATE))
    expected = completed(here.around(TURNS, SLOTS, answer=answer))
    there = lent()
    assert asyncio.run(there.around(TURNS, SLOTS, answer=answer)) == expected
    asked = there._tokens.asked  # type: ignore[attr-defined]
    assert asyncio.run(there.around(TURNS, SLOTS, answer=answer)) == expected
    assert there._tokens.asked == asked, "it is asked once"  # type: ignore[attr-defined]


def test_a_template_that_grows_into_a_slot_is_refused() -> None:
    space, letter = (tiny_tokenizer()(text)["input_ids"][0] for text in (" ", "s"))
    with pytest.raises(RemoteError, match=r"into one token.*#tokenizer=FOLDER"):
        asyncio.run(lent(join=(space, letter)).around(TURNS, SLOTS, answer=True))


def test_a_server_without_a_template_is_refused() -> None:
    with pytest.raises(RemoteError, match="no tokenizer with a chat template"):
        asyncio.run(lent("").around(TURNS, SLOTS, answer=True))


def test_a_chat_is_asked_for_once() -> None:
    there = lent()
    ids = [asyncio.run(there.conversation([("user", "1 + 1")], answer=True)) for _ in range(2)]
    assert ids[0] == ids[1]
    assert there._tokens.asked == 1  # type: ignore[attr-defined]
    assert asyncio.run(there.conversation([("user", "1 + 1")], answer=False)) != ids[0]


def test_texts() -> None:
    there = lent()
    assert asyncio.run(there.begin()) == (0,)
    assert asyncio.run(there.plain("")) == ()
    assert asyncio.run(there.only_id("<|end|>")) == 3
    last = tiny_tokenizer()("+")["input_ids"][-1]
    assert asyncio.run(there.last_id("so +")) == last
    with pytest.raises(RemoteError, match="knows no <extra_0>"):
        asyncio.run(there.only_id("<extra_0>"))
    with pytest.raises(RemoteError, match="does not say which token ends a turn"):
        assert there.end


def test_a_format_that_waits_for_something_else_is_named() -> None:
    async def waits() -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="only awaits what its ChatTokenizer gives"):
        completed(waits())
