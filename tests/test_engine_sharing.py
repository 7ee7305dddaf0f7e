"""Many runs, one engine: each gets what it gets alone, and nobody waits for a giant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from transformers import LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

from search_core.engine.memory.budget import MemoryBudget
from search_core.engine.memory.out_of_memory import SequenceTooLargeError
from search_core.engine.writing.decode_cache import SequenceGroup
from search_core.engine.writing.decode_call import DecodeCall
from search_core.engine.writing.decoder import Decoder
from search_core.engine.writing.requests import DecodeRequest, DecodeResult
from search_core.engine.writing.stopping import StopTable
from search_core.engine.writing.tree_cache import TreeCache
from search_core.protocols import RunCancelled, Sampling, Watch, wait
from tests.decoding import decode, finish, go_on
from tests.examples import examples
from tests.test_engine_decode import (
    NEVER,
    OFTEN,
    SAMPLING,
    assert_same,
    sliding_model,
    some_requests,
    whole_path_model,
)
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
    "sliding": sliding_model(),
}
LLAMA = MODELS["llama"]


class Checked(TreeCache):
    """Compares all logits with those of a full recomputation."""

    def forward(self, groups: Sequence[SequenceGroup]) -> Tensor:
        logits = super().forward(groups)
        for group, ours in zip(groups, logits, strict=True):
            alone = self._model(torch.tensor([group.first.ids])).logits[0, -1]
            torch.testing.assert_close(ours, alone, atol=1e-4, rtol=1e-4)
        return logits


@dataclass
class SmallSearch:
    """A run of a few rounds: it goes on from what it sampled, as a beam search does.

    Attributes:
        delay: Steps that others take before it starts.
        stop: It is cancelled after so many steps of its own; None: never.
    """

    name: str
    seed: int
    sampling: Sampling
    rounds: int
    width: int
    delay: int = 0
    stop: int | None = None
    steps: int = 0
    found: list[list[int]] = field(default_factory=list)

    def cancelled(self) -> bool:
        self.steps += 1
        return self.stop is not None and self.steps > self.stop

    def alone(self) -> SmallSearch:
        """The same search, begun at once and never cancelled."""
        return SmallSearch(self.name, self.seed, self.sampling, self.rounds, self.width)

    def calls(self) -> Iterator[list[DecodeRequest]]:
        """Requests of each round; what came of the one before must have been given to `take`."""
        self.prompts = [tuple(5 + (self.seed + at) % 3 for at in range(4 + self.seed % 5))]
        for number in range(self.rounds):
            yield [
                DecodeRequest(
                    self.prompts[place % len(self.prompts)],
                    1000 * self.seed + 100 * number + place,
                    3 + place % 7,
                    self.name,
                )
                for place in range(self.width)
            ]

    def take(self, requests: Sequence[DecodeRequest], results: Sequence[DecodeResult]) -> None:
        paths = [
            (*request.prompt, *result.tokens)
            for request, result in zip(requests, results, strict=True)
        ]
        self.found += [list(path) for path in paths]
        self.prompts = paths[:2]


def run_together(decoder: Decoder, searches: Sequence[SmallSearch]) -> set[str]:
    """Runs all, a token at a time; the names of those that were cancelled."""
    waiting = {search.name: (search, search.calls()) for search in searches}
    under_way: dict[str, tuple[list[DecodeRequest], DecodeCall]] = {}
    cancelled = set()
    step = 0
    while waiting:
        for name, (search, calls) in list(waiting.items()):
            if name in under_way:
                requests, call = under_way[name]
                if not call.done():
                    continue
                del under_way[name]
                try:
                    search.take(requests, wait(call, go_on))
                except RunCancelled:
                    cancelled.add(name)
                    del waiting[name]
                    continue
            if step < search.delay:
                continue
            requests = next(calls, [])
            if requests:
                call = decoder.submit(requests, search.sampling, search.cancelled)
                under_way[name] = requests, call
            else:
                decoder.release_later(name)
                del waiting[name]
        decoder.step()
        step += 1
    return cancelled


SEARCHES = st.lists(
    st.builds(
        SmallSearch,
        name=st.just(""),
        seed=st.integers(0, 9),
        sampling=st.sampled_from([SAMPLING, Sampling(0, 1), Sampling(1.2, 1), Sampling(0.7, 0.5)]),
        rounds=st.integers(1, 3),
        width=st.integers(1, 5),
        delay=st.integers(0, 12),
        stop=st.none() | st.integers(0, 12),
    ),
    min_size=1,
    max_size=4,
)


@examples(30)
@given(
    st.sampled_from(list(MODELS)),
    SEARCHES,
    st.sampled_from([0, 3000, 10**9]),
    st.sampled_from([2, 5, 64]),
)
def test_a_run_gets_what_it_gets_alone_and_what_a_full_recomputation_says(
    kind: str, searches: list[SmallSearch], cached: int, most_sequences: int
) -> None:
    for number, search in enumerate(searches):
        search.name = f"run {number}"
    with mock.patch("search_core.engine.writing.decoder.TreeCache", Checked):
        budget = MemoryBudget(cache=cached)
        decoder = Decoder(MODELS[kind], OFTEN, budget=budget, most_sequences=most_sequences)
        cancelled = run_together(decoder, searches)
        finish(decoder)
        assert decoder.cached_tokens == 0  # Every run has let go of what was its own.
        for search in searches:
            alone = search.alone()
            run_together(Decoder(MODELS[kind], OFTEN), [alone])
            assert alone.found[: len(search.found)] == search.found
            assert search.name in cancelled or search.found == alone.found


def test_a_step_costs_its_own_tokens_and_not_its_prefix() -> None:
    decoder = Decoder(LLAMA, NEVER)
    prompt = tuple(range(10, 40))

    def ask(path: tuple[int, ...]) -> DecodeResult:
        call = decoder.submit([DecodeRequest(path, 1, 5, "a")], SAMPLING, go_on)
        finish(decoder)
        return wait(call, go_on)[0]

    first = ask(prompt)
    assert (first.prefilled, first.reused) == (30, 0)
    path = (*prompt, *first.tokens)
    second = ask(path)
    # The last token of a step is read when the next one begins.
    assert (second.prefilled, second.reused, second.known) == (1, 34, 34)
    # A step that was tokenised otherwise than it was written costs what differs.
    third = ask((*path[:-2], 77, 78, 79))
    assert (third.prefilled, third.reused) == (3, 33)
    decoder.release_later("a", [(path, len(prompt))])
    finish(decoder)
    fourth = ask(path)
    assert (fourth.prefilled, fourth.reused) == (2, 33)  # What the third shares is there.


def test_a_giant_does_not_starve_a_small_run() -> None:
    decoder = Decoder(LLAMA, NEVER, most_sequences=8)
    many = [DecodeRequest((5, seed), seed, 20, "giant") for seed in range(100)]
    giant = decoder.submit(many, SAMPLING, go_on)
    for _ in range(3):
        decoder.step()
    few = [DecodeRequest((6, seed), seed, 5, "small") for seed in range(16)]
    small = decoder.submit(few, SAMPLING, go_on)
    steps = 0
    while not small.done():
        decoder.step()
        steps += 1
    # Until sequences of the giant end, then half of the room is the small run's: 16, 4 at once.
    assert steps <= 20 + 4 * 5
    assert not giant.done()
    finish(decoder)
    assert all(len(result.tokens) == 20 for result in wait(giant, go_on))


def test_cancelling_frees_at_once_and_leaves_others_alone() -> None:
    stop = False
    decoder = Decoder(LLAMA, NEVER, most_sequences=6)
    requests = [DecodeRequest((7, 8, 9, seed), seed, 12, "stopped") for seed in range(9)]
    stopped = decoder.submit(requests, SAMPLING, lambda: stop)
    other = decoder.submit([DecodeRequest((5, 6), 3, 12, "other")], SAMPLING, go_on)
    for _ in range(4):
        decoder.step()
    assert decoder.cached_tokens > 2
    stop = True
    decoder.step()
    assert stopped.done()
    assert decoder.cached_tokens == 1  # the other's prompt, but for its last token
    with pytest.raises(RunCancelled):
        wait(stopped, go_on)
    finish(decoder)
    assert_same(wait(other, go_on), decode(LLAMA, [DecodeRequest((5, 6), 3, 12)], SAMPLING, NEVER))


class Narrow:
    """A model that runs out of memory beyond so many sequences, or positions of one."""

    def __init__(self, sequences: int, positions: int = 1000) -> None:
        self.sequences, self.positions = sequences, positions

    def __getattr__(self, name: str) -> Any:
        return getattr(LLAMA, name)

    def __call__(self, **inputs: Any) -> Any:
        positions = inputs["position_ids"][0]
        # Sequences are written a token each; prompts are read as a whole, and all but nothing of
        # them is wanted then.
        sequences = 0 if "logits_to_keep" in inputs else len(positions)
        if sequences > self.sequences or positions.max() >= self.positions:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")
        return LLAMA(**inputs)


@pytest.mark.parametrize("most", [1, 3, 7])
def test_out_of_memory_takes_longer_and_changes_nothing(most: int) -> None:
    requests = some_requests()
    watch = Watch(go_on)
    decoder = Decoder(Narrow(most), OFTEN)
    call = decoder.submit(requests, SAMPLING, watch)
    finish(decoder)
    assert_same(wait(call, go_on), decode(LLAMA, requests, SAMPLING, OFTEN))
    (warning,) = watch.warnings()
    assert re.match(r"Memory did not suffice for \d+ steps at once", warning)


def test_a_sequence_that_does_not_fit_fails_its_run_alone() -> None:
    decoder = Decoder(Narrow(100, positions=20), NEVER)
    short = [DecodeRequest((5, 6, seed), seed, 8, "short") for seed in range(5)]
    long = decoder.submit([DecodeRequest(tuple(range(4, 54)), 1, 8, "long")], SAMPLING, go_on)
    others = decoder.submit(short, SAMPLING, go_on)
    finish(decoder)
    assert_same(wait(others, go_on), decode(LLAMA, short, SAMPLING, NEVER))
    with pytest.raises(SequenceTooLargeError, match="one path of 50 tokens by up to 8 more"):
        wait(long, go_on)


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
    fine = [DecodeRequest((5, 6, seed), seed, 12, "fine") for seed in range(3)]
    others = decoder.submit(fine, Sampling(0), go_on)
    finish_soon = [DecodeRequest((8, 99), 0, 5, "broken"), DecodeRequest((8, 9), 1, 5, "broken")]
    broken = decoder.submit(finish_soon, Sampling(0), go_on)
    finish(decoder)
    with pytest.raises(ValueError, match="not a number"):
        wait(broken, go_on)
    assert_same(wait(others, go_on), decode(LLAMA, fine, Sampling(0), NEVER))


def test_an_error_of_the_model_reaches_those_who_wait_and_nobody_else() -> None:
    class Broken(Narrow):
        def __call__(self, **inputs: Any) -> Any:
            if 66 in inputs["input_ids"]:
                raise RuntimeError("the card is on fire")
            return LLAMA(**inputs)

    decoder = Decoder(Broken(1), NEVER)
    call = decoder.submit([DecodeRequest((5, 66), 1, 5)], SAMPLING, go_on)
    finish(decoder)
    with pytest.raises(RuntimeError, match="on fire"):
        wait(call, go_on)
    later = decoder.submit([DecodeRequest((5, 6), 1, 5)], SAMPLING, go_on)
    finish(decoder)
    assert_same(wait(later, go_on), decode(LLAMA, [DecodeRequest((5, 6), 1, 5)], SAMPLING, NEVER))


def test_the_watch_hears_how_long_each_sequence_is() -> None:
    heard: list[tuple[int, int]] = []
    watch = Watch(go_on, lambda place, tokens: heard.append((place, tokens)))
    requests = [DecodeRequest((5, seed), seed, 9, "a", index=10 + seed) for seed in range(3)]
    results = decode(LLAMA, requests, SAMPLING, StopTable(*[frozenset[int]()] * 4), watch)
    assert {index for index, _ in heard} == {10, 11, 12}
    for index, result in zip((10, 11, 12), results, strict=True):
        counts = [tokens for heard_of, tokens in heard if heard_of == index]
        assert counts == sorted(set(counts))
        assert counts[-1] <= len(result.tokens)


def test_a_model_that_cannot_be_cut_says_so_once_a_run() -> None:
    decoder = Decoder(whole_path_model(), OFTEN)
    watches = {name: Watch(go_on) for name in "ab"}
    for _ in range(2):
        for name, watch in watches.items():
            call = decoder.submit([DecodeRequest((5, 6, 7, 8), 1, 5, name)], SAMPLING, watch)
            finish(decoder)
            assert (wait(call, go_on)[0].prefilled, wait(call, go_on)[0].known) == (4, 0)
    for watch in watches.values():
        (warning,) = watch.warnings()
        assert "every step reads its whole path again" in warning
