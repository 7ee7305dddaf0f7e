"""A model of this process that reasons, on transformers and torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from search_core.engine.coroutines import completed
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
from search_core.steps.splitting import in_common
from search_core.verifiers.formats.tokenizers import Ids, LocalTokenizer
from search_core.verifiers.generative.chain_tokens import ChainTokens
from search_core.verifiers.generative.chains import (
    Bill,
    Chain,
    VerdictQuery,
    Verdicts,
    WrittenChain,
)
from search_core.verifiers.generative.prompts import ReasoningPrompt

if TYPE_CHECKING:
    from search_core.engine.checkpoints.loading import LoadedModel


class LocalReasoningModel:
    """Writes with a model of this process; rows of all runs are decoded together.

    The probability of a verdict is read by a second pass, over what is not known of the text; it is
    counted too.

    Args:
        loaded: A causal language model with a chat template.
        prompt: How it is asked.
        date: The day that a chat template is told it is.
        memory_budget: Bytes that a batch may take beside the weights; None: judged by the device.

    Raises:
        ValueError: It has no chat template, or its tokenizer does not tell the verdicts apart.
    """

    def __init__(
        self,
        loaded: LoadedModel,
        prompt: ReasoningPrompt,
        *,
        date: str = TEMPLATE_DATE,
        memory_budget: int | None = None,
    ) -> None:
        self._loaded = loaded
        tokenizer = LocalTokenizer(loaded.tokenizer, date=date)
        completed(tokenizer.conversation([("user", "")], answer=True))  # Is there a template?
        ends = end_ids(loaded.model, loaded.tokenizer)
        self._tokens = ChainTokens(tokenizer, prompt, ends)
        self._writer = TextWriter(
            loaded.model,
            loaded.tokenizer,
            loaded.lock,
            prompt.all_stops,
            ends,
            PairReadout(language_head(loaded.model), *completed(self._tokens.verdicts()).pair),
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

    def write(
        self, chains: Sequence[Chain], sampling: Sampling, watch: Watch
    ) -> list[WrittenChain]:
        """See `ReasoningModel`."""
        with held(self._loaded.lock, watch):
            requests = [TextRequest(self._to_decode(chain), chain.stops) for chain in chains]
        return [self._written(text) for text in self._writer.write(requests, sampling, watch)]

    def read(self, queries: Sequence[VerdictQuery], watch: Watch) -> list[Verdicts]:
        """See `ReasoningModel`."""
        with held(self._loaded.lock, watch):
            requests = [ReadRequest(self._text(query), query.chain.run, watch) for query in queries]
        found = []
        for answer in self._writer.read(requests, watch):
            flops = forward_flops(
                self.info.shape,
                context=answer.reused,
                tokens=answer.tokens,
                outputs=len(answer.values) if answer.tokens else 0,
            )
            found.append(Verdicts(answer.values, Bill(answer.tokens, answer.reused, flops)))
        return found

    def release(self, run: str, chains: Sequence[tuple[Chain, Chain | None]] | None) -> None:
        """See `ReasoningModel`."""
        if chains is None:
            self._writer.release(run)
            return
        ends = []
        with self._loaded.lock:
            for chain, before in chains:
                chat = self._chat(chain)
                kept = in_common(chat, self._chat(before)) if before is not None else 0
                ends.append((chat, kept))
        self._writer.release(run, ends)

    def _chat(self, chain: Chain) -> Ids:
        return completed(self._tokens.chat(chain))

    def _to_decode(self, chain: Chain) -> DecodeRequest:
        chat = self._chat(chain)
        limit = completed(self._tokens.limit(chain, chat, self._context, self.info.name))
        return DecodeRequest(chat, chain.seed, limit, chain.run)

    def _written(self, text: GeneratedText) -> WrittenChain:
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
        return WrittenChain(text.text, text.cut, bill)

    def _text(self, query: VerdictQuery) -> PathText:
        ids, ends = completed(self._tokens.query(query, self._context))
        start = len(self._chat(query.chain))
        # Nothing continues it.
        return PathText(ids, tuple(end - 1 for end in ends), start, start, start)
