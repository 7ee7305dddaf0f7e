"""Reads paths with a causal model, and of each only what was not read before.

Keys and values of what was read are kept in a tree, so that a step costs its own tokens and
not its path again. Knows nothing of text or of scores: token ids in, numbers out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from search_core.engine.half_weights import parameters_of
from search_core.engine.memory.budget import BY_DEVICE, MemoryBudget, bytes_per_token
from search_core.engine.memory.kv_layout import KvLayout, kv_layout
from search_core.engine.memory.out_of_memory import (
    SequenceTooLargeError,
    free_cached,
    is_out_of_memory,
    let_go,
)
from search_core.engine.memory.prefix_cache import Ids, Prefix, PrefixCache
from search_core.engine.reading.path_reading import PathText, Readout, ReadRequest, ReadResult
from search_core.engine.reading.prefill import Prefill, prefill
from search_core.engine.threads import threads_for, torch_threads
from search_core.protocols import Watch

_WORTH_APART = 24
"""Tokens that a pass of its own over a shared beginning must save."""
_PADDING = 1.5
"""A batch of whole paths computes at most so many times the tokens that were asked for, ..."""
_FREE_PADDING = 512
"""... beside these: below that a further pass costs more than padding does."""
_ATTENTION_PADDING = 4
"""The same of blocks, which are padded in attention alone."""


@dataclass(eq=False, slots=True)
class _Job:
    """One path to read, whoever asks about it.

    Attributes:
        end: How much of it is read.
        cached: How much of it was cached when it was put into a batch.
        payer: The job that an asker pays this one's tokens with: itself, unless it is a
            beginning that several jobs share.
        paid: Tokens that were computed for it before itself.
    """

    text: PathText
    askers: list[ReadRequest]
    end: int
    cached: int = 0
    payer: _Job | None = None
    paid: int = 0
    values: dict[int, float] = field(default_factory=dict)
    tokens: int = 0
    reused: int = 0

    @property
    def new(self) -> int:
        return self.end - self.cached

    def wanted(self) -> bool:
        return any(not asker.watch() for asker in self.askers)

    def runs(self) -> list[str]:
        return list(dict.fromkeys(asker.run for asker in self.askers))


class Reader:
    """Reads with one model. Not thread-safe.

    Args:
        model: A transformers model around a causal decoder, its `base_model`.
        readout: What to make of what is read.
        budget: Bytes that a batch, and what is kept between calls, may take beside the weights.
        cache: Where keys and values are kept; None: a cache of its own. One that somebody else
            writes to knows no log-probabilities, so that the readout must not want any.
    """

    def __init__(
        self,
        model: Any,
        readout: Readout,
        *,
        budget: MemoryBudget = BY_DEVICE,
        cache: PrefixCache | None = None,
    ) -> None:
        self._model, self._readout = model, readout
        self._budget = budget
        self._threads = threads_for(parameters_of(model))
        self._opened = False
        self._layout: KvLayout | None = None
        self._warned: set[str] = set()
        config = model.config.get_text_config()
        size = model.dtype.itemsize
        self._per_cached = bytes_per_token(config, size)
        # One layer is alive at a time, with its widest activations.
        self._per_new = (
            4 * size * (config.hidden_size + (getattr(config, "intermediate_size", None) or 0))
        )
        self.cache = PrefixCache(budget.for_cache(model.device)) if cache is None else cache

    def read(self, requests: Sequence[ReadRequest]) -> list[ReadResult | None]:
        """A result for each, in their order; None where its watch called it off.

        A path that is asked about twice is read once, and counted for the first who asks.

        Raises:
            SequenceTooLargeError: Memory does not suffice for a single path.
        """
        jobs = self._jobs(requests)
        with torch.inference_mode(), torch_threads(self._threads):
            if not self._opened:
                self._layout, self._opened = kv_layout(self._model), True
            # What many paths begin with is read once: the problem, then what siblings share.
            for length in ("start", "stem"):
                self._read_all(self._beginnings(list(jobs.values()), length))
            self._read_all(list(jobs.values()))
        return self._results(requests, jobs)

    def release(self, run: str, beginnings: Sequence[tuple[Ids, int]] | None = None) -> None:
        """A run lets go of paths, each with how many of its tokens stay held. None: of all."""
        if beginnings is None:
            self._warned.discard(run)
            self.cache.release(run)
            return
        for ids, keep in beginnings:
            self.cache.release(run, ids, keep)

    @property
    def cached_tokens(self) -> int:
        """Tokens whose keys and values are kept."""
        return self.cache.tokens

    @property
    def cached_bytes(self) -> int:
        """What they take."""
        return self.cache.bytes

    def forget(self) -> None:
        """Free everything that was kept."""
        self.cache.clear()

    def _jobs(self, requests: Sequence[ReadRequest]) -> dict[Ids, _Job]:
        jobs: dict[Ids, _Job] = {}
        for request in requests:
            text = request.text
            end = max(text.at[-1] + 1, text.keep)
            job = jobs.get(text.ids)
            if job is None:
                jobs[text.ids] = _Job(text, [request], end)
                continue
            job.askers.append(request)
            at = tuple(sorted({*job.text.at, *text.at}))
            job.end = max(job.end, end)
            job.text = PathText(
                text.ids,
                at,
                text.start,
                min(job.text.stem, text.stem),
                max(job.text.keep, text.keep),
            )
        return jobs

    def _beginnings(self, jobs: list[_Job], name: str) -> list[_Job]:
        """Jobs for what several of these begin with, where that is worth a pass of its own."""
        sharing: dict[Ids, list[_Job]] = defaultdict(list)
        for job in jobs:
            length: int = getattr(job.text, name)
            if length and self._layout is not None:
                sharing[job.text.ids[:length]].append(job)
        found = []
        for ids, sharers in sharing.items():
            missing = len(ids) - self.cache.match(ids).length
            fits = len(ids) * self._per_cached <= self.cache.budget
            if not fits or (len(sharers) - 1) * missing < _WORTH_APART:
                continue
            text = PathText(ids, (), sharers[0].text.start, 0, len(ids))
            askers = [asker for job in sharers for asker in job.askers]
            found.append(_Job(text, askers, len(ids), payer=sharers[0]))
        return found

    def _prefix(self, job: _Job) -> Prefix | None:
        """What is cached of a job's path, held from now on; None: nothing is of use."""
        if self._layout is None:
            self._warn_of_whole_paths(job)
            return None
        runs = job.runs()
        for run in runs[1:]:
            self.cache.match(job.text.ids[: job.end], run)
        return self.cache.match(job.text.ids[: job.end], runs[0])

    def _usable(self, job: _Job, cached: int) -> int:
        """Tokens of its cached beginning that need not be computed."""
        first = job.text.at[0] if job.text.at else job.end
        most = min(cached, first)
        # What the last of them says of the next token is not cached: it is read once more.
        return most - 1 if self._readout.next_token and most else most

    def _warn_of_whole_paths(self, job: _Job) -> None:
        for asker in job.askers:
            if asker.run not in self._warned:
                self._warned.add(asker.run)
                asker.watch.warn(_WHOLE)

    def _read_all(self, jobs: list[_Job]) -> None:
        cut = self._layout is not None
        for job in jobs:
            cached = self.cache.match(job.text.ids[: job.end]).length if cut else 0
            job.cached = self._usable(job, cached)
        unread = [job for job in jobs if job.new > 0]
        for batch in self._batches(unread, _ATTENTION_PADDING if cut else _PADDING):
            wanted = [job for job in batch if job.wanted()]
            if wanted:
                self._read_batch(wanted)

    def _batches(self, jobs: list[_Job], padding: float) -> Iterator[list[_Job]]:
        """Jobs of like length together, as many as fit into memory."""
        budget = self._budget.for_batch(self._model.device)
        batch: list[_Job] = []
        new = context = asked = 0
        for job in sorted(jobs, key=lambda job: (job.new, job.cached)):
            new, context = max(new, job.new), max(context, job.cached)
            count = len(batch) + 1
            asked += job.new
            bytes_ = count * (self._per_new * new + self._per_cached * (new + context))
            if batch and (bytes_ > budget or count * new > padding * asked + _FREE_PADDING):
                yield batch
                batch, new, context, asked = [], job.new, job.cached, job.new
            batch.append(job)
        if batch:
            yield batch

    def _read_batch(self, jobs: list[_Job]) -> None:
        failure: Exception | None = None
        try:
            self._read_together(jobs)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            failure = error
        # Outside of `except`, which holds what the failed pass had under way.
        if failure is not None:
            let_go(failure)
            self._make_room(jobs, failure)
            half = (len(jobs) + 1) // 2
            for part in (jobs[:half], jobs[half:]):
                if part:
                    self._read_batch(part)

    def _make_room(self, jobs: list[_Job], failure: Exception) -> None:
        """After running out of memory: smaller batches from now on, and nothing kept for one.

        Raises:
            SequenceTooLargeError: It was one path, and nothing was kept.
        """
        alone = len(jobs) == 1
        if alone and not self.cache.bytes:
            raise SequenceTooLargeError(
                f"Memory does not suffice to read one path of {jobs[0].end:,} tokens. Choose fewer "
                f"or shorter steps, or a smaller verifier or dtype. ({failure!s:.200})"
            )
        if alone:
            self.cache.clear()
        free_cached(self._model.device)
        what = (
            "what it had kept of other paths was dropped"
            if alone
            else f"its batch of {len(jobs)} paths was split"
        )
        for watch in _watches(jobs):
            watch.warn(f"The verifier ran out of memory: {what}, and the run goes on.")

    def _read_together(self, jobs: list[_Job]) -> None:
        paths = []
        for job in jobs:
            prefix = self._prefix(job)
            job.cached = self._usable(job, prefix.length if prefix else 0)
            keep = job.text.keep if prefix is not None else 0
            paths.append(Prefill(job.text, job.end, job.cached, prefix, keep > job.cached))
        result = prefill(self._model, self._layout, self._readout, paths)
        for number, (job, values) in enumerate(zip(jobs, result.values, strict=True)):
            job.values = dict(zip(job.text.at, values, strict=True))
            job.tokens, job.reused = job.new, job.cached
            if job.payer is not None:
                job.payer.paid += job.new
            if paths[number].keeps_kv:
                self._keep(job, *result.kept(number, job.text.keep - job.cached))

    def _keep(self, job: _Job, kv: torch.Tensor, logprobs: torch.Tensor | None) -> None:
        ids = job.text.ids[: job.text.keep]
        for run in job.runs():
            # What comes before may have been evicted for another path of this batch.
            if self.cache.match(ids).length >= job.cached:
                self.cache.insert(ids, kv, run, logprobs)

    def _results(
        self, requests: Sequence[ReadRequest], jobs: dict[Ids, _Job]
    ) -> list[ReadResult | None]:
        results: list[ReadResult | None] = []
        for request in requests:
            job = jobs[request.text.ids]
            if any(position not in job.values for position in request.text.at):
                results.append(None)
                continue
            values = tuple(job.values[position] for position in request.text.at)
            first = request is job.askers[0]
            tokens = job.tokens + job.paid if first else 0
            reused = max(0, job.reused - job.paid) if first else job.end
            results.append(ReadResult(values, tokens, reused))
        return results


_WHOLE = (
    "The verifier has layers whose memory of a path cannot be kept (linear attention, for "
    "instance): it reads every path from its beginning, which costs more time."
)


def _watches(jobs: list[_Job]) -> list[Watch]:
    return list({id(asker.watch): asker.watch for job in jobs for asker in job.askers}.values())
