"""Keys and values of everything that was read, as a tree: what paths share is stored once.

A path is a sequence of token ids. The cache knows nothing of problems, steps or models: it is
a radix tree of segments, each with the tensors of its own tokens, and finds for any path how
much of its beginning is there. What was evicted is computed again: a miss costs time, never
a result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

Ids = tuple[int, ...]
_KEPT_BY_EVICTION = 0.9
"""Of the budget: what is left once it was exceeded."""


@dataclass(eq=False, slots=True)
class Segment:
    """A stretch of tokens that follows its parent's.

    Attributes:
        parent: None for one that begins a path.
        start: Its first token's position in every path through it.
        ids: Its tokens, at least one.
        kv: Keys and values, [layers, 2, heads, len(ids), head size].
        logprobs: Of each token given all before it, float32 [len(ids), 1], where a verifier
            wants to know; else None.
        children: By their first token.
        runs: Which runs hold it.
        last_used: Number of the last look-up that found it; never later than its parent's.
    """

    parent: Segment | None
    start: int
    ids: Ids
    kv: Tensor
    logprobs: Tensor | None
    children: dict[int, Segment] = field(default_factory=dict)
    runs: set[str] = field(default_factory=set)
    last_used: int = 0

    @property
    def size(self) -> int:
        """Bytes."""
        return self.kv.nbytes + (0 if self.logprobs is None else self.logprobs.nbytes)


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a path, as far as it is cached.

    Attributes:
        parts: Segments from the path's beginning, each with how many of its tokens count: all,
            except perhaps in the last one.
        length: Tokens in all.
    """

    parts: tuple[tuple[Segment, int], ...] = ()
    length: int = 0

    def write_into(self, buffer: Tensor) -> None:
        """Copies its keys and values into [layers, 2, heads, at least length, head size]."""
        for segment, count in self.parts:
            place = slice(segment.start, segment.start + count)
            buffer[..., place, :] = segment.kv[..., :count, :]

    def beginning(self, length: int) -> Prefix:
        """Its first so many tokens."""
        parts = [
            (segment, min(count, length - segment.start))
            for segment, count in self.parts
            if segment.start < length
        ]
        return Prefix(tuple(parts), length)

    def logprobs(self) -> Tensor:
        """Of its tokens, [length, 1]. They must have been cached."""
        return torch.cat(
            [part.logprobs[:count] for part, count in self.parts if part.logprobs is not None]
        )


class PrefixCache:
    """Segments within a budget; the least recently used leave first. Not thread-safe.

    Args:
        budget: Bytes that they may take together.
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._roots: dict[int, Segment] = {}
        self._look_ups = 0
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """Bytes held now."""
        return self._bytes

    @property
    def tokens(self) -> int:
        """Tokens held now."""
        return sum(len(segment.ids) for segment in self._segments())

    def match(self, ids: Ids, run: str | None = None) -> Prefix:
        """The longest beginning of this path that is cached.

        Args:
            run: It holds what was found from now on. None: a look that changes nothing.
        """
        parts: list[tuple[Segment, int]] = []
        children, at = self._roots, 0
        self._look_ups += run is not None
        while at < len(ids) and (segment := children.get(ids[at])) is not None:
            count = _common(segment.ids, ids[at : at + len(segment.ids)])
            parts.append((segment, count))
            at += count
            if run is not None:
                segment.last_used = self._look_ups
                segment.runs.add(run)
            if count < len(segment.ids):
                break
            children = segment.children
        return Prefix(tuple(parts), at)

    def insert(self, ids: Ids, kv: Tensor, run: str, logprobs: Tensor | None = None) -> None:
        """Caches the end of a path, as much of it as is not there yet.

        Args:
            ids: The whole path.
            kv: Of its last tokens, [layers, 2, heads, n, head size] with n at most len(ids);
                copied.
            run: Who holds the path.
            logprobs: Of the same tokens, [n, 1], or None; copied.

        Raises:
            ValueError: The tokens before those are not cached.
        """
        known = self.match(ids, run)
        first = len(ids) - kv.shape[-2]
        if known.length < first:
            raise ValueError(
                f"Keys and values start at token {first} of a path of which the first "
                f"{known.length} are cached. Insert what comes before them first."
            )
        if known.length == len(ids):
            return
        parent = self._ending_at(known)
        skipped = known.length - first
        new = Segment(
            parent,
            known.length,
            ids[known.length :],
            kv[..., skipped:, :].clone(memory_format=torch.contiguous_format),
            None if logprobs is None else logprobs[skipped:].clone(),
            runs={run},
            last_used=self._look_ups,
        )
        self._siblings(new)[new.ids[0]] = new
        self._bytes += new.size
        self._evict()

    def release(self, run: str, ids: Ids | None = None, keep: int = 0) -> None:
        """A run lets go of the end of a path, and of all that continues it.

        What no run holds is freed at once.

        Args:
            ids: The path, of which the last token may be missing here, as nobody has read it
                yet. None: everything that the run holds, and `keep` does not count.
            keep: This many tokens from the path's beginning stay held.
        """
        if ids is None:
            for root in list(self._roots.values()):
                self._let_go(root, run)
            return
        found = self.match(ids)
        if not found.parts:
            return
        last, count = found.parts[-1]
        if found.length == len(ids) and last.start >= keep:
            self._let_go(last, run)
        elif found.length != len(ids) - 1 or count < len(last.ids):
            return  # It is not cached itself: what was found belongs to other paths.
        above: Segment | None = last
        while above is not None and above.start >= keep:
            if any(run in child.runs for child in above.children.values()):
                return
            above.runs.discard(run)
            self._drop_if_free(above)
            above = above.parent

    def clear(self) -> None:
        """Forget everything."""
        self._roots.clear()
        self._bytes = 0

    def _ending_at(self, prefix: Prefix) -> Segment | None:
        """The segment that ends where the prefix does, cut there if it goes on."""
        if not prefix.parts:
            return None
        segment, count = prefix.parts[-1]
        if count == len(segment.ids):
            return segment
        head = Segment(
            segment.parent,
            segment.start,
            segment.ids[:count],
            segment.kv[..., :count, :].clone(memory_format=torch.contiguous_format),
            None if segment.logprobs is None else segment.logprobs[:count].clone(),
            children={segment.ids[count]: segment},
            runs=set(segment.runs),
            last_used=segment.last_used,
        )
        self._siblings(head)[head.ids[0]] = head
        segment.parent, segment.start = head, segment.start + count
        segment.ids = segment.ids[count:]
        segment.kv = segment.kv[..., count:, :].clone(memory_format=torch.contiguous_format)
        if segment.logprobs is not None:
            segment.logprobs = segment.logprobs[count:].clone()
        return head

    def _let_go(self, top: Segment, run: str) -> None:
        # Children before parents: one that is held keeps all that it continues.
        for segment in reversed(list(_below(top))):
            segment.runs.discard(run)
            self._drop_if_free(segment)

    def _drop_if_free(self, segment: Segment) -> None:
        siblings = self._siblings(segment)
        if segment.runs or segment.children or siblings.get(segment.ids[0]) is not segment:
            return
        del siblings[segment.ids[0]]
        self._bytes -= segment.size

    def _evict(self) -> None:
        if self._bytes <= self.budget:
            return
        # Nothing was read later than what it continues, so that ends leave before beginnings.
        # Some more leave than must, or the next one to come would have to look again.
        segments = sorted(self._segments(), key=lambda found: (found.last_used, -found.start))
        for segment in segments:
            if self._bytes <= _KEPT_BY_EVICTION * self.budget:
                return
            segment.runs.clear()
            self._drop_if_free(segment)

    def _siblings(self, segment: Segment) -> dict[int, Segment]:
        return self._roots if segment.parent is None else segment.parent.children

    def _segments(self) -> Iterator[Segment]:
        for root in self._roots.values():
            yield from _below(root)


def _below(top: Segment) -> Iterator[Segment]:
    """A segment and all that continue it, parents first."""
    waiting = [top]
    while waiting:
        segment = waiting.pop()
        yield segment
        waiting.extend(segment.children.values())


def _common(cached: Ids, wanted: Ids) -> int:
    """How many tokens both begin with."""
    if cached[: len(wanted)] == wanted:
        return len(wanted)
    return next(at for at, (a, b) in enumerate(zip(cached, wanted, strict=False)) if a != b)
