"""Published presets against a plain second writing of the published algorithms.

The functions below follow search-and-learn's `beam_search`, `dvts` and `best_of_n` as
directly as they can, without a tree, events or a runner. In random worlds both must complete
the same paths in the same order and choose the same one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from search_core.events import Aggregate, Completed
from search_core.problem import Problem
from search_core.recipe import Recipe
from search_core.runner import Run, drive
from search_core.scoring import aggregate_scores
from search_core.strategies import STRATEGIES
from tests.fakes import FakeSolver, FakeVerifier, World

Path = tuple[str, ...]
Outcome = tuple[list[Path], Path | None]
LONGEST = 7
AGGREGATES = st.sampled_from(["last", "min", "prod", "mean"])
WORLDS = st.builds(
    World,
    seed=st.integers(0, 10**6),
    words=st.integers(1, 5),
    ends=st.sampled_from([0.1, 0.3, 0.6]),
    cut_off=st.just(0.0),
    scores=st.integers(1, 9),
)


@dataclass
class Beam:
    """A path, and how many continuations of it were sampled."""

    path: Path = ()
    ended: bool = False
    sampled: int = 0
    value: float = field(default=0.0)


def step(world: World, path: Path, index: int) -> tuple[str, str]:
    """The world's step; every path ends after `LONGEST` steps at the latest."""
    if len(path) >= LONGEST:
        return f"The answer is {index}.", "end"
    return world.step(path, index)


def grow(world: World, beam: Beam, how: Aggregate, *, to_end: bool = False) -> Beam:
    text, ended = step(world, beam.path, beam.sampled)
    beam.sampled += 1
    grown = Beam((*beam.path, text), ended == "end")
    while to_end and not grown.ended:
        text, ended = step(world, grown.path, 0)
        grown = Beam((*grown.path, text), ended == "end")
    prefixes = [grown.path[: end + 1] for end in range(len(grown.path))]
    grown.value = aggregate_scores([world.score(prefix) for prefix in prefixes], how)
    return grown


def first_best(beams: list[Beam]) -> Path | None:
    """The argmax, which is the first of equals."""
    return max(beams, key=lambda beam: beam.value).path if beams else None


def reference_beam_search(
    world: World, n: int, width: int, rounds: int, how: Aggregate, dedupe: bool, by_score: bool
) -> Outcome:
    active = [Beam()]
    completed: list[Beam] = []
    for number in range(rounds):
        active = (active * (n // len(active) + 1))[:n]
        grown = [grow(world, beam, how, to_end=number == rounds - 1) for beam in active]
        completed += [beam for beam in grown if beam.ended]
        active = [beam for beam in grown if not beam.ended]
        if not active:
            break
        if dedupe:
            first: dict[Path, Beam] = {}
            for beam in active:
                first.setdefault(beam.path, beam)
            active = list(first.values())
        ascending = sorted(range(len(active)), key=lambda i: (active[i].value, i))
        kept = set(ascending[-(n // width) :])
        active = [beam for i, beam in enumerate(active) if i in kept]
    order = [beam.path for beam in completed]
    if by_score:
        completed = sorted(completed, key=lambda beam: beam.value, reverse=True)
    return order, first_best(completed[:n])


def reference_dvts(world: World, n: int, width: int, rounds: int, how: Aggregate) -> Outcome:
    heads: list[Beam | None] = [Beam() for _ in range(n // width)]
    root = Beam()  # all subtrees hang on one root, so its samples are counted together
    siblings: list[list[Beam]] = [[] for _ in heads]
    for number in range(rounds):
        for subtree, head in enumerate(heads):
            if head is not None:
                parent = head if head.path else root
                last = number == rounds - 1
                siblings[subtree] = [grow(world, parent, how, to_end=last) for _ in range(width)]
                best = max(siblings[subtree], key=lambda beam: beam.value)
                heads[subtree] = None if best.ended else best
    output = [beam for group in siblings for beam in group]
    return [beam.path for beam in output], first_best(output)


def reference_best_of_n(world: World, n: int, how: Aggregate) -> Outcome:
    root = Beam()
    solutions = [grow(world, root, how, to_end=True) for _ in range(n)]
    return [beam.path for beam in solutions], first_best(solutions)


def ours(world: World, name: str, **values: object) -> Outcome:
    strategy = STRATEGIES[name]
    options = strategy.options.from_values({**strategy.as_published, **values})
    solver = FakeSolver(lambda path, index: step(world, path, index))
    verifier = FakeVerifier(world.score)
    run = Run(Recipe(Problem("?"), strategy, options), solver.info, verifier.info)
    drive(run, solver, verifier)
    tree = run.tree

    def path(node_id: str) -> Path:
        return tuple(node.text for node in tree.path(node_id))

    completed = [path(event.id) for event in run.events if isinstance(event, Completed)]
    chosen = tree.finished.chosen if tree.finished else None
    return completed, path(chosen) if chosen else None


@settings(deadline=None)
@given(
    WORLDS,
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 6),
    AGGREGATES,
    *[st.booleans()] * 2,
)
def test_beam_search(
    world: World,
    width: int,
    survivors: int,
    rounds: int,
    how: Aggregate,
    dedupe: bool,
    by_score: bool,
) -> None:
    n = width * survivors
    found = ours(
        world,
        "beam_search",
        n=n,
        beam_width=width,
        max_steps=rounds,
        aggregate=how,
        filter_duplicates=dedupe,
        sort_completed=by_score,
    )
    assert found == reference_beam_search(world, n, width, rounds, how, dedupe, by_score)


@settings(deadline=None)
@given(WORLDS, st.integers(1, 4), st.integers(1, 4), st.integers(1, 6), AGGREGATES)
def test_dvts(world: World, width: int, subtrees: int, rounds: int, how: Aggregate) -> None:
    n = width * subtrees
    found = ours(world, "dvts", n=n, beam_width=width, max_steps=rounds, aggregate=how)
    expected = reference_dvts(world, n, width, rounds, how)
    # Subtrees stop in different rounds; the log is in that order, the vote by subtree.
    assert sorted(found[0]) == sorted(expected[0])
    assert found[1] == expected[1]


@settings(deadline=None)
@given(WORLDS, st.integers(1, 8), AGGREGATES)
def test_best_of_n(world: World, n: int, how: Aggregate) -> None:
    assert ours(world, "best_of_n", n=n, aggregate=how) == reference_best_of_n(world, n, how)
