"""Published presets against a plain second writing of the published algorithms.

The functions below follow search-and-learn's `beam_search`, `dvts`, `best_of_n` and
`generate_k_steps` as directly as they can, on whole texts, without a tree, events or a runner.
In random worlds both must keep the same paths, complete the same in the same order, and choose
the same one. Ours are run through the public harness, as anybody would.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.fidelity import TextWorld, differences, published_options, search_in
from search_core.testing import chance
from tests.examples import examples

DELIMITER = "\n\n"
AGGREGATES: dict[str, Callable[[list[float]], float]] = {
    "last": lambda scores: scores[-1],
    "min": min,
    "prod": math.prod,
}
Expected = dict[str, Any]


@dataclass(frozen=True)
class Sentences:
    """A random world of texts: steps with and without answers, boxes and words."""

    seed: int
    words: int
    ends: float
    levels: int
    longest: int
    answers: float
    strange: float

    def step(self, prefix: str, index: int) -> tuple[str, bool]:
        word = int(chance(self.seed, "word", prefix, index) * self.words)
        luck = chance(self.seed, "luck", prefix, word)
        strange = chance(self.seed, "strange", prefix, word) < self.strange
        if luck < self.ends or prefix.count(DELIMITER) >= self.longest:
            if strange:
                return "", True
            known = chance(self.seed, "answer", prefix, word) < self.answers
            return (f"The answer is {word}." if known else f"Enough of {word}."), True
        if strange:
            return (f"\\boxed{{{word}}}, then" if word % 2 else ""), False
        return f"step {word}", False

    def score(self, prefix: str) -> float:
        """Few values, so that ties are common; sums of powers of two, so that products are."""
        return int(chance(self.seed, "score", prefix) * self.levels) / 8

    def text_world(self) -> TextWorld:
        return TextWorld(self.step, self.score)


WORLDS = st.builds(
    Sentences,
    seed=st.integers(0, 10**6),
    words=st.integers(1, 6),
    ends=st.sampled_from([0.1, 0.3, 0.6]),
    levels=st.integers(1, 9),
    longest=st.integers(1, 8),
    answers=st.sampled_from([0.0, 0.7, 1.0]),
    strange=st.sampled_from([0.0, 0.0, 0.2]),
)


@dataclass
class Model:
    """What search-and-learn has: a generator that sees prompts, and a scorer of texts."""

    world: Sentences
    drawn: Counter[str] = field(default_factory=Counter)

    def generate(self, prefix: str, *, greedy: bool = False, stop: bool = True) -> tuple[str, bool]:
        index = 0 if greedy else self.drawn[prefix]
        self.drawn[prefix] += not greedy
        step, ended = self.world.step(prefix, index)
        text = step if ended else step + DELIMITER
        while not (stop or ended):
            step, ended = self.world.step(prefix + text, 0)
            text += step if ended else step + DELIMITER
        return text, ended

    def k_steps(self, prefix: str, lookahead: int, stop: bool) -> tuple[str, bool, str]:
        """The next step, whether it ended, and the text up to the end of the lookahead."""
        text, ended = self.generate(prefix, stop=stop)
        ahead, over = text, ended
        for _ in range(lookahead):
            if not over:
                more, over = self.generate(prefix + ahead, greedy=True)
                ahead += more
        return text, ended, ahead

    def scores(self, text: str) -> list[float]:
        """One score for each step; behind the last delimiter there is one if there is text."""
        pieces = text.split(DELIMITER)
        prefixes = [DELIMITER.join(pieces[:end]) + DELIMITER for end in range(1, len(pieces))]
        if pieces[-1] or not prefixes:
            prefixes.append(text)
        return [self.world.score(prefix) for prefix in prefixes]


@dataclass
class Beam:
    """A path, its scores, and whether it is over."""

    text: str = ""
    over: bool = False
    scores: list[float] = field(default_factory=list)


def first_best(beams: list[Beam], how: str) -> str | None:
    """The argmax, which is the first of equals."""
    return max(beams, key=lambda beam: AGGREGATES[how](beam.scores)).text if beams else None


def outcome(beams: list[Beam], how: str, **more: Any) -> Expected:
    return {"completions": [b.text for b in beams], "pred": first_best(beams, how)} | more


def reference_beam_search(
    world: Sentences, n: int, width: int, rounds: int, how: str, look: int, dedupe: bool, sort: bool
) -> Expected:
    model, active, completed = Model(world), [Beam()], list[Beam]()
    log: list[Expected] = []
    for number in range(rounds):
        last = number == rounds - 1
        active = (active * (n // len(active) + 1))[:n]
        prefixes = [beam.text for beam in active]
        grown = []
        for prefix in prefixes:
            # What it sees ahead is never used.
            text, over, _ = model.k_steps(prefix, 0 if last else look, stop=not last)
            grown.append(Beam(prefix + text, over, model.scores(prefix + text)))
        done = [beam for beam in grown if beam.over]
        completed += done
        active = [beam for beam in grown if not beam.over]
        log.append(
            {
                "sampled_from": prefixes,
                "sampled": [beam.text for beam in grown],
                "completed": [beam.text for beam in done],
            }
        )
        if not active:
            break
        if dedupe:
            first: dict[str, Beam] = {}
            for beam in active:
                first.setdefault(beam.text, beam)
            active = list(first.values())
        values = [AGGREGATES[how](beam.scores) for beam in active]
        ascending = sorted(range(len(active)), key=lambda i: (values[i], i))
        kept = set(ascending[-(n // width) :])
        log[-1]["pruned"] = [beam.text for i, beam in enumerate(active) if i not in kept]
        active = [beam for i, beam in enumerate(active) if i in kept]
        log[-1]["kept"] = [beam.text for beam in active]
    order = [beam.text for beam in completed]
    if sort:
        completed.sort(key=lambda beam: AGGREGATES[how](beam.scores), reverse=True)
    output = (completed[:n] * (n // len(completed) + 1))[:n]
    return outcome(output, how, completed=order, rounds=log)


def reference_dvts(
    world: Sentences, n: int, width: int, rounds: int, how: str, look: int
) -> Expected:
    model = Model(world)
    heads = [Beam() for _ in range(n // width)]
    siblings: list[list[Beam]] = [[] for _ in heads]
    kept: list[list[str]] = []
    for number in range(rounds):
        going = [subtree for subtree, head in enumerate(heads) if not head.over]
        if not going:
            break
        last = number == rounds - 1
        kept.append([])
        for subtree in going:
            prefix = heads[subtree].text
            siblings[subtree] = []
            for _ in range(width):
                text, over, ahead = model.k_steps(prefix, 0 if last else look, stop=not last)
                siblings[subtree].append(Beam(prefix + text, over, model.scores(prefix + ahead)))
        for subtree in going:
            best = max(siblings[subtree], key=lambda beam: AGGREGATES[how](beam.scores))
            over = best.over or "boxed{" in best.text
            heads[subtree] = replace(best, over=over)
            if not over:
                kept[-1].append(best.text)
    output = list(itertools.chain(*siblings))
    return outcome(output, how, rounds=[{"kept": texts} for texts in kept])


def reference_best_of_n(world: Sentences, n: int, how: str) -> Expected:
    model = Model(world)
    texts = [model.generate("", stop=False)[0] for _ in range(n)]
    return outcome([Beam(text, True, model.scores(text)) for text in texts], how)


def check(world: Sentences, strategy: str, expected: Expected, **config: Any) -> None:
    """Ours does what is expected, as far as an expectation was written down."""
    options = published_options(strategy, config)
    found = search_in(world.text_world(), strategy, options)
    assert differences(found, expected) == []


@examples(60)
@given(
    WORLDS,
    st.integers(1, 4),
    st.integers(1, 5),
    st.integers(0, 3),
    st.integers(1, 6),
    st.sampled_from(sorted(AGGREGATES)),
    st.integers(0, 3),
    *[st.booleans()] * 2,
)
def test_beam_search(
    world: Sentences,
    width: int,
    survivors: int,
    odd: int,
    rounds: int,
    how: str,
    look: int,
    dedupe: bool,
    sort: bool,
) -> None:
    n = width * survivors + odd
    expected = reference_beam_search(world, n, width, rounds, how, look, dedupe, sort)
    config = {"n": n, "beam_width": width, "num_iterations": rounds, "agg_strategy": how}
    config |= {"lookahead": look, "filter_duplicates": dedupe, "sort_completed": sort}
    check(world, "beam_search", expected, **config)
    check(world, "lookahead_search", expected, **config)


@examples(60)
@given(
    WORLDS,
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 6),
    st.sampled_from(sorted(AGGREGATES)),
    st.integers(0, 3),
)
def test_dvts(
    world: Sentences, width: int, subtrees: int, rounds: int, how: str, look: int
) -> None:
    n = width * subtrees
    expected = reference_dvts(world, n, width, rounds, how, look)
    config = {"n": n, "beam_width": width, "num_iterations": rounds, "agg_strategy": how}
    check(world, "dvts", expected, lookahead=look, **config)


@examples(60)
@given(WORLDS, st.integers(1, 8), st.sampled_from(sorted(AGGREGATES)))
def test_best_of_n(world: Sentences, n: int, how: str) -> None:
    check(world, "best_of_n", reference_best_of_n(world, n, how), n=n, agg_strategy=how)


ACCIDENTS: dict[str, list[dict[str, object]]] = {
    "beam_search": [
        {"answerless_vote": False},
        {"finish_last_round": False},
        {"lookahead_unscored": False},
        {"later_wins_ties": False},
        {"filter_duplicates": True},
        {"sort_completed": True},
    ],
    "dvts": [
        {"answerless_vote": False},
        {"finish_last_round": False},
        {"lookahead": 0},
        {"boxed_ends": False},
        {"vote_unfinished": False},
    ],
}


@pytest.mark.parametrize("strategy", ACCIDENTS)
def test_the_comparison_would_notice(strategy: str) -> None:
    """Accidents that are turned off, or a lookahead that is not looked by, make a difference."""
    sizes = {"n": 8, "beam_width": 4, "num_iterations": 4, "lookahead": 1}
    base = Sentences(seed=0, words=6, ends=0.2, levels=9, longest=6, answers=0.5, strange=0.1)
    worlds = [replace(base, seed=seed) for seed in range(20)]
    expected = [
        reference_beam_search(world, 8, 4, 4, "last", 1, dedupe=False, sort=False)
        if strategy == "beam_search"
        else reference_dvts(world, 8, 4, 4, "last", 1)
        for world in worlds
    ]

    def differs(place: int, change: dict[str, object]) -> bool:
        options = published_options(strategy, sizes | change)
        return bool(
            differences(search_in(worlds[place].text_world(), strategy, options), expected[place])
        )

    assert not any(differs(place, {}) for place in range(len(worlds)))
    for change in ACCIDENTS[strategy]:
        # The first world in which it makes a difference is enough.
        assert any(differs(place, change) for place in range(len(worlds))), change
