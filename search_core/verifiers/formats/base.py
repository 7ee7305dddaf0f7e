"""What a format is, and the tokens that formats are made of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol

from search_core.engine.path_tokens import TEMPLATE_DATE
from search_core.engine.reading.path_reading import PathText

Ids = tuple[int, ...]

_TEXTS = 4096
"""How many tokenised texts are remembered."""


class Format(Protocol):
    """How one family of verifiers reads a path."""

    def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        """What is read to score `steps[first:]`: their positions together, in order.

        The ids only ever grow: up to `keep`, those of a path begin with those of every path
        that it continues.

        Args:
            problem: Problem text.
            steps: The whole path.
            first: Index of the first step whose score is wanted.
            finished: Whether the last step ended the solution.
        """
        ...


class Words:
    """Tokenises for one model: text as plain text, and the pieces of its chat template.

    Special tokens spelt out in a text are ordinary text. Not thread-safe.

    Args:
        tokenizer: A transformers tokenizer.
        date: What templates that write today's date are given.
    """

    def __init__(self, tokenizer: Any, date: str = TEMPLATE_DATE) -> None:
        self.tokenizer = tokenizer
        self._date = date
        self.plain = lru_cache(_TEXTS)(self._plain)

    @property
    def begin(self) -> Ids:
        """The token that begins every text; empty where the model has none."""
        bos = self.tokenizer.bos_token_id
        return () if bos is None else (bos,)

    def last_id(self, text: str) -> int:
        """The id that stands for a short text, as published code asks for it."""
        return int(self.tokenizer.encode(text)[-1])

    def only_id(self, token: str) -> int:
        """The id of a special token.

        Raises:
            ValueError: The tokenizer has no such token.
        """
        found = self.tokenizer.get_added_vocab().get(token)
        if found is None:
            raise ValueError(
                f"The tokenizer has no token {token}, which ends each step in this format. "
                "Choose another format."
            )
        return int(found)

    def chat(self, messages: Sequence[tuple[str, str]], answer: bool) -> str:
        """The chat template's text of these messages, each (role, content).

        Args:
            answer: Whether the assistant is about to speak.

        Raises:
            ValueError: The tokenizer has no chat template.
        """
        self._check_template()
        text: str = self.tokenizer.apply_chat_template(
            [{"role": role, "content": content} for role, content in messages],
            add_generation_prompt=answer,
            tokenize=False,
            date_string=self._date,
        )
        return text

    def conversation(self, messages: Sequence[tuple[str, str]], answer: bool) -> Ids:
        """Ids of a whole chat, each message (role, content) ordinary text.

        Args:
            answer: Whether the assistant is about to speak.

        Raises:
            ValueError: The tokenizer has no chat template.
        """
        self._check_template()
        ids = self.tokenizer.apply_chat_template(
            [{"role": role, "content": content} for role, content in messages],
            add_generation_prompt=answer,
            return_dict=False,
            sanitize_control_tokens=True,
            date_string=self._date,
        )
        return tuple(ids)

    def frame(self, text: str) -> Ids:
        """Ids of a piece of a chat template, its special tokens included."""
        encoded = self.tokenizer(text, add_special_tokens=False)
        return tuple(encoded["input_ids"])

    def _check_template(self) -> None:
        if not self.tokenizer.chat_template:
            raise ValueError(
                "The tokenizer has no chat template, and this format is a chat. Choose another "
                "format, or a chat model."
            )

    def _plain(self, text: str) -> Ids:
        encoded = self.tokenizer(text, add_special_tokens=False, split_special_tokens=True)
        return tuple(encoded["input_ids"])


def read_at_ends(
    prompt: Ids, pieces: Sequence[Ids], first: int, finished: bool, shared: int | None = None
) -> PathText:
    """A path of a prompt and one piece for each step, read at the last token of each.

    Args:
        shared: How much of it all paths of the problem have in common; None: the prompt.
    """
    ends, length = [], len(prompt)
    for piece in pieces:
        length += len(piece)
        ends.append(length - 1)
    ids = sum(pieces, prompt)
    start = len(prompt) if shared is None else shared
    # Nothing continues a finished solution.
    keep = start if finished else len(ids)
    return PathText(ids, tuple(ends[first:]), start, ends[first - 1] + 1 if first else start, keep)


def in_common(one: Ids, other: Ids) -> int:
    """How many ids both begin with."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def parts_of(text: str, *slots: str) -> list[str]:
    """The text around and between slots that occur in it once each, in this order.

    Raises:
        ValueError: They do not: the chat template drops, repeats or reorders messages.
    """
    parts = []
    rest = text
    for slot in slots:
        before, found, rest = rest.partition(slot)
        if not found or slot in rest:
            raise ValueError(
                "The chat template does not write every message once and in order, so a path "
                "could not grow in it. Choose another format."
            )
        parts.append(before)
    return [*parts, rest]
