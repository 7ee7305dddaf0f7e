"""Searches written as streams, and what a solver learns of them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.embedded import generate, split_of
from search_core.embedded.checking.verdict import read_answer
from search_core.embedded.families.canonical import parse_countdown
from search_core.embedded.streams import search_stream
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.stream_data import (
    StreamShard,
    make_stream_shard,
    stream_example,
    streams,
)
from search_core.embedded.training.stream_measure import walked
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.strategies.places import is_move, is_return

MODEL = Path(__file__).resolve().parents[2] / "assets" / "models" / "solver-small"
PROBLEMS = generate("countdown", 4, 40, 3, "train")


@pytest.fixture(scope="module")
def codec() -> Codec:
    return Codec.of(load_tokenizer(MODEL))


@given(st.sampled_from(PROBLEMS), st.integers(0, 10**6), st.integers(1, 40))
def test_a_search_is_bounded_and_ends_with_an_answer(problem, seed: int, most: int) -> None:  # type: ignore[no-untyped-def]
    stream = search_stream(problem, random.Random(seed), most)
    *course, last = stream.texts
    assert all(is_move(text) or is_return(text) for text in course)
    assert sum(map(is_move, course)) <= most + 4  # it finishes what it has begun
    reached = read_answer(last)
    assert (reached == parse_countdown(problem.text)[1]) is stream.solved
    assert walked(problem, stream.texts, 7) == (stream.solved, True, 7, len(stream.pieces))


@given(st.sampled_from(PROBLEMS), st.integers(0, 10**6))
def test_a_state_is_reached_once_as_long_as_it_can_be_gone_back_to(problem, seed: int) -> None:  # type: ignore[no-untyped-def]
    stream = search_stream(problem, random.Random(seed), 30, 10)
    lists = [text.partition(", left ")[2] for text in stream.texts if is_move(text)]
    target = str(parse_countdown(problem.text)[1])
    open_ended = [left for left in lists if " " in left and target not in left.split()]
    assert len(open_ended) == len(set(open_ended))


def test_data_are_of_the_train_split_and_some_go_on_after_wait() -> None:
    found = list(streams(300, "test"))
    assert {split_of(problem) for problem, _ in found} == {"train"}
    forced = [any(piece.forced for piece in stream.pieces) for _, stream in found]
    assert 0.1 < sum(forced) / len(forced) < 0.4
    assert 0.85 < sum(stream.solved for _, stream in found) / len(found) < 1


def test_wait_and_that_something_comes_after_an_answer_are_not_learned(codec: Codec) -> None:
    problem, stream = next(
        (problem, stream)
        for problem, stream in streams(300, "test")
        if any(piece.forced for piece in stream.pieces)
    )
    (prompt,), (tokens,) = codec.prompts([problem.text]), codec.solutions([stream.texts])
    example = stream_example(codec, prompt, tokens, stream)
    pairs = list(zip(example.tokens, example.learn, strict=True))
    assert not any(learn for _, learn in pairs[: len(prompt)])
    left_out = [token for token, learn in pairs[len(prompt) :] if not learn]
    assert codec.tokenizer.decode(left_out) == "\n\nWait"
    assert pairs[-1] == (codec.end, True)


def test_streams_that_do_not_fit_the_context_are_left_out(codec: Codec) -> None:
    store = make_stream_shard(StreamShard(MODEL, 60, "test", 200))
    lengths = store.offsets[1:] - store.offsets[:-1]
    assert 0 < len(store) < 60
    assert lengths.max() <= 200


def test_a_stream_is_judged_by_the_path_to_its_last_answer() -> None:
    problem = generate("countdown", 3, 1, 0, "test")[0]
    solved = search_stream(problem, random.Random(0), 60)
    assert solved.solved
    assert walked(problem, [*solved.texts, "Wait, back to 1 2 3.", "The answer is 1."], 9) == (
        *(False, True, 9, len(solved.texts) + 2),
    )
    assert walked(problem, solved.texts[:-1], 9).answered is False
