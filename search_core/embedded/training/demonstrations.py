"""The solver's training data: worked solutions of problems from the training split."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from search_core.embedded.families import FAMILIES
from search_core.embedded.generation import Demonstration, demonstration, sample_problem
from search_core.embedded.splits import split_of
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.examples import ExampleStore
from search_core.embedded.training.tokenizer import STEP_DELIMITER, load_tokenizer
from search_core.problem import Problem

# By problems, not by tokens: a Countdown solution is a third as long as the others, and
# planning needs the most examples.
BASE_WEIGHTS = {"expression": 0.18, "word": 0.22, "countdown": 0.6}


# The small solver sees less of what it would soon master, and so slips in every family.
SOLVER_WEIGHTS = {"expression": 0.07, "word": 0.19, "countdown": 0.74}


@dataclass(frozen=True, slots=True)
class Shard:
    """An order for part of a data set.

    Attributes:
        tokenizer_folder: Which tokenizer.
        count: How many examples.
        seed: Any text.
        weights: Share of each family.
    """

    tokenizer_folder: Path
    count: int
    seed: str
    weights: Mapping[str, float]


def random_problem(
    rng: random.Random,
    split: str,
    weights: Mapping[str, float] = BASE_WEIGHTS,
    two_digits: float = 0.0,
    levels: Mapping[int, float] | None = None,
) -> Problem:
    """A problem of the split, family and level drawn by weight.

    Args:
        two_digits: Share of problems with larger numbers.
        levels: Share of each level; None: the family's own.
    """
    while True:
        family = rng.choices(list(weights), list(weights.values()))[0]
        trained = levels or FAMILIES[family].trained
        level = rng.choices(list(trained), list(trained.values()))[0]
        larger = two_digits > 0 and rng.random() >= 1 - two_digits
        problem = sample_problem(family, level, rng, two_digits=larger, made_up=True)
        if split_of(problem) == split:
            return problem


def demonstrations(
    count: int, seed: str, weights: Mapping[str, float]
) -> Iterator[tuple[Problem, Demonstration]]:
    """Problems of the train split with worked solutions."""
    rng = random.Random(seed)
    for _ in range(count):
        problem = random_problem(rng, "train", weights)
        yield problem, demonstration(problem, rng)


def sample_texts(count: int, seed: str) -> Iterator[str]:
    """Problems and solutions to train the tokenizer on."""
    for problem, shown in demonstrations(count, seed, BASE_WEIGHTS):
        yield problem.text
        yield STEP_DELIMITER.join(shown.steps)


def make_shard(shard: Shard) -> ExampleStore:
    """Generates and tokenises one shard."""
    codec = Codec.of(load_tokenizer(shard.tokenizer_folder))
    pairs = list(demonstrations(shard.count, shard.seed, shard.weights))
    prompts = codec.prompts([problem.text for problem, _ in pairs])
    solutions = codec.solutions([shown.steps for _, shown in pairs])
    return ExampleStore.pack(
        codec.example(prompt, solution, shown.imitate)
        for prompt, solution, (_, shown) in zip(prompts, solutions, pairs, strict=True)
    )
