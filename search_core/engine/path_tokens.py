"""Turns a problem and its steps into token ids, so that a path's ids only ever grow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from search_core.engine.chat_template import ChatTemplate
from search_core.protocols import UsageError

DELIMITER = "\n\n"
"""Ends a step."""
TEMPLATE_DATE = "26 Jul 2024"
"""The day that chat templates are told it is (Llama 3's own default), so that the same
problem gives the same tokens tomorrow."""
REVISION_REQUEST = (
    "This attempt may be wrong. Go through it, find the mistake if there is one, and then solve "
    "the whole problem again from the beginning, in the same form: avoid the mistake, or keep "
    "what was right."
)
"""What a chat model is asked after each of its earlier attempts."""
Attempts = Sequence[tuple[str, ...]]
_PROMPTS, _STEPS = 256, 4096
"""How many tokenised texts are remembered."""


class PathTokens:
    """Tokenises paths for one model.

    The prompt (chat template with the problem as the user's message) and each step with its
    delimiter are tokenised apart and joined, so the ids of a path are a prefix of the ids
    of everything that continues it. Earlier attempts at the problem belong to the prompt:
    each is a turn of the assistant's. Special tokens spelt out in a problem, a step or an
    attempt are ordinary text. Not thread-safe, like the tokenizer inside.

    Args:
        tokenizer: A transformers tokenizer. Without a chat template the prompt is the
            problem and a blank line.
        system_prompt: The system message; "" for none. Where the template takes no system turn
            it stands before the problem.
        date: What templates that write today's date are given.
        revision_request: The user's turn after each earlier attempt; "" for none, where a
            model was trained on attempts in a row.
    """

    def __init__(
        self,
        tokenizer: Any,
        *,
        system_prompt: str = "",
        date: str = TEMPLATE_DATE,
        revision_request: str = REVISION_REQUEST,
    ) -> None:
        self._tokenizer = tokenizer
        self._revision_request = revision_request
        self._system_prompt = system_prompt
        self._template = ChatTemplate(tokenizer, date)
        self._prompt = lru_cache(_PROMPTS)(self._tokenise_prompt)
        self._step = lru_cache(_STEPS)(self._tokenise_text)

    def prompt(self, problem: str, attempts: Attempts = ()) -> tuple[int, ...]:
        """Ids up to where the first step begins.

        Args:
            attempts: Earlier attempts, each as its steps, the oldest first.

        Raises:
            ValueError: There are attempts, and the tokenizer has no chat template; or the
                template refuses the chat.
        """
        return self._prompt(problem, tuple(attempts))

    def step(self, text: str) -> tuple[int, ...]:
        """Ids of a step and its delimiter."""
        return self._step(text + DELIMITER)

    def last_step(self, text: str, end_id: int) -> tuple[int, ...]:
        """Ids of a step that finished its solution: the end token stands for the delimiter."""
        return (*self._step(text), end_id)

    def path(
        self, problem: str, steps: Sequence[str], attempts: Attempts = (), opening: str = ""
    ) -> tuple[int, ...]:
        """Ids of a path, up to where its next step begins, or up to the end of its opening.

        An opening that is a word of its own has the same ids here and, read back later, at
        the beginning of the step that was made of it. Raises as `prompt`.
        """
        ids = list(self.prompt(problem, attempts))
        for text in steps:
            ids += self.step(text)
        if opening:
            ids += self._step(opening)
        return tuple(ids)

    def text(self, ids: Sequence[int]) -> str:
        """Text of generated ids, without special tokens."""
        decoded: str = self._tokenizer.decode(
            list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return decoded

    def _tokenise_prompt(self, problem: str, attempts: Attempts) -> tuple[int, ...]:
        if not self._tokenizer.chat_template:
            if attempts:
                raise UsageError(
                    f"There are {len(attempts)} earlier attempts to read, and the tokenizer has "
                    "no chat template to set them apart. Use a chat model for self-revision."
                )
            return self._without_template(problem)
        return self._template.ids(self._messages(problem, attempts), answer=True)

    def _messages(self, problem: str, attempts: Attempts) -> list[dict[str, str]]:
        said = [("system", self._system_prompt)] if self._system_prompt else []
        said.append(("user", problem))
        for steps in attempts:
            said.append(("assistant", DELIMITER.join(steps)))
            if self._revision_request:
                said.append(("user", self._revision_request))
        return [{"role": role, "content": content} for role, content in said]

    def _without_template(self, problem: str) -> tuple[int, ...]:
        parts = (self._system_prompt, problem)
        text = "".join(part + DELIMITER for part in parts if part)
        begin = self._tokenizer.bos_token_id
        first = () if begin is None else (begin,)
        return first + self._tokenise_text(text)

    def _tokenise_text(self, text: str) -> tuple[int, ...]:
        encoded = self._tokenizer(text, add_special_tokens=False, split_special_tokens=True)
        return tuple(encoded["input_ids"])


def end_ids(model: Any, tokenizer: Any) -> tuple[int, ...]:
    """Ids that end a solution, the tokenizer's own first; empty if the model has none."""
    generation = getattr(model, "generation_config", None)
    declared = generation.eos_token_id if generation is not None else None
    ids = [tokenizer.eos_token_id, *(declared if isinstance(declared, list) else [declared])]
    return tuple(dict.fromkeys(int(id_) for id_ in ids if id_ is not None))
