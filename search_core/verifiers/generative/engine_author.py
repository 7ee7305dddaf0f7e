"""An author in this process, on transformers and torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from search_core.engine.locking import held
from search_core.engine.memory import MemoryBudget
from search_core.engine.path_tokens import TEMPLATE_DATE, end_ids
from search_core.engine.reading import PathText, ReadRequest
from search_core.engine.reading.readouts import PairReadout, language_head
from search_core.engine.writing import DecodeRequest
from search_core.engine.writing.text_calls import GeneratedText, TextRequest
from search_core.engine.writing.text_writer import TextWriter
from search_core.flops import forward_flops, writing_flops
from search_core.protocols import ModelInfo, Sampling, Watch
from search_core.verifiers.formats.base import Ids, Words, in_common
from search_core.verifiers.generative.chains import (
    Bill,
    Chain,
    Messages,
    Reading,
    Verdicts,
    Written,
)
from search_core.verifiers.generative.manners import Manner
from search_core.verifiers.generative.prompting import (
    SPARE,
    VerdictTokens,
    opening_after,
    read_back,
    room_for,
    unended,
)

if TYPE_CHECKING:
    from search_core.engine.checkpoints.loading import LoadedModel

_PROMPTS = 256
"""How many tokenised chats are remembered."""


class EngineAuthor:
    """Writes with a model of this process; rows of all runs are decoded together.

    The probability of a verdict is read by a second pass, over what is not known of the text; it is
    counted too.

    Args:
        loaded: A causal language model with a chat template.
        manner: How it is asked.
        date: The day that a chat template is told it is.
        memory_budget: Bytes that a batch may take beside the weights; None: judged by the device.

    Raises:
        ValueError: It has no chat template, or its tokenizer does not tell the verdicts apart.
    """

    def __init__(
        self,
        loaded: LoadedModel,
        manner: Manner,
        *,
        date: str = TEMPLATE_DATE,
        memory_budget: int | None = None,
    ) -> None:
        self._loaded, self._manner = loaded, manner
        self._words = Words(loaded.tokenizer, date)
        self._tokenised = lru_cache(_PROMPTS)(self._tokenise)
        self._words.conversation([("user", "")], answer=True)  # Whether there is a template.
        self._ends = end_ids(loaded.model, loaded.tokenizer)
        self._verdicts = VerdictTokens.of(
            manner, self._words.plain(manner.right), self._words.plain(manner.wrong)
        )
        self._closing = self._words.frame(manner.closing) if manner.closing else ()
        self._writer = TextWriter(
            loaded.model,
            loaded.tokenizer,
            loaded.lock,
            manner.all_stops,
            self._ends,
            PairReadout(language_head(loaded.model), *self._verdicts.pair),
            budget=MemoryBudget(batch=memory_budget),
        )
        config = loaded.model.config.get_text_config()
        self._context = getattr(config, "max_position_embeddings", None) or math.inf

    @property
    def info(self) -> ModelInfo:
        return self._loaded.info

    @property
    def cached_bytes(self) -> int:
        """What keys and values that are kept take."""
        return self._writer.cached_bytes

    def write(self, chains: Sequence[Chain], sampling: Sampling, watch: Watch) -> list[Written]:
        """See `Author`."""
        with held(self._loaded.lock, watch):
            requests = [TextRequest(self._to_decode(chain), chain.stops) for chain in chains]
        return [self._written(text) for text in self._writer.write(requests, sampling, watch)]

    def read(self, readings: Sequence[Reading], watch: Watch) -> list[Verdicts]:
        """See `Author`."""
        with held(self._loaded.lock, watch):
            requests = [ReadRequest(self._text(one), one.chain.run, watch) for one in readings]
        shape = self.info.shape
        found = []
        for one in self._writer.read(requests, watch):
            flops = forward_flops(
                shape,
                context=one.reused,
                tokens=one.tokens,
                outputs=len(one.values) if one.tokens else 0,
            )
            found.append(Verdicts(one.values, Bill(one.tokens, one.reused, flops)))
        return found

    def release(self, run: str, chains: Sequence[tuple[Chain, Chain | None]] | None) -> None:
        """See `Author`."""
        if chains is None:
            self._writer.release(run)
            return
        ends = []
        with self._loaded.lock:
            for chain, before in chains:
                prompt = self._prompt(chain)
                kept = in_common(prompt, self._prompt(before)) if before is not None else 0
                ends.append((prompt, kept))
        self._writer.release(run, ends)

    def _prompt(self, chain: Chain) -> Ids:
        return self._tokenised(chain.messages, chain.opening)

    def _tokenise(self, messages: Messages, opening: str) -> Ids:
        answers = self._manner.answers
        line_break = self._words.plain("\n")
        prompt = self._words.conversation(messages, answer=answers)
        if not answers:
            prompt = unended(prompt, self._ends, line_break)
        opening = opening_after(prompt, opening, line_break)
        return prompt + (self._words.plain(opening) if opening else ())

    def _to_decode(self, chain: Chain) -> DecodeRequest:
        prompt = self._prompt(chain)
        after = len(self._closing) + len(self._verdicts.lead) + SPARE
        limit = room_for(chain.limit, len(prompt), after, self._context, chain.step, self.info.name)
        return DecodeRequest(prompt, chain.seed, limit, chain.run)

    def _written(self, text: GeneratedText) -> Written:
        bill = Bill()
        for part in text.parts:
            flops = writing_flops(
                self.info.shape,
                written=len(part.tokens),
                prefilled=part.prefilled,
                reused=part.reused,
                known=part.known,
            )
            bill += Bill(len(part.tokens) + part.prefilled, part.reused, flops)
        return Written(text.text, text.cut, bill)

    def _text(self, reading: Reading) -> PathText:
        prompt = self._prompt(reading.chain)
        pieces = [(self._words.plain(piece), right) for piece, right in reading.pieces]
        ids, ends = read_back(prompt, pieces, self._closing, self._verdicts, self._context)
        start = len(prompt)
        # Nothing continues it.
        return PathText(ids, tuple(end - 1 for end in ends), start, start, start)
