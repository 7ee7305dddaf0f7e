"""Measures the stream solver: one stream a problem, and the same made to go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import torch

from search_core.embedded.checking import grade
from search_core.embedded.checking.verdict import read_answer
from search_core.embedded.generation import generate
from search_core.embedded.streams import FORCED
from search_core.embedded.training.attempts import Sampler
from search_core.embedded.training.decoding import TokenSampling, sample
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.export import load_solver
from search_core.embedded.training.model import DecoderShape, LanguageModel
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.embedded.training.verifier_model import read_state
from search_core.problem import Problem
from search_core.strategies.places import PROBLEM, places

LEAST_PIECES = (1, 10, 20, 40)
"""Budgets that are measured; 1 lets a stream end when it likes."""
_ROOM_TO_GO_ON = 32
"""A stream that has fewer tokens than this left is not made to go on."""


class Walked(NamedTuple):
    """What one stream came to.

    Attributes:
        solved: Whether the path to its last answer is a right solution.
        answered: Whether it gave any answer.
    """

    solved: bool
    answered: bool
    tokens: int
    pieces: int


@dataclass(frozen=True, slots=True)
class StreamOrder:
    """One process's share of the measurements; picklable.

    Attributes:
        folder, shape: Of the finished stream solver.
        base: Checkpoint that it was made of, for comparison.
        sampling: For the sampled streams.
    """

    folder: Path
    shape: DecoderShape
    base: Path
    sampling: TokenSampling
    level: int
    problems: int
    seed: int


def measure_streams(order: StreamOrder) -> dict[str, list[Walked]]:
    """Streams for one level: "sampled at 1", and "greedy at 1", … for each of `LEAST_PIECES`.

    Under "base" are the step-by-step solutions of the base that the solver was made of.
    """
    torch.set_num_threads(1)
    codec = Codec.of(load_tokenizer(order.folder))
    model = load_solver(order.folder, order.shape)
    problems = generate("countdown", order.level, order.problems, order.seed, "test")
    still = replace(order.sampling, temperature=0.0)
    measured = {"base": _base(order, codec, problems, still)}
    sampled = _StreamSampler(model, codec, problems, order.sampling, order.seed)
    measured["sampled at 1"] = sampled.write(1)
    greedy = _StreamSampler(model, codec, problems, still, order.seed)
    for least in LEAST_PIECES:
        measured[f"greedy at {least}"] = greedy.write(least)
    return measured


def _base(
    order: StreamOrder, codec: Codec, problems: Sequence[Problem], sampling: TokenSampling
) -> list[Walked]:
    base = LanguageModel(order.shape)
    base.load_state_dict(read_state(order.base))
    attempts = Sampler(base.eval(), codec, sampling, order.seed).attempt(problems, 1)
    return [
        Walked(a.grade.correct, read_answer(a.steps[-1]) is not None, len(a.tokens), len(a.steps))
        for a in attempts
    ]


class _StreamSampler:
    """Streams for some problems, which can be made to go on."""

    def __init__(
        self,
        model: LanguageModel,
        codec: Codec,
        problems: Sequence[Problem],
        sampling: TokenSampling,
        seed: int,
    ) -> None:
        self._model, self._codec, self._problems = model, codec, problems
        self._sampling = sampling
        self._generator = torch.Generator().manual_seed(seed)
        self._prompts = codec.prompts([problem.text for problem in problems])
        self._streams: list[list[int]] = [[] for _ in problems]
        self._go_on(range(len(problems)))

    def write(self, least: int) -> list[Walked]:
        """The streams, made to go on until each has `least` pieces or no room."""
        forced = [self._codec.delimiter, *self._codec.tokenizer.encode(FORCED)]
        while short := [at for at in range(len(self._streams)) if self._is_short(at, least)]:
            for at in short:
                self._streams[at][-1:] = forced
            self._go_on(short)
        return [
            walked(problem, self._codec.steps(stream), len(stream))
            for problem, stream in zip(self._problems, self._streams, strict=True)
        ]

    def _is_short(self, at: int, least: int) -> bool:
        stream = self._streams[at]
        room = self._model.shape.positions - len(self._prompts[at]) - len(stream)
        ended = stream[-1] == self._codec.end
        return ended and room >= _ROOM_TO_GO_ON and len(self._codec.steps(stream)) < least

    def _go_on(self, places: Sequence[int]) -> None:
        prompts = [[*self._prompts[at], *self._streams[at]] for at in places]
        written = sample(
            self._model, prompts, self._codec.end, self._sampling, self._generator, rows=160
        )
        for at, new in zip(places, written, strict=True):
            self._streams[at] += new.tokens


def walked(problem: Problem, pieces: Sequence[str], tokens: int) -> Walked:
    """Judges a stream by the path to its last answer."""
    parents = places(pieces)
    answers = [at for at, text in enumerate(pieces) if read_answer(text) is not None]
    if not answers:
        return Walked(False, False, tokens, len(pieces))
    path, at = [], answers[-1]
    while at != PROBLEM:
        path.append(pieces[at])
        at = parents[at]
    return Walked(grade(problem, path[::-1]).correct, True, tokens, len(pieces))
