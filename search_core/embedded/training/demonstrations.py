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

FAMILY_WEIGHTS = {"expression": 0.32, "word": 0.33, "countdown": 0.35}


@dataclass(frozen=True, slots=True)
class Shard:
    """An order for part of a data set: which tokenizer, how many examples, which seed."""

    tokenizer_folder: Path
    count: int
    seed: str


def random_problem(
    rng: random.Random, split: str, weights: Mapping[str, float] = FAMILY_WEIGHTS
) -> Problem:
    """A problem of the split, with the family drawn by weight and any of its levels."""
    while True:
        family = rng.choices(list(weights), list(weights.values()))[0]
        problem = sample_problem(family, rng.choice(FAMILIES[family].levels), rng)
        if split_of(problem) == split:
            return problem


def demonstrations(count: int, seed: str) -> Iterator[tuple[Problem, Demonstration]]:
    rng = random.Random(seed)
    for _ in range(count):
        problem = random_problem(rng, "train")
        yield problem, demonstration(problem, rng)


def sample_texts(count: int, seed: str) -> Iterator[str]:
    """Problems and solutions to train the tokenizer on."""
    for problem, shown in demonstrations(count, seed):
        yield problem.text
        yield STEP_DELIMITER.join(shown.steps)


def make_shard(shard: Shard) -> ExampleStore:
    """Generates and tokenises one shard."""
    codec = Codec.of(load_tokenizer(shard.tokenizer_folder))
    pairs = list(demonstrations(shard.count, shard.seed))
    prompts = codec.prompts([problem.text for problem, _ in pairs])
    solutions = codec.solutions([shown.steps for _, shown in pairs])
    return ExampleStore.pack(
        codec.example(prompt, solution, shown.imitate)
        for prompt, solution, (_, shown) in zip(prompts, solutions, pairs, strict=True)
    )
