"""From problems and steps to token ids: the one place that knows the conversation format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from transformers import PreTrainedTokenizerFast

from search_core.embedded.training.examples import NO_LABEL, TrainingExample
from search_core.embedded.training.tokenizer import ASSISTANT, END, STEP_DELIMITER, USER


class Codec(NamedTuple):
    """A tokenizer with the ids that matter to training and decoding."""

    tokenizer: PreTrainedTokenizerFast
    user: int
    assistant: int
    end: int
    delimiter: int

    @classmethod
    def of(cls, tokenizer: PreTrainedTokenizerFast) -> Codec:
        user, assistant, end = tokenizer.convert_tokens_to_ids([USER, ASSISTANT, END])
        return cls(tokenizer, user, assistant, end, tokenizer.encode(STEP_DELIMITER)[0])

    def prompts(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each problem up to where the solution starts."""
        encoded = self._encode(texts)
        return [[self.user, *ids, self.assistant] for ids in encoded]

    def after_attempts(self, prompt: Sequence[int], attempts: Sequence[Sequence[int]]) -> list[int]:
        """A prompt followed by finished attempts, each a turn of the assistant's, up to where
        the next attempt starts."""
        ids = list(prompt)
        for attempt in attempts:
            ids += [*attempt, self.assistant]
        return ids

    def solutions(self, solutions: Sequence[Sequence[str]]) -> list[list[int]]:
        """Token ids of each finished solution; its last token is the end token."""
        encoded = self._encode([STEP_DELIMITER.join(steps) for steps in solutions])
        return [[*ids, self.end] for ids in encoded]

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        encodings = self.tokenizer.backend_tokenizer.encode_batch(
            list(texts), add_special_tokens=False
        )
        return [encoding.ids for encoding in encodings]

    def example(
        self,
        prompt: Sequence[int],
        solution: Sequence[int],
        imitate: Sequence[bool],
        step_labels: Sequence[float] | None = None,
    ) -> TrainingExample:
        """An example in which step i is learned where `imitate[i]`, and labelled
        `step_labels[i]` at the token that ends it."""
        tokens = [*prompt, *solution]
        learn = [False] * len(prompt)
        labels = [NO_LABEL] * len(tokens)
        step = 0
        for position, token in enumerate(solution, start=len(prompt)):
            learn.append(imitate[step])
            if token in (self.delimiter, self.end):
                if step_labels is not None:
                    labels[position] = step_labels[step]
                step += 1
        return TrainingExample(tokens, learn, labels)

    def steps(self, solution: Sequence[int]) -> list[str]:
        """Steps of a sampled solution; the end token and what follows it are dropped."""
        ids = list(solution)
        if self.end in ids:
            ids = ids[: ids.index(self.end)]
        text: str = self.tokenizer.decode(ids, skip_special_tokens=False)
        return text.split(STEP_DELIMITER)
