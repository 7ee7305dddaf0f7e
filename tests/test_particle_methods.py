"""Particle filtering and particle Gibbs: what the log says, and where they converge to."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.log.events import Allocated, Decided, Sampled, Spent
from search_core.problem import Problem
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from search_core.strategies.particle_gibbs import ParticleGibbsOptions
from tests.examples import examples
from tests.fakes import FakeClock, FakeSolver, FakeVerifier, World
from tests.known_world import ANSWERS, KnownWorld, odds
from tests.searches import answer, parents, rules, run, votes
from tests.test_search_properties import WORLDS, run_in

FILTERING, GIBBS = "particle_filtering", "particle_gibbs"


# Worked out by hand -------------------------------------------------------------------------


def shares(made: Run) -> list[dict[str, int]]:
    """Copies by text, for each allocation."""
    allocations = [event for event in made.events if isinstance(event, Allocated)]
    return [
        {made.tree.nodes[share.id].text: share.copies for share in event.shares}
        for event in allocations
    ]


def test_copies_follow_the_odds_and_finished_paths_take_part() -> None:
    # Odds 4, 1, 1 and 0 of 6: shares 2.67, 0.67, 0.67 and 0 of the four particles.
    children = {"": "1. A B C", "A": "2. 3. 4.", "B": "5. 6. 7."}
    made = run(FILTERING, children, {"1.": 0.8, "A": 0.5, "B": 0.5, "C": 0.0}, n=4)
    first, last = shares(made)
    assert sum(first.values()) == sum(last.values()) == 4
    assert first["The answer is 1."] in (2, 3)
    assert {first["A"], first["B"]} <= {0, 1}
    assert first["C"] == 0
    assert rules(made)["C"] == "resampled_away"
    assert len(parents(made)[1]) == first["A"] + first["B"]
    # The last population votes, each copy once.
    assert sum(votes(made, "majority").values()) == 4
    assert votes(made, "majority") == {
        text.split()[-1][:-1]: copies for text, copies in last.items() if copies
    }


def test_a_cut_says_its_weight_and_what_could_be_expected() -> None:
    made = run(FILTERING, {"": "A B", "A": "1. 2."}, {"A": 0.9, "B": 0.0}, n=2)
    decisions = [event for event in made.events if isinstance(event, Decided)]
    assert [(one.rule, one.why) for one in decisions] == [
        (
            "resampled",
            "Systematic resampling drew 2 particles by weight. This path, of weight 1, could "
            "expect 2 of them, and got 2.",
        ),
        (
            "resampled_away",
            "Systematic resampling drew 2 particles by weight. This path, of weight under 0.001, "
            "could expect under 0.001 of them, and got none.",
        ),
    ]


def test_cut_off_steps_weigh_nothing_and_the_others_fill_the_population() -> None:
    made = run(FILTERING, {"": "A~ B", "B": "1. C~", "A": ""}, {"B": 0.2}, n=2)
    assert parents(made) == [["", ""], ["B", "B"]]
    assert rules(made) == {"A": "too_long", "B": "resampled", "C": "too_long"}
    assert shares(made)[-1] == {"The answer is 1.": 2}
    assert votes(made, "majority") == {"1": 2}


def test_paths_that_run_out_of_steps_do_not_vote() -> None:
    made = run(FILTERING, {"": "A 1."}, {}, n=2, max_steps=1)
    assert rules(made)["A"] == "out_of_steps"
    assert votes(made, "majority") == {"1": 2}
    made = run(FILTERING, {"": "A B"}, {}, n=2, max_steps=1)
    assert answer(made) is None


@pytest.mark.parametrize("name", [FILTERING, GIBBS])
def test_the_best_particle_is_returned_as_published_whatever_it_says(name: str) -> None:
    # "what" ends its path and says no answer; it has the best last score of the population.
    strategy = STRATEGIES[name]
    ends = {"what": ("So that is what it is.", "end"), "one": ("The answer is 1.", "end")}
    solver = FakeSolver(lambda _, index: ends["what" if index % 2 else "one"])
    verifier = FakeVerifier(lambda steps: 0.6 if "answer" not in steps[-1] else 0.5)

    def played(**options: object) -> Run:
        recipe = Recipe(Problem("?"), strategy, strategy.options.from_values(options))
        made = Run(recipe, solver.info, verifier.info, clock=FakeClock())
        drive(made, solver, verifier)
        return made

    population = {"n": 16, "max_steps": 3}
    assert strategy.as_published["answerless_vote"] is True
    ours = played(**population, judge="best")
    assert answer(ours) == "1"
    assert set(votes(ours, "majority")) == {"1"}
    published = played(**dict(strategy.as_published) | population)
    assert published.tree.finished is not None
    assert published.tree.finished.chosen is not None
    assert published.tree.nodes[published.tree.finished.chosen].text == ends["what"][0]
    assert answer(published) is None


def test_above_the_threshold_nothing_is_resampled_and_weights_multiply() -> None:
    # Odds 4 and 1: effective sample size 25 / 17 = 1.47 of 2. Then 4 * 1 and 1 * 4: all equal.
    children = {"": "A B", "A": "A2", "B": "B2", "A A2": "1.", "B B2": "2."}
    scores = {"A": 0.8, "B": 0.5, "A2": 0.5, "B2": 0.8}
    made = run(FILTERING, children, scores, n=2, resample_below=0.7)
    told = [event for event in made.events if isinstance(event, Allocated)]
    assert [event.rule for event in told] == ["keep_weights", "keep_weights", "systematic"]
    assert [event.effective for event in told] == pytest.approx([25 / 17, 2, 2])
    assert rules(made) == dict.fromkeys(scores, "not_resampled")
    assert votes(made, "majority") == {"1": 1, "2": 1}
    children |= {"A": "A2 A2", "A A2": "1. 1.", "B": "B2 B2", "B B2": "2. 2."}
    made = run(FILTERING, children, scores, n=2, resample_below=0.75)
    assert next(e.rule for e in made.events if isinstance(e, Allocated)) == "systematic"


@pytest.mark.parametrize(
    ("n", "iterations", "parts"),
    [(16, 2, (8, 8)), (16, 3, (6, 5, 5)), (4, 1, (4,)), (3, 64, (1, 1, 1)), (1, 2, (1,))],
)
def test_particle_gibbs_shares_n_out(n: int, iterations: int, parts: tuple[int, ...]) -> None:
    assert ParticleGibbsOptions(n=n, iterations=iterations).parts == parts


def test_the_reference_competes_in_each_round_and_its_steps_may_be_copied() -> None:
    # Only A is any good; in the second iteration it is to be had from the reference alone.
    children = {"": "A B B B", "A": "1. 2. 3. 4."}
    made = run(GIBBS, children, {"A": 0.9, "B": 0.0}, n=4)
    assert parents(made) == [["", ""], ["A", "A"], ["", ""], ["A", "A"]]
    decisions = [event for event in made.events if isinstance(event, Decided)]
    assert [one.rule for one in decisions] == [
        *("resampled", "resampled_away", "next_iteration", "resampled_away")
    ]
    assert decisions[2].why.startswith("Iteration 2 of 2 starts from the problem again")
    # Beside the two drawn particles the reference itself is at A.
    assert shares(made)[2] == {"B": 0, "A": 3}
    assert sum(votes(made, "majority").values()) == 3


def test_without_a_finished_path_there_is_no_reference() -> None:
    made = run(GIBBS, {"": "A~ A~ 1. 2."}, {}, n=4)
    why = [event.why for event in made.events if isinstance(event, Decided)]
    assert "No path was finished, so iteration 2 of 2 has no reference." in why
    assert sum(votes(made, "majority").values()) == 2


# In any world -------------------------------------------------------------------------------


@st.composite
def particle_recipes(draw: st.DrawFn) -> Recipe:
    strategy = STRATEGIES[draw(st.sampled_from([FILTERING, GIBBS]))]
    values: dict[str, object] = {"n": draw(st.integers(1, 8)), "max_steps": draw(st.integers(1, 5))}
    if strategy.name == FILTERING:
        values["resampling"] = draw(st.sampled_from(["systematic", "multinomial"]))
        values["resample_below"] = draw(st.sampled_from([0.001, 0.5, 0.8, 1.0]))
    else:
        values["iterations"] = draw(st.integers(1, 4))
    options = strategy.options.from_values(values)
    return Recipe(Problem("What is it?"), strategy, options, seed=draw(st.integers(0, 99)))


def sizes(recipe: Recipe) -> set[int]:
    """How many particles a population may have."""
    options = recipe.options
    if isinstance(options, ParticleGibbsOptions):
        return {part + beside for part in options.parts for beside in (0, 1)}
    return {recipe.options.width}


@given(WORLDS, particle_recipes())
def test_copies_add_up_to_the_population_and_weights_to_one(world: World, recipe: Recipe) -> None:
    made = run_in(world, recipe)
    for event in (e for e in made.events if isinstance(e, Allocated)):
        copies = sum(share.copies for share in event.shares)
        if event.rule == "keep_weights":
            assert copies <= max(sizes(recipe))
        else:
            assert copies in sizes(recipe)
        assert sum(share.weight for share in event.shares) == pytest.approx(1, abs=1e-6)
        assert event.effective is not None
        assert 1 <= event.effective <= max(sizes(recipe))
        assert len({share.id for share in event.shares}) == len(event.shares)


@given(WORLDS, particle_recipes())
def test_a_path_with_k_copies_is_sampled_from_k_times(world: World, recipe: Recipe) -> None:
    made = run_in(world, recipe)
    unfinished = {node.id for node in made.tree.steps() if node.ended == "step"}
    wanted: Counter[str] = Counter()
    sampled: Counter[str] = Counter()
    for event in made.events:
        if isinstance(event, Allocated):
            wanted = Counter({s.id: s.copies for s in event.shares if s.id in unfinished})
        elif isinstance(event, Sampled):
            sampled[event.parent] += 1
        elif isinstance(event, Spent) and event.call == "sample":
            if "root" not in sampled:
                # One copy of the reference's step is the reference itself, already written.
                extra = wanted - sampled
                assert not sampled - wanted
                assert extra.total() <= (recipe.strategy.name == GIBBS)
            sampled = Counter()


@given(WORLDS, particle_recipes())
def test_every_cut_has_its_reason(world: World, recipe: Recipe) -> None:
    made = run_in(world, recipe)
    copies: dict[str, int] = {}
    for event in made.events:
        if isinstance(event, Allocated):
            copies = {share.id: share.copies for share in event.shares}
        elif isinstance(event, Decided):
            assert event.why
            if event.rule in {"resampled", "not_resampled"}:
                assert event.kept
                assert all(copies[verdict.id] for verdict in event.kept)
            elif event.rule == "resampled_away":
                assert event.pruned
                assert not any(copies[verdict.id] for verdict in event.pruned)
            else:
                assert event.rule in {"too_long", "out_of_steps", "next_iteration"}


@examples(30)
@given(WORLDS, particle_recipes())
def test_at_most_n_solutions_worth_is_written(world: World, recipe: Recipe) -> None:
    made = run_in(world, recipe)
    first = [
        event for event in made.events if isinstance(event, Sampled) and event.parent == "root"
    ]
    assert len(first) == recipe.options.width
    assert len(list(made.tree.steps())) <= recipe.options.width * recipe.options.max_steps


# Where they converge to ---------------------------------------------------------------------

EVEN, UNEVEN = KnownWorld(), KnownWorld(short="a")
# Formulas that the frequencies must not be taken for.
WRONG: dict[str, Callable[[KnownWorld], list[float]]] = {
    "the scores as weights": lambda world: world.posterior(lambda score: score),
    "the solver alone": lambda world: world.posterior(lambda _: 1.0),
}


def frequencies(world: KnownWorld, name: str, runs: int, **options: object) -> list[list[float]]:
    """For each run, the part of its last population that has each answer."""
    played = [world.play(name, seed, **options).answers for seed in range(runs)]
    return [[one.count(which) / len(one) for which in range(ANSWERS)] for one in played]


def error(runs: Sequence[Sequence[float]], truth: Sequence[float]) -> float:
    """Root mean square over runs and answers."""
    squares = [(f - p) ** 2 for run_ in runs for f, p in zip(run_, truth, strict=True)]
    return math.sqrt(sum(squares) / len(squares))


def deviation(runs: Sequence[Sequence[float]], truth: Sequence[float]) -> float:
    """The largest distance of a mean frequency from the truth, in standard errors."""
    worst = 0.0
    for values, part in zip(zip(*runs, strict=True), truth, strict=True):
        mean = sum(values) / len(values)
        spread = math.sqrt(sum((v - mean) ** 2 for v in values) / len(values) / (len(values) - 1))
        worst = max(worst, abs(mean - part) / spread)
    return worst


@pytest.mark.parametrize("world", [EVEN, UNEVEN], ids=["even", "uneven"])
@pytest.mark.parametrize("scheme", ["systematic", "multinomial"])
def test_particle_filtering_converges_to_the_posterior(world: KnownWorld, scheme: str) -> None:
    truth = world.posterior(odds)
    runs = {n: frequencies(world, FILTERING, 60, n=n, resampling=scheme) for n in (4, 16, 64)}
    assert deviation(runs[64], truth) < 4
    for wrong in WRONG.values():
        assert deviation(runs[64], wrong(world)) > 8
    errors = [error(runs[n], truth) for n in sorted(runs)]
    # Four times the particles: half the error, where it falls with the square root of N.
    assert all(after < 0.75 * before for before, after in pairwise(errors))


def test_a_finished_path_counts_in_every_round_until_all_are_finished() -> None:
    runs = frequencies(UNEVEN, FILTERING, 60, n=64)
    assert deviation(runs, UNEVEN.posterior(odds, last_again=False)) > 8


@pytest.mark.parametrize("below", [0.5, 0.001])
def test_resampling_less_often_converges_to_the_same(below: float) -> None:
    runs = frequencies(UNEVEN, FILTERING, 60, n=64, resample_below=below)
    assert deviation(runs, UNEVEN.posterior(odds)) < 4
    assert error(runs, UNEVEN.posterior(odds)) < 0.15


@pytest.mark.parametrize("world", [EVEN, UNEVEN], ids=["even", "uneven"])
def test_particle_gibbs_converges_with_its_iterations_however_few_particles(
    world: KnownWorld,
) -> None:
    truth = world.posterior(odds)
    once = frequencies(world, GIBBS, 400, n=2, iterations=1)
    often = frequencies(world, GIBBS, 400, n=16, iterations=8)
    assert deviation(once, truth) > 6
    assert deviation(often, truth) < 4
    assert deviation(often, world.posterior(lambda score: score)) > 6


def test_allotted_copies_follow_the_formula_round_by_round() -> None:
    """Of the first round's particles, by word: chi-square with two degrees of freedom."""
    seen, right, wrong = Counter[str](), Counter[str](), Counter[str]()
    for seed in range(200):
        first = EVEN.play(FILTERING, seed, n=8, resampling="multinomial").allocations[0]
        words = [node.text for node in first.nodes]
        for expected, weight in ((right, odds), (wrong, lambda score: score)):
            whole = sum(weight(EVEN.score(word)) for word in words)
            for word in words:
                expected[word] += 8 * weight(EVEN.score(word)) / whole  # type: ignore[assignment]
        for word, copies in zip(words, first.copies, strict=True):
            seen[word] += copies
    fits = [
        sum((seen[word] - expected[word]) ** 2 / expected[word] for word in expected)
        for expected in (right, wrong)
    ]
    assert fits[0] < 13.816  # exceeded by chance once in a thousand
    assert fits[1] > 13.816
