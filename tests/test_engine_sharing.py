"""Many runs, one engine: each gets what it gets alone, and nobody waits for a giant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from transformers import LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

from search_core.engine.memory.out_of_memory import RowTooLargeError
from search_core.engine.writing.decode_call import DecodeCall
from search_core.engine.writing.decoder import Decoder
from search_core.engine.writing.rows import Continuation, Row
from search_core.engine.writing.slots import Slot
from search_core.engine.writing.stopping import StopTable
from search_core.engine.writing.tree_key_values import TreeKeyValues
from search_core.protocols import RunCancelled, Sampling, Watch
from tests.decoding import decode, finish, go_on
from tests.test_engine_decode import NEVER, OFTEN, SAMPLING, assert_same, sliding_model, some_rows
from tests.tiny_models import tiny_config


def qwen_config() -> Qwen2Config:
    values = tiny_config().to_dict()
    wanted = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads")
    return Qwen2Config(
        **{name: values[name] for name in wanted},
        num_key_value_heads=2,
        intermediate_size=48,
        initializer_range=0.3,
    )


torch.manual_seed(0)
MODELS = {
    "llama": LlamaForCausalLM(tiny_config()).eval(),
    "eager": LlamaForCausalLM(tiny_config(attn_implementation="eager")).eval(),
    "qwen": Qwen2ForCausalLM(qwen_config()).eval(),
}
LLAMA = MODELS["llama"]


class Checked(TreeKeyValues):
    """Compares all logits with those of a full recomputation."""

    def forward(self, slots: Sequence[Slot]) -> Tensor:
        logits = super().forward(slots)
        for slot, ours in zip(slots, logits, strict=True):
            alone = self._model(torch.tensor([slot.first.ids])).logits[0, -1]
            torch.testing.assert_close(ours, alone, atol=1e-4, rtol=1e-4)
        return logits


@dataclass
class SmallSearch:
    """A run of a few rounds: it goes on from what it sampled, as a beam search does.

    Attributes:
        wait: Turns that others take before it starts.
        stop: It is cancelled after so many turns of its own; None: never.
    """

    name: str
    seed: int
    sampling: Sampling
    rounds: int
    width: int
    wait: int = 0
    stop: int | None = None
    turns: int = 0
    found: list[list[int]] = field(default_factory=list)

    def cancelled(self) -> bool:
        self.turns += 1
        return self.stop is not None and self.turns > self.stop

    def calls(self) -> Iterator[list[Row]]:
        """Rows of each round; what came of the one before must have been given to `take`."""
        self.prompts = [tuple(5 + (self.seed + one) % 3 for one in range(4 + self.seed % 5))]
        for number in range(self.rounds):
            yield [
                Row(
                    self.prompts[place % len(self.prompts)],
                    1000 * self.seed + 100 * number + place,
                    3 + place % 7,
                    self.name,
                )
                for place in range(self.width)
            ]

    def take(self, rows: Sequence[Row], results: Sequence[Continuation]) -> None:
        paths = [(*row.prompt, *one.tokens) for row, one in zip(rows, results, strict=True)]
        self.found += [list(path) for path in paths]
        self.prompts = paths[:2]


def run_together(decoder: Decoder, searches: Sequence[SmallSearch]) -> set[str]:
    """Runs all, a token at a time; the names of those that were cancelled."""
    waiting = {one.name: (one, one.calls()) for one in searches}
    under_way: dict[str, tuple[list[Row], DecodeCall]] = {}
    cancelled = set()
    turn = 0
    while waiting:
        for name, (one, calls) in list(waiting.items()):
            if name in under_way:
                rows, call = under_way[name]
                if not call.over:
                    continue
                del under_way[name]
                try:
                    one.take(rows, call.wait())
                except RunCancelled:
                    cancelled.add(name)
                    del waiting[name]
                    continue
            if turn < one.wait:
                continue
            rows = next(calls, [])
            if rows:
                under_way[name] = rows, decoder.submit(rows, one.sampling, one.cancelled)
            else:
                decoder.let_go(name)
                del waiting[name]
        decoder.turn()
        turn += 1
    return cancelled


SEARCHES = st.lists(
    st.builds(
        SmallSearch,
        name=st.just(""),
        seed=st.integers(0, 9),
        sampling=st.sampled_from([SAMPLING, Sampling(0, 1), Sampling(1.2, 1), Sampling(0.7, 0.5)]),
        rounds=st.integers(1, 3),
        width=st.integers(1, 5),
        wait=st.integers(0, 12),
        stop=st.none() | st.integers(0, 12),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("kind", list(MODELS))
@settings(max_examples=25)
@given(SEARCHES, st.sampled_from([0, 3000, 10**9]), st.sampled_from([2, 5, 64]))
def test_a_run_gets_what_it_gets_alone_and_what_a_full_recomputation_says(
    kind: str, searches: list[SmallSearch], stored: int, most_rows: int
) -> None:
    for number, one in enumerate(searches):
        one.name = f"run {number}"
    with mock.patch("search_core.engine.writing.decoder.TreeKeyValues", Checked):
        decoder = Decoder(MODELS[kind], OFTEN, stored=stored, most_rows=most_rows)
        cancelled = run_together(decoder, searches)
        finish(decoder)
        assert decoder.stored_tokens == 0  # Every run has let go of what was its own.
        for one in searches:
            alone = SmallSearch(one.name, one.seed, one.sampling, one.rounds, one.width)
            run_together(Decoder(MODELS[kind], OFTEN), [alone])
            assert alone.found[: len(one.found)] == one.found
            assert one.name in cancelled or one.found == alone.found


def test_a_step_costs_its_own_tokens_and_not_its_prefix() -> None:
    decoder = Decoder(LLAMA, NEVER)
    prompt = tuple(range(10, 40))

    def ask(path: tuple[int, ...]) -> Continuation:
        call = decoder.submit([Row(path, 1, 5, "a")], SAMPLING, go_on)
        finish(decoder)
        return call.wait()[0]

    first = ask(prompt)
    assert (first.prefilled, first.reused) == (30, 0)
    path = (*prompt, *first.tokens)
    second = ask(path)
    # The last token of a step is read when the next one begins.
    assert (second.prefilled, second.reused, second.known) == (1, 34, 34)
    # A step that was tokenised otherwise than it was written costs what differs.
    third = ask((*path[:-2], 77, 78, 79))
    assert (third.prefilled, third.reused) == (3, 33)
    decoder.let_go("a", [(path, len(prompt))])
    finish(decoder)
    fourth = ask(path)
    assert (fourth.prefilled, fourth.reused) == (2, 33)  # What the third shares is there.


def test_a_giant_does_not_starve_a_small_run() -> None:
    decoder = Decoder(LLAMA, NEVER, most_rows=8)
    giant = decoder.submit([Row((5, one), one, 20, "giant") for one in range(100)], SAMPLING, go_on)
    for _ in range(3):
        decoder.turn()
    small = decoder.submit([Row((6, one), one, 5, "small") for one in range(16)], SAMPLING, go_on)
    turns = 0
    while not small.over:
        decoder.turn()
        turns += 1
    # Until a giant's rows end, then half of the room is the small run's: 16 rows, 4 at once.
    assert turns <= 20 + 4 * 5
    assert not giant.over
    finish(decoder)
    assert all(len(one.tokens) == 20 for one in giant.wait())


def test_cancelling_frees_at_once_and_leaves_others_alone() -> None:
    stop = False
    decoder = Decoder(LLAMA, NEVER, most_rows=6)
    rows = [Row((7, 8, 9, one), one, 12, "stopped") for one in range(9)]
    stopped = decoder.submit(rows, SAMPLING, lambda: stop)
    other = decoder.submit([Row((5, 6), 3, 12, "other")], SAMPLING, go_on)
    for _ in range(4):
        decoder.turn()
    assert decoder.stored_tokens > 2
    stop = True
    decoder.turn()
    assert stopped.over
    assert decoder.stored_tokens == 1  # the other's prompt, but for its last token
    with pytest.raises(RunCancelled):
        stopped.wait()
    finish(decoder)
    assert_same(other.wait(), decode(LLAMA, [Row((5, 6), 3, 12)], SAMPLING, NEVER))


class Narrow:
    """A model that runs out of memory when asked to read more than so many rows, or columns."""

    def __init__(self, rows: int, columns: int = 1000) -> None:
        self.rows, self.columns = rows, columns

    def __getattr__(self, name: str) -> Any:
        return getattr(LLAMA, name)

    def __call__(self, **inputs: Any) -> Any:
        positions = inputs["position_ids"][0]
        # Rows are written a token each; prompts are read as a whole, and all but nothing of them
        # is wanted then.
        rows = 0 if "logits_to_keep" in inputs else len(positions)
        if rows > self.rows or positions.max() >= self.columns:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")
        return LLAMA(**inputs)


@pytest.mark.parametrize("most", [1, 3, 7])
def test_out_of_memory_takes_longer_and_changes_nothing(most: int) -> None:
    rows = some_rows()
    watch = Watch(go_on)
    decoder = Decoder(Narrow(most), OFTEN)
    call = decoder.submit(rows, SAMPLING, watch)
    finish(decoder)
    assert_same(call.wait(), decode(LLAMA, rows, SAMPLING, OFTEN))
    (warning,) = watch.warnings()
    assert re.match(r"Memory did not suffice for \d+ steps at once", warning)


def test_a_row_that_does_not_fit_fails_its_run_alone() -> None:
    decoder = Decoder(Narrow(100, columns=20), NEVER)
    short = [Row((5, 6, one), one, 8, "short") for one in range(5)]
    long = decoder.submit([Row(tuple(range(4, 54)), 1, 8, "long")], SAMPLING, go_on)
    others = decoder.submit(short, SAMPLING, go_on)
    finish(decoder)
    assert_same(others.wait(), decode(LLAMA, short, SAMPLING, NEVER))
    with pytest.raises(RowTooLargeError, match="one path of 50 tokens by up to 8 more"):
        long.wait()


class Poisoned:
    """A model whose output after token 99 is not a number, and keys and values neither."""

    def __getattr__(self, name: str) -> Any:
        return getattr(LLAMA, name)

    def __call__(self, **inputs: Any) -> Any:
        output = LLAMA(**inputs)
        if "logits_to_keep" not in inputs:
            output.logits[inputs["input_ids"] == 99] = float("nan")
        return output


def test_numbers_that_are_none_fail_their_own_call_alone() -> None:
    decoder = Decoder(Poisoned(), NEVER)
    fine = [Row((5, 6, one), one, 12, "fine") for one in range(3)]
    others = decoder.submit(fine, Sampling(0), go_on)
    finish_soon = [Row((8, 99), 0, 5, "broken"), Row((8, 9), 1, 5, "broken")]
    broken = decoder.submit(finish_soon, Sampling(0), go_on)
    finish(decoder)
    with pytest.raises(ValueError, match="not a number"):
        broken.wait()
    assert_same(others.wait(), decode(LLAMA, fine, Sampling(0), NEVER))


def test_an_error_of_the_model_reaches_those_who_wait_and_nobody_else() -> None:
    class Broken(Narrow):
        def __call__(self, **inputs: Any) -> Any:
            if 66 in inputs["input_ids"]:
                raise RuntimeError("the card is on fire")
            return LLAMA(**inputs)

    decoder = Decoder(Broken(1), NEVER)
    call = decoder.submit([Row((5, 66), 1, 5)], SAMPLING, go_on)
    finish(decoder)
    with pytest.raises(RuntimeError, match="on fire"):
        call.wait()
    later = decoder.submit([Row((5, 6), 1, 5)], SAMPLING, go_on)
    finish(decoder)
    assert_same(later.wait(), decode(LLAMA, [Row((5, 6), 1, 5)], SAMPLING, NEVER))


def test_the_watch_hears_how_long_each_row_is() -> None:
    heard: list[tuple[int, int]] = []
    watch = Watch(go_on, lambda place, tokens: heard.append((place, tokens)))
    rows = [Row((5, one), one, 9, "a", place=10 + one) for one in range(3)]
    results = decode(LLAMA, rows, SAMPLING, StopTable(*[frozenset[int]()] * 4), watch)
    assert {place for place, _ in heard} == {10, 11, 12}
    for place, result in zip((10, 11, 12), results, strict=True):
        counts = [tokens for where, tokens in heard if where == place]
        assert counts == sorted(set(counts))
        assert counts[-1] <= len(result.tokens)


def test_a_model_that_cannot_be_cut_says_so_once_a_run() -> None:
    decoder = Decoder(sliding_model(), OFTEN)
    watches = {name: Watch(go_on) for name in "ab"}
    for _ in range(2):
        for name, watch in watches.items():
            call = decoder.submit([Row((5, 6, 7, 8), 1, 5, name)], SAMPLING, watch)
            finish(decoder)
            assert (call.wait()[0].prefilled, call.wait()[0].known) == (4, 0)
    for watch in watches.values():
        (warning,) = watch.warnings()
        assert "every step reads its whole path again" in warning
