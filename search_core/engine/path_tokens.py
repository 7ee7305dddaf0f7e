"""Turns a problem and its steps into token ids, so that a path's ids only ever grow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from search_core.answers.thinking import marks
from search_core.engine.chat_template import ChatTemplate
from search_core.engine.coroutines import completed
from search_core.engine.running_text import DELIMITER, RunningText
from search_core.engine.step_texts import StepTexts
from search_core.protocols import StepIds, UsageError
from search_core.steps import BLANK_LINES, StepStyle, in_thought

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
_CONTEXT = 4
"""Steps, in which a mark may lie that spreads over several."""
_LONGEST_MARK = 24
"""Tokens, at the end of a prompt, in which a template opens a thought."""
_PROMPTS, _STEPS = 256, 4096
"""How many tokenised texts are remembered."""


class PathTokens:
    """Tokenises paths for one model.

    A step that the model wrote is the ids that it wrote. A step that is text alone is
    tokenised apart, with its delimiter, as it would stand in running text. Both are joined to
    the prompt (chat template with the problem as the user's message), so the ids of a path are
    a prefix of the ids of everything that continues it. Earlier attempts at the problem belong
    to the prompt: each is a turn of the assistant's, quoted as text. Special tokens spelt out
    in a problem, a step or an attempt are ordinary text. Not thread-safe, like the tokenizer
    inside.

    Args:
        tokenizer: A transformers tokenizer. Without a chat template the prompt is the
            problem and a blank line.
        system_prompt: The system message; "" for none. Where the template takes no system turn
            it stands before the problem.
        date: What templates that write today's date are given.
        revision_request: The user's turn after each earlier attempt; "" for none, where a
            model was trained on attempts in a row.
        ends: Whether ids end with a delimiter; None: their text says so. (Bytes that are no
            character can hide a line break in it.)
        style: How steps are written. A step that is text alone ends with a blank line in any.
    """

    def __init__(
        self,
        tokenizer: Any,
        *,
        system_prompt: str = "",
        date: str = TEMPLATE_DATE,
        revision_request: str = REVISION_REQUEST,
        ends: Callable[[tuple[int, ...]], bool] | None = None,
        style: StepStyle = BLANK_LINES,
    ) -> None:
        self._tokenizer = tokenizer
        self._revision_request, self._ends = revision_request, ends
        self._system_prompt, self._style = system_prompt, style
        self._template = ChatTemplate(tokenizer, date)
        self.texts = StepTexts(tokenizer, style)
        self._running = RunningText(self._tokenised)
        self._opens = lru_cache(_PROMPTS)(self._opens_thought)
        self._prompt = lru_cache(_PROMPTS)(self._tokenise_prompt)
        self._step = lru_cache(_STEPS)(self._tokenise_step)
        self._opening = lru_cache(_PROMPTS)(self._tokenise_opening)

    def prompt(self, problem: str, attempts: Attempts = ()) -> tuple[int, ...]:
        """Ids up to where the first step begins.

        Args:
            attempts: Earlier attempts, each as its steps, the oldest first.

        Raises:
            ValueError: There are attempts, and the tokenizer has no chat template; or the
                template refuses the chat.
        """
        return self._prompt(problem, tuple(attempts))

    def thinks(self, problem: str, steps: Sequence[str], attempts: Attempts = ()) -> bool:
        """Whether the next step begins inside of a thought: one that the prompt's end opens, or a
        step before."""
        return in_thought(DELIMITER.join(steps), self._opens(self.prompt(problem, attempts)))

    def _opens_thought(self, prompt: tuple[int, ...]) -> bool:
        end = self._tokenizer.decode(list(prompt[-_LONGEST_MARK:])).rstrip()
        found = marks(end)
        return bool(found) and found[-1].opens and found[-1].end == len(end)

    def step(self, text: str) -> tuple[int, ...]:
        """Ids of a step and its delimiter."""
        return self._step(text)

    def last_step(self, text: str, end_id: int) -> tuple[int, ...]:
        """Ids of a step that finished its solution: the end token stands for the delimiter."""
        return (*self._tokenise_text(text), end_id)

    def path(
        self,
        problem: str,
        steps: Sequence[str],
        attempts: Attempts = (),
        opening: str = "",
        step_ids: StepIds = (),
    ) -> tuple[int, ...]:
        """Ids of a path, up to where its next step begins, or up to the end of its opening.

        Raises as `prompt`.
        """
        pieces = self.pieces(steps, opening, step_ids)
        return tuple(chain(self.prompt(problem, attempts), *pieces))

    def pieces(
        self, steps: Sequence[str], opening: str = "", step_ids: StepIds = ()
    ) -> list[tuple[int, ...]]:
        """Ids of each step with its delimiter, and of the opening of the next, if there is one.

        Args:
            step_ids: Of the steps that the model wrote its own ids; () if it wrote none.
        """
        own = step_ids or (None,) * len(steps)
        pieces: list[tuple[int, ...]] = []
        for end, (text, ids) in enumerate(zip(steps, own, strict=True), start=1):
            # What the model began of a next step that somebody else wrote is left out.
            goes_on = end == len(steps) or own[end] is not None
            before = self.context(pieces)
            if ids is None or (self.texts.rest(self._with(before, ids)) and not goes_on):
                pieces.append(self._step(text))
            elif self._ended(ids, before):
                pieces.append(ids)
            else:  # It ended otherwise, and is made to go on.
                pieces.append(ids + completed(self._running.delimiter()))
        return [*pieces, self._opening(opening)] if opening else pieces

    def _ended(self, ids: tuple[int, ...], before: tuple[int, ...]) -> bool:
        """Whether a step that the model wrote behind another one ends with a delimiter."""
        rest = self.texts.rest(self._with(before, ids))
        if self._ends is None or rest is not None:
            return rest is not None
        begun = (*before[-1:], *ids) if self.texts.rest(before) else ids
        return self._ends(begun)

    def context(self, pieces: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
        """Ids from which it is read how the next step begins: of the step before, and where a
        step can begin in one and end in the next, of those before it too."""
        if self._style is BLANK_LINES or not pieces:
            return pieces[-1] if pieces else ()
        return tuple(chain.from_iterable(pieces[-_CONTEXT:]))

    def _with(self, before: tuple[int, ...], ids: tuple[int, ...]) -> tuple[int, ...]:
        return ids if self._style is BLANK_LINES else before + ids

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
        text = DELIMITER.join(part for part in parts if part)
        begin = self._tokenizer.bos_token_id
        first = () if begin is None else (begin,)
        return first + completed(self._running.beginning(text))

    def _tokenise_step(self, text: str) -> tuple[int, ...]:
        return completed(self._running.step(text))

    def _tokenise_opening(self, text: str) -> tuple[int, ...]:
        return completed(self._running.opening(text))

    async def _tokenised(self, text: str) -> tuple[int, ...]:
        return self._tokenise_text(text)

    def _tokenise_text(self, text: str) -> tuple[int, ...]:
        encoded = self._tokenizer(text, add_special_tokens=False, split_special_tokens=True)
        return tuple(encoded["input_ids"])


def end_ids(model: Any, tokenizer: Any) -> tuple[int, ...]:
    """Ids that end a solution, the tokenizer's own first; empty if the model has none."""
    generation = getattr(model, "generation_config", None)
    declared = generation.eos_token_id if generation is not None else None
    ids = [tokenizer.eos_token_id, *(declared if isinstance(declared, list) else [declared])]
    return tuple(dict.fromkeys(int(id_) for id_ in ids if id_ is not None))
