"""Comparisons beyond rows: equal tokens, a rival, and budgets per strategy."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.evaluation.arms import Arm, make_arms, rival_arm
from search_core.evaluation.attempts import Attempt
from search_core.evaluation.comparison import Comparison
from search_core.evaluation.crossing import CostPoint, crossing
from search_core.evaluation.equal_tokens import equal_tokens, is_right
from search_core.evaluation.measure import MeasurementPlan, Models, measure
from search_core.evaluation.outcomes import Outcome
from search_core.evaluation.store import OutcomeStore
from search_core.problem import Problem
from search_core.protocols import Sampling, SolverInfo
from search_core.run.driving import never
from search_core.strategies import OptionError, get_strategy
from tests.fakes import SHAPE, FakeSolver, World

BOOTSTRAP = {"draws": 50, "seed": 0}
PROBLEMS = [Problem(f"What is {i}?", answer=str(i % 4)) for i in range(6)]


def arm(name: str, **options: object) -> Arm:
    strategy = get_strategy(name)
    return Arm(strategy, strategy.options.from_values(options))


# Budgets ------------------------------------------------------------------------------------


def test_a_name_with_a_budget_is_run_at_that_alone() -> None:
    names = ["greedy", "best_of_n", "beam_search@16", "best_of_n@64", "best_of_n@4"]
    arms, left_out = make_arms(names, [1, 4], {})
    assert [one.name for one in arms] == [
        *("greedy", "best_of_n@1", "best_of_n@4", "beam_search@16", "best_of_n@64"),
    ]
    assert left_out == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("greedy@4", "greedy has no budget; write it without @4"),
        ("dvts@many", "after the @ comes a budget, as in dvts@16"),
        ("magic@4", "Unknown strategy 'magic'"),
    ],
)
def test_impossible_budgets_are_refused(name: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        make_arms([name], [4], {})


# Equal tokens -------------------------------------------------------------------------------


def outcome(arm: str, generated: int, *attempts: Attempt, right: bool = False) -> Outcome:
    judges = {"majority": right, "weighted": right, "best": right, "any": right}
    counts = {"generated": generated, "prefilled": 0, "reused": 0, "verified": 0}
    costs = {"solver_flops": 0.0, "verifier_flops": 0.0}
    seconds = {"solver_seconds": 0.0, "verifier_seconds": 0.0}
    return Outcome(
        "key", "p", arm, 0, "completed", judges, **counts, **costs, **seconds, attempts=attempts
    )


def solution(tokens: int, value: float, group: int, *, right: bool = False) -> Attempt:
    return Attempt(value, -1.0, right, tokens, group)


def test_a_search_is_held_against_the_smallest_k_that_writes_as_much() -> None:
    samples = outcome(
        "best_of_n@4",
        40,
        solution(10, 0.2, 0),
        solution(10, 0.9, 1, right=True),
        solution(10, 0.8, 0),
        solution(10, 0.8, 0),
    )
    search = arm("beam_search", n=4, beam_width=2)
    found = equal_tokens(
        search,
        {"f": [[outcome("beam_search@4", 11, right=True)]]},
        {"f": [[samples]]},
        **BOOTSTRAP,
    )
    one = found["families"]["f"]
    assert (one["k"], one["enough"], one["tokens"], one["best_of_k_tokens"]) == (2, True, 11, 20)
    # Of the first two the better one is right; all four would have voted it down.
    assert one["judges"]["weighted"]["best_of_k"]["value"] == 1.0
    assert one["judges"]["weighted"]["difference"]["value"] == 0.0
    assert found["average"]["k"] is None
    more = equal_tokens(
        search, {"f": [[outcome("beam_search@4", 41)]]}, {"f": [[samples]]}, **BOOTSTRAP
    )
    one = more["families"]["f"]
    assert (one["k"], one["enough"], one["best_of_k_tokens"]) == (4, False, 40)
    assert one["judges"]["weighted"]["best_of_k"]["value"] == 0.0
    assert one["judges"]["best"]["best_of_k"]["value"] == 1.0


@given(world=st.builds(World, seed=st.integers(0, 200), words=st.integers(1, 4)))
def test_votes_over_attempts_are_the_votes_of_the_run(
    tmp_path_factory: pytest.TempPathFactory, world: World
) -> None:
    folder = tmp_path_factory.mktemp("votes")
    plan = MeasurementPlan([arm("best_of_n", n=6, max_steps=4)], PROBLEMS[:2], (0,), Sampling())
    with OutcomeStore(folder / "runs.jsonl") as store:
        models = Models(world.solver(), world.verifier())
        runs = measure(plan, models, store, cancelled=never, on_done=lambda *_: None).outcomes
    for run in runs:
        assert len(run.attempts) == 6
        assert sum(attempt.tokens for attempt in run.attempts) == run.generated
        for judge in ("majority", "weighted", "best"):
            if judge in run.right:
                assert is_right(run.attempts, judge) == run.right[judge]  # type: ignore[arg-type]


def test_a_vote_without_answers_is_wrong() -> None:
    assert not is_right([Attempt(None, -1.0, False, 3, finished=False)], "weighted")
    assert not is_right([Attempt(0.9, -1.0, False, 3, group=None)], "weighted")


# A rival ------------------------------------------------------------------------------------

CURVE = [CostPoint("a", 10, 0.2), CostPoint("b", 1000, 0.6), CostPoint("c", 100_000, 0.8)]


def test_the_crossing_is_linear_in_the_logarithm_of_flops() -> None:
    found = crossing(CURVE, CostPoint("rival", 400, 0.4))
    assert found["flops"] == pytest.approx(100)
    assert found["times_rival"] == pytest.approx(0.25)
    assert found["between"] == ["a", "b"]


def test_a_curve_that_starts_above_the_rival_needs_its_first_point() -> None:
    assert crossing(CURVE[::-1], CostPoint("rival", 5, 0.2))["flops"] == 10


def test_a_rival_that_is_never_reached() -> None:
    found = crossing(CURVE, CostPoint("rival", 5, 0.9))
    assert (found["flops"], found["times_rival"], found["between"]) == (None, None, None)


def test_unknown_flops_are_not_compared() -> None:
    assert crossing([CostPoint("a", 0, 1.0)], CostPoint("rival", 5, 0.9))["flops"] is None


@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.floats(0, 1)), min_size=1, max_size=6),
    st.floats(0, 1),
)
def test_what_is_needed_lies_on_the_curve(points: list[tuple[int, float]], accuracy: float) -> None:
    curve = [
        CostPoint(str(place), float(flops), value) for place, (flops, value) in enumerate(points)
    ]
    found = crossing(curve, CostPoint("rival", 1.0, accuracy))["flops"]
    reached = [point.flops for point in curve if point.accuracy >= accuracy]
    assert (found is None) == (not reached)
    if found is not None:
        assert min(point.flops for point in curve) * 0.999 <= found <= min(reached) * 1.001


def compared(folder: Path, seeds: tuple[int, ...] = (0,)) -> dict[str, object]:
    small = World(seed=5, words=4, ends=0.4)
    shape = replace(SHAPE, body_parameters=90_000)

    def knows(steps: tuple[str, ...], index: int) -> tuple[str, str]:
        return "The answer is 1.", "end"

    rival = FakeSolver(knows, SolverInfo("big fake", "1", shape=shape))
    arms, _ = make_arms(["greedy", "best_of_n", "dvts@16"], [1, 4, 16], {"beam_width": 2})
    arms.append(rival_arm("big fake", {"beam_width": 2, "max_steps": 9}))
    plan = MeasurementPlan(arms, PROBLEMS, seeds, Sampling())
    with OutcomeStore(folder / "runs.jsonl") as store:
        models = Models(small.solver(), small.verifier(), rival)
        measured = measure(plan, models, store, cancelled=never, on_done=lambda *_: None)
    return Comparison(arms, PROBLEMS, measured.outcomes, ["greedy"], **BOOTSTRAP).values()


def test_a_rival_answers_once_and_everyone_is_held_against_it(tmp_path: Path) -> None:
    values = compared(tmp_path, (0, 1))
    rows = {row["name"]: row for row in values["rows"]}  # type: ignore[attr-defined]
    rival = rows["greedy (big fake)"]
    assert (rival["rival"], rows["greedy"]["rival"]) == ("big fake", None)
    assert rival["options"]["max_steps"] == 9
    # Of six problems two have the answer 1.
    assert rival["average"]["accuracy"]["value"] == pytest.approx(2 / 6)
    assert rival["average"]["verifier_flops"] == 0
    assert rival["average"]["solver_flops"] > rows["greedy"]["average"]["solver_flops"]
    assert values["baselines"] == ["greedy", "greedy (big fake)"]
    weighted = rows["best_of_n@16/weighted"]["average"]
    assert weighted["difference"]["greedy (big fake)"]["value"] == pytest.approx(
        weighted["accuracy"]["value"] - 2 / 6
    )
    found = values["crossing"]
    assert found["rival"] == "greedy (big fake)"  # type: ignore[index]
    assert found["curve"] == [  # type: ignore[index]
        *("greedy", "best_of_n@1/weighted", "best_of_n@4/weighted", "best_of_n@16/weighted"),
    ]
    assert found["average"]["rival_flops"] == rival["average"]["solver_flops"]  # type: ignore[index]
    assert [one["row"] for one in values["equal_tokens"]] == ["dvts@16"]  # type: ignore[attr-defined]


def test_numbers_are_numbers(tmp_path: Path) -> None:
    """Nothing in the results is infinite or undefined: JSON knows neither."""

    def leaves(value: object) -> list[object]:
        if isinstance(value, dict):
            return [leaf for one in value.values() for leaf in leaves(one)]
        if isinstance(value, list | tuple):
            return [leaf for one in value for leaf in leaves(one)]
        return [value]

    numbers = [leaf for leaf in leaves(compared(tmp_path)) if isinstance(leaf, float)]
    assert numbers
    assert all(math.isfinite(number) for number in numbers)
    assert not any(isinstance(leaf, np.generic) for leaf in leaves(compared(tmp_path)))


# Solvers that were made for one strategy ----------------------------------------------------


def test_a_strategy_with_a_solver_of_its_own_stands_in_the_same_table(tmp_path: Path) -> None:
    problems = [
        Problem(f"What is {i}?", answer=str(i % 4), family=family)
        for i in range(3)
        for family in ("sums", "games")
    ]
    world, other = World(seed=3), World(seed=4)
    own = FakeSolver(other.step, info=SolverInfo("made for it", shape=SHAPE))
    usual = Sampling(temperature=0.3)
    arms = [
        arm("best_of_n", n=4),
        replace(arm("beam_search", n=4, beam_width=2), own_solver="stream", families=("games",)),
    ]
    plan = MeasurementPlan(arms, problems, [0], Sampling(), own_sampling={"stream": usual})
    models = Models(world.solver(), world.verifier(), own={"stream": own})
    with OutcomeStore(tmp_path / "runs.jsonl") as store:
        measured = measure(plan, models, store, cancelled=never, on_done=lambda *_: None)
    comparison = Comparison(arms, problems, measured.outcomes, [], **BOOTSTRAP)
    rows = {row["name"]: row for row in comparison.values()["rows"]}
    row = rows["beam_search@4 (solver-stream, games)/weighted"]
    assert list(row["families"]) == ["games"]
    assert row["average"]["accuracy"] is None
    assert row["average"]["tokens"] == row["families"]["games"]["tokens"] > 0
    assert own.calls > 0
    assert {recipe.sampling for recipe in plan.recipes(arms[1])} == {usual}
    assert list(rows["best_of_n@4/weighted"]["families"]) == ["sums", "games"]


def test_a_solver_of_its_own_that_was_not_loaded_is_an_error() -> None:
    models = Models(World(seed=3).solver(), World(seed=3).verifier())
    with pytest.raises(ValueError, match="needs its own solver"):
        models.solver_of(replace(arm("greedy"), own_solver="stream"))
