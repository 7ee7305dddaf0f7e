"""Stage (a) of the verifier's data: solutions spoiled on purpose, labelled exactly.

Every problem comes with a right solution and a few wrong ones, so that what tells them
apart is the solution and not the problem. Where a right solution is unique (expressions and
word problems) every token is labelled, not only the one that ends a step: up to where the
wrong solution departs from the right one the label is 1, from there on 0.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from search_core.embedded.corruption import random_corruption, step_labels
from search_core.embedded.corruptions.word import is_giving
from search_core.embedded.generation import demonstration, gold_solution
from search_core.embedded.training.demonstrations import Shard, random_problem
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.examples import NO_LABEL, ExampleStore, TrainingExample
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.problem import Problem

CORRUPTION_WEIGHTS = {"expression": 0.3, "word": 0.35, "countdown": 0.35}
# Many of the solver's wrong steps in word problems mix up who gives and who gets.
_GIVING_SHARE = 0.4
# Larger numbers are where a solver slips.
_TWO_DIGITS = 0.6


class Labelled(NamedTuple):
    """A solution with the score that each of its steps should get.

    Attributes:
        departs_from: The right solution that a wrong one was made of, where it is unique.
    """

    problem: Problem
    steps: list[str]
    labels: list[float]
    departs_from: list[str] | None


def labelled_solutions(
    count: int, seed: str, weights: Mapping[str, float] = CORRUPTION_WEIGHTS
) -> Iterator[Labelled]:
    """At least `count` solutions: for each problem one right one and one or two wrong ones."""
    rng = random.Random(seed)
    made = 0
    while made < count:
        problem = random_problem(rng, "train", weights, _TWO_DIGITS)
        if problem.family == "word" and rng.random() < _GIVING_SHARE:
            while not (problem.family == "word" and is_giving(problem.text)):
                problem = random_problem(rng, "train", {"word": 1.0})
        gold = gold_solution(problem, rng)
        if problem.family == "countdown":
            gold = demonstration(problem, rng, failed_share=0.1).steps
        unique = gold if problem.family != "countdown" else None
        yield Labelled(problem, gold, step_labels(problem, gold), unique)
        for _ in range(rng.choice((1, 1, 2))):
            wrong = random_corruption(problem, rng).steps
            yield Labelled(problem, wrong, step_labels(problem, wrong), unique)
            made += 1
        made += 1


def make_labelled_shard(shard: Shard) -> ExampleStore:
    """Generates and tokenises one shard."""
    codec = Codec.of(load_tokenizer(shard.tokenizer_folder))
    return pack_labelled(codec, list(labelled_solutions(shard.count, shard.seed, shard.weights)))


def pack_labelled(codec: Codec, solutions: Sequence[Labelled]) -> ExampleStore:
    """Examples that teach both to score every solution and to write the right steps."""
    prompts = codec.prompts([item.problem.text for item in solutions])
    encoded = codec.solutions([item.steps for item in solutions])
    origins = codec.solutions([item.departs_from or [] for item in solutions])
    examples = []
    for item, prompt, solution, origin in zip(solutions, prompts, encoded, origins, strict=True):
        imitate = [label >= 0.5 for label in item.labels]
        example = codec.example(prompt, solution, imitate, item.labels)
        if item.departs_from is not None:
            example = _label_every_token(example, len(prompt), solution, origin)
        examples.append(example)
    return ExampleStore.pack(examples)


def _label_every_token(
    example: TrainingExample, start: int, solution: Sequence[int], origin: Sequence[int]
) -> TrainingExample:
    pairs = enumerate(zip(solution, origin, strict=False))
    departure = next((place for place, (a, b) in pairs if a != b), len(solution))
    labels = list(example.labels)
    for place in range(len(solution)):
        if labels[start + place] == NO_LABEL:
            labels[start + place] = 1.0 if place < departure else 0.0
    return example._replace(labels=labels)
