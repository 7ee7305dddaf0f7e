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

from search_core.engine.memory.budgets import bytes_per_token, memory_budget
from search_core.engine.memory.kv_layout import KvLayout, kv_layout
from search_core.engine.memory.prefix_store import Ids, Prefix, PrefixStore
from search_core.engine.reading.forward import Read, forward
from search_core.engine.reading.path_reading import Answer, Asked, PathText, Readout
from search_core.engine.threads import threads_for, torch_threads
from search_core.protocols import Watch

_KEPT = 512 * 1024**2
_KEPT_SHARE = 0.25
"""Of the free memory of a GPU; batches and the solver want the rest."""
_WORTH_APART = 24
"""Tokens that a pass of its own over a shared beginning must save."""
_PADDING = 1.5
"""A batch of whole paths computes at most so many times the tokens that were asked for, ..."""
_FREE_PADDING = 512
"""... beside these: below that a further pass costs more than padding does."""
_ATTENTION_PADDING = 4
"""The same of bundles, which are padded in attention alone."""


@dataclass(eq=False, slots=True)
class _Job:
    """One path to read, whoever asks about it.

    Attributes:
        end: How much of it is read.
        cached: How much of it was stored when it was put into a batch.
        payer: The job that an asker pays this one's tokens with: itself, unless it is a
            beginning that several jobs share.
        paid: Tokens that were computed for it before itself.
    """

    text: PathText
    askers: list[Asked]
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
        return any(not one.watch() for one in self.askers)

    def runs(self) -> list[str]:
        return list(dict.fromkeys(one.run for one in self.askers))


class Reader:
    """Reads with one model. Not thread-safe.

    Args:
        model: A transformers model around a causal decoder, its `base_model`.
        readout: What to make of what is read.
        budget: Bytes that one batch may take beside the weights; None: judged by the device.
        kept: Bytes of keys and values that are kept between calls; None: judged by the device.
        store: Where those are kept; None: a store of its own. One that somebody else writes to
            knows no log-probabilities, so that the readout must not want any.
    """

    def __init__(
        self,
        model: Any,
        readout: Readout,
        *,
        budget: int | None = None,
        kept: int | None = None,
        store: PrefixStore | None = None,
    ) -> None:
        self._model, self._readout = model, readout
        self._budget = budget
        self._threads = threads_for(model.num_parameters())
        self._opened = False
        self._layout: KvLayout | None = None
        self._warned: set[str] = set()
        config = model.config.get_text_config()
        size = model.dtype.itemsize
        self._per_stored = bytes_per_token(config, size)
        # One layer is alive at a time, with its widest activations.
        self._per_new = (
            4 * size * (config.hidden_size + (getattr(config, "intermediate_size", None) or 0))
        )
        if store is None:
            store = PrefixStore(_store_budget(model.device) if kept is None else kept)
        self.store = store

    def read(self, asked: Sequence[Asked]) -> list[Answer | None]:
        """An answer for each, in their order; None where its watch called it off.

        A path that is asked about twice is read once, and counted for the first who asks.
        """
        jobs = self._jobs(asked)
        with torch.inference_mode(), torch_threads(self._threads):
            if not self._opened:
                self._layout, self._opened = kv_layout(self._model), True
            # What many paths begin with is read once: the problem, then what siblings share.
            for length in ("start", "stem"):
                self._read_all(self._beginnings(list(jobs.values()), length))
            self._read_all(list(jobs.values()))
        return self._answers(asked, jobs)

    def release(self, run: str, beginnings: Sequence[tuple[Ids, int]] | None = None) -> None:
        """A run lets go of paths, each with how many of its tokens stay held. None: of all."""
        if beginnings is None:
            self._warned.discard(run)
            self.store.release(run)
            return
        for ids, keep in beginnings:
            self.store.release(run, ids, keep)

    @property
    def stored_tokens(self) -> int:
        """Tokens whose keys and values are kept."""
        return self.store.tokens

    @property
    def stored_bytes(self) -> int:
        """What they take."""
        return self.store.bytes

    def forget(self) -> None:
        """Free everything that was kept."""
        self.store.clear()

    def _jobs(self, asked: Sequence[Asked]) -> dict[Ids, _Job]:
        jobs: dict[Ids, _Job] = {}
        for one in asked:
            text = one.text
            end = max(text.at[-1] + 1, text.keep)
            job = jobs.get(text.ids)
            if job is None:
                jobs[text.ids] = _Job(text, [one], end)
                continue
            job.askers.append(one)
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
            if length and self._can_be_cut(job):
                sharing[job.text.ids[:length]].append(job)
        found = []
        for ids, those in sharing.items():
            missing = len(ids) - self.store.longest(ids).length
            fits = len(ids) * self._per_stored <= self.store.budget
            if not fits or (len(those) - 1) * missing < _WORTH_APART:
                continue
            text = PathText(ids, (), those[0].text.start, 0, len(ids))
            askers = [one for job in those for one in job.askers]
            found.append(_Job(text, askers, len(ids), payer=those[0]))
        return found

    def _can_be_cut(self, job: _Job) -> bool:
        return self._layout is not None and job.end <= self._layout.reach

    def _prefix(self, job: _Job) -> Prefix | None:
        """What is stored of a job's path, held from now on; None: nothing is of use."""
        if not self._can_be_cut(job):
            self._say_whole(job)
            return None
        runs = job.runs()
        for run in runs[1:]:
            self.store.longest(job.text.ids[: job.end], run)
        return self.store.longest(job.text.ids[: job.end], runs[0])

    def _usable(self, job: _Job, stored: int) -> int:
        """Tokens of its stored beginning that need not be computed."""
        first = job.text.at[0] if job.text.at else job.end
        most = min(stored, first)
        # What the last of them says of the next token is not stored: it is read once more.
        return most - 1 if self._readout.next_token and most else most

    def _say_whole(self, job: _Job) -> None:
        for one in job.askers:
            if one.run not in self._warned:
                self._warned.add(one.run)
                one.watch.warn(_WHOLE)

    def _read_all(self, jobs: list[_Job]) -> None:
        for job in jobs:
            cut = self._can_be_cut(job)
            stored = self.store.longest(job.text.ids[: job.end]).length if cut else 0
            job.cached = self._usable(job, stored)
        unread = [job for job in jobs if job.new > 0]
        for cut, padding in ((True, _ATTENTION_PADDING), (False, _PADDING)):
            those = [job for job in unread if self._can_be_cut(job) == cut]
            for batch in self._batches(those, padding):
                wanted = [job for job in batch if job.wanted()]
                if wanted:
                    self._read_batch(wanted)

    def _batches(self, jobs: list[_Job], padding: float) -> Iterator[list[_Job]]:
        """Jobs of like length together, as many as fit into memory."""
        budget = memory_budget(self._model.device) if self._budget is None else self._budget
        batch: list[_Job] = []
        new = context = asked = 0
        for job in sorted(jobs, key=lambda one: (one.new, one.cached)):
            new, context = max(new, job.new), max(context, job.cached)
            rows = len(batch) + 1
            asked += job.new
            bytes_ = rows * (self._per_new * new + self._per_stored * (new + context))
            if batch and (bytes_ > budget or rows * new > padding * asked + _FREE_PADDING):
                yield batch
                batch, new, context, asked = [], job.new, job.cached, job.new
            batch.append(job)
        if batch:
            yield batch

    def _read_batch(self, jobs: list[_Job]) -> None:
        try:
            self._read_together(jobs)
        except torch.OutOfMemoryError:
            if len(jobs) == 1 and not self.store.bytes:
                raise
            self._make_room(jobs)
            half = (len(jobs) + 1) // 2
            for part in (jobs[:half], jobs[half:]):
                if part:
                    self._read_batch(part)

    def _make_room(self, jobs: list[_Job]) -> None:
        """After running out of memory: smaller batches from now on, and nothing kept for one."""
        alone = len(jobs) == 1
        if alone:
            self.store.clear()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        what = (
            "what it had kept of other paths was dropped"
            if alone
            else f"its batch of {len(jobs)} paths was split"
        )
        for watch in _watches(jobs):
            watch.warn(f"The verifier ran out of memory: {what}, and the run goes on.")

    def _read_together(self, jobs: list[_Job]) -> None:
        rows = []
        for job in jobs:
            prefix = self._prefix(job)
            job.cached = self._usable(job, prefix.length if prefix else 0)
            keep = job.text.keep if prefix is not None else 0
            rows.append(Read(job.text, job.end, job.cached, prefix, keep > job.cached))
        layout = self._layout if self._can_be_cut(jobs[0]) else None
        result = forward(self._model, layout, self._readout, rows)
        for number, (job, values) in enumerate(zip(jobs, result.values, strict=True)):
            job.values = dict(zip(job.text.at, values, strict=True))
            job.tokens, job.reused = job.new, job.cached
            if job.payer is not None:
                job.payer.paid += job.new
            if rows[number].harvest:
                self._keep(job, *result.kept(number, job.text.keep - job.cached))

    def _keep(self, job: _Job, kv: torch.Tensor, side: torch.Tensor | None) -> None:
        ids = job.text.ids[: job.text.keep]
        for run in job.runs():
            # What comes before may have left to make room for another row of this batch.
            if self.store.longest(ids).length >= job.cached:
                self.store.add(ids, kv, run, side)

    def _answers(self, asked: Sequence[Asked], jobs: dict[Ids, _Job]) -> list[Answer | None]:
        answers: list[Answer | None] = []
        for one in asked:
            job = jobs[one.text.ids]
            if any(position not in job.values for position in one.text.at):
                answers.append(None)
                continue
            values = tuple(job.values[position] for position in one.text.at)
            first = one is job.askers[0]
            tokens = job.tokens + job.paid if first else 0
            reused = max(0, job.reused - job.paid) if first else job.end
            answers.append(Answer(values, tokens, reused))
        return answers


_WHOLE = (
    "The verifier has layers whose memory of a path cannot be kept (a sliding window, or linear "
    "attention): it reads every path from its beginning, which costs more time."
)


def _store_budget(device: torch.device) -> int:
    """Bytes of keys and values to keep between calls."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return int(free * _KEPT_SHARE)
    return _KEPT


def _watches(jobs: list[_Job]) -> list[Watch]:
    return list({id(one.watch): one.watch for job in jobs for one in job.askers}.values())
