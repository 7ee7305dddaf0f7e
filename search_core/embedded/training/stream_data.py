"""Training data of the stream solver: searches for Countdown problems, written as streams."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from search_core.embedded.streams import FORCED, Stream, search_stream
from search_core.embedded.training.demonstrations import random_problem
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.examples import NO_LABEL, ExampleStore, TrainingExample
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.problem import Problem

LEVELS = {3: 0.35, 4: 0.65}
_MOST_MOVES = (22, 28)
_MORE_MOVES = (8, 12)
FORCED_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class StreamShard:
    """An order for part of a data set of streams; longer ones than `longest` are left out.

    Attributes:
        longest: In tokens, with the problem.
    """

    tokenizer_folder: Path
    count: int
    seed: str
    longest: int


def streams(count: int, seed: str) -> Iterator[tuple[Problem, Stream]]:
    """Countdown problems of the train split with a search for each.

    What failed goes on after "Wait", and a share of what succeeded.
    """
    rng = random.Random(seed)
    for _ in range(count):
        problem = random_problem(rng, "train", {"countdown": 1.0}, levels=LEVELS)
        most, more = rng.randint(*_MOST_MOVES), rng.randint(*_MORE_MOVES)
        state = rng.getstate()
        stream = search_stream(problem, rng, most)
        if not stream.solved or rng.random() < FORCED_SHARE:
            rng.setstate(state)
            stream = search_stream(problem, rng, most, more)
        yield problem, stream


def make_stream_shard(shard: StreamShard) -> ExampleStore:
    """Generates and tokenises one shard."""
    codec = Codec.of(load_tokenizer(shard.tokenizer_folder))
    pairs = list(streams(shard.count, shard.seed))
    prompts = codec.prompts([problem.text for problem, _ in pairs])
    texts = codec.solutions([stream.texts for _, stream in pairs])
    return ExampleStore.pack(
        stream_example(codec, prompt, tokens, stream)
        for prompt, tokens, (_, stream) in zip(prompts, texts, pairs, strict=True)
        if len(prompt) + len(tokens) <= shard.longest
    )


def stream_example(
    codec: Codec, prompt: list[int], tokens: list[int], stream: Stream
) -> TrainingExample:
    """A stream to learn from: all of it but the "Wait" that others put into its mouth.

    Nor is learned that something comes after an answer: left alone, a stream ends there.
    """
    learn = [True] * len(tokens)
    forced = len(codec.tokenizer.encode(FORCED))
    ends = [at for at, token in enumerate(tokens) if token in (codec.delimiter, codec.end)]
    for piece, end in zip(stream.pieces[1:], ends, strict=False):
        if piece.forced:
            learn[end : end + 1 + forced] = [False] * (1 + forced)
    labels = [NO_LABEL] * (len(prompt) + len(tokens))
    return TrainingExample([*prompt, *tokens], [*[False] * len(prompt), *learn], labels)
