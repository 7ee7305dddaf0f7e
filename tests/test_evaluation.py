"""Evaluation: what is measured, and that it is measured fairly."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.evaluation.arms import JUDGES, Arm, make_arms
from search_core.evaluation.attempts import Attempt
from search_core.evaluation.batches import ShareClock, drive_together
from search_core.evaluation.comparison import Comparison
from search_core.evaluation.intervals import mean_with_interval
from search_core.evaluation.likeliest import likeliest_is_right
from search_core.evaluation.measure import MeasurementPlan, Models, measure
from search_core.evaluation.outcomes import Outcome, outcome_of, problem_key, run_key
from search_core.evaluation.store import OutcomeStore
from search_core.evaluation.verifier_quality import auroc, calibration_error, verifier_quality
from search_core.log.events import Spent, event_to_dict
from search_core.problem import Problem
from search_core.protocols import RunCancelled, Sampling, SolverInfo, VerifierInfo
from search_core.run.driving import drive, never
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import OptionError, get_strategy
from tests.examples import examples
from tests.fakes import FakeSolver, FakeVerifier, World

WORLD = World(seed=5, words=4, ends=0.4)
PROBLEMS = [Problem(f"What is {i}?", answer=str(i % 4)) for i in range(6)]


def arm(name: str, **options: object) -> Arm:
    strategy = get_strategy(name)
    return Arm(strategy, strategy.options.from_values(options))


def plan(*arms: Arm, seeds: tuple[int, ...] = (0,), samples_at_once: int = 20) -> MeasurementPlan:
    return MeasurementPlan(arms, PROBLEMS, seeds, Sampling(), samples_at_once)


def outcomes_of(plan: MeasurementPlan, folder: Path, world: World = WORLD) -> list[Outcome]:
    with OutcomeStore(folder / "runs.jsonl") as store:
        models = Models(world.solver(), world.verifier())
        measured = measure(plan, models, store, cancelled=never, on_done=lambda *_: None)
    return measured.outcomes


# Arms ---------------------------------------------------------------------------------------


def test_strategies_without_a_budget_are_run_once_and_impossible_budgets_left_out() -> None:
    arms, left_out = make_arms(
        ["greedy", "best_of_n", "beam_search"], [1, 4, 16], {"beam_width": 4}
    )
    assert [one.name for one in arms] == [
        "greedy",
        "best_of_n@1",
        "best_of_n@4",
        "best_of_n@16",
        "beam_search@4",
        "beam_search@16",
    ]
    assert len(left_out) == 1
    assert "beam_search@1 is left out: Beam width M (beam_width) is 4" in left_out[0]
    assert arms[-1].row_name("any") == "beam_search@16/any"


def test_an_option_that_no_strategy_knows_is_refused() -> None:
    with pytest.raises(OptionError, match="None of greedy knows the option beam_width"):
        make_arms(["greedy"], [4], {"beam_width": 4})


# Many runs at once --------------------------------------------------------------------------


def logs(runs: list[Run]) -> dict[str, list[dict[str, object]]]:
    """Everything but time, by run."""
    return {
        run.run_id: [
            {name: value for name, value in event_to_dict(event).items() if name not in _TIMES}
            for event in run.events
        ]
        for run in runs
    }


_TIMES = {"t", "seconds"}


@examples(25)
@given(st.integers(1, 9), st.integers(0, 100))
def test_runs_driven_together_are_the_runs_driven_alone(at_once: int, seed: int) -> None:
    solver, verifier = World(seed).solver(), World(seed).verifier()
    arms = [arm("greedy"), arm("best_of_n", n=3), arm("beam_search", n=4, beam_width=2)]
    recipes = {
        f"{one.name}/{i}": Recipe(problem, one.strategy, one.options)
        for one in arms
        for i, problem in enumerate(PROBLEMS[:2])
    }

    def make(name: str, clock: ShareClock) -> Run:
        return Run(recipes[name], solver.info, verifier.info, run_id=name, clock=clock)

    starts = [lambda clock, name=name: make(name, clock) for name in recipes]
    together = list(drive_together(starts, solver, verifier, at_once=at_once, cancelled=never))
    alone = [make(name, ShareClock()) for name in recipes]
    for run in alone:
        drive(run, solver, verifier)
    assert logs(together) == logs(alone)


def test_together_runs_need_fewer_calls_and_share_the_time() -> None:
    solver, verifier = WORLD.solver(), WORLD.verifier()
    one = arm("best_of_n", n=4)

    def start(clock: ShareClock) -> Run:
        recipe = Recipe(PROBLEMS[0], one.strategy, one.options)
        return Run(recipe, solver.info, verifier.info, clock=clock)

    runs = list(drive_together([start] * 5, solver, verifier, at_once=5, cancelled=never))
    rounds = sum(isinstance(e, Spent) and e.call == "sample" for e in runs[0].events)
    assert solver.calls == rounds
    assert verifier.calls == 1
    seconds = {run.tree.cost.seconds for run in runs}
    assert len(seconds) == 1


def test_a_cancelled_evaluation_keeps_what_was_finished(tmp_path: Path) -> None:
    what = plan(arm("best_of_n", n=4), samples_at_once=4)
    looks = iter(range(1000))
    with (
        OutcomeStore(tmp_path / "runs.jsonl") as store,
        pytest.raises(RunCancelled),
    ):
        measure(
            what,
            Models(WORLD.solver(), WORLD.verifier()),
            store,
            cancelled=lambda: next(looks) > 60,
            on_done=lambda *_: None,
        )
    kept = len((tmp_path / "runs.jsonl").read_text().splitlines())
    assert 0 < kept < len(PROBLEMS)
    solver = WORLD.solver()
    with OutcomeStore(tmp_path / "runs.jsonl") as store:
        done: list[int] = []
        outcomes = measure(
            what,
            Models(solver, WORLD.verifier()),
            store,
            cancelled=never,
            on_done=lambda _, count: done.append(count),
        ).outcomes
    assert solver.calls
    assert sum(done) == what.size == len(outcomes)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    at_once = outcomes_of(what, elsewhere)
    assert [_without_time(one) for one in outcomes] == [_without_time(one) for one in at_once]


def _without_time(outcome: Outcome) -> Outcome:
    return Outcome(**{**vars(outcome), "solver_seconds": 0, "verifier_seconds": 0})


# Outcomes -----------------------------------------------------------------------------------


def test_keys_depend_on_everything_that_matters() -> None:
    solver, verifier = SolverInfo("model", "1"), VerifierInfo("model", "1")
    base = Recipe(PROBLEMS[0], get_strategy("best_of_n"), get_strategy("best_of_n").options())
    recipes = [
        base,
        Recipe(PROBLEMS[1], base.strategy, base.options),
        Recipe(base.problem, base.strategy, base.options, seed=1),
        Recipe(base.problem, base.strategy, base.options, Sampling(temperature=0.5)),
        Recipe(base.problem, base.strategy, get_strategy("best_of_n").options(n=4)),
    ]
    keys = {run_key(recipe, solver, verifier) for recipe in recipes}
    keys.add(run_key(base, SolverInfo("model", "2"), verifier))
    keys.add(run_key(base, solver, VerifierInfo("m", "2")))
    assert len(keys) == len(recipes) + 2
    greedy = Recipe(PROBLEMS[0], get_strategy("greedy"), get_strategy("greedy").options())
    assert run_key(greedy, solver, verifier) == run_key(
        greedy, solver, VerifierInfo("other verifier")
    )


def test_a_majority_that_is_charged_no_verifier_gets_no_help_from_one() -> None:
    """Both solutions say 24; only the one that the verifier prefers is right."""

    def world(steps: tuple[str, ...], index: int) -> tuple[str, str]:
        return ("good" if index else "bad", "step") if not steps else ("The answer is 24.", "end")

    def judge(steps: tuple[str, ...]) -> float:
        return 0.9 if steps[0] == "good" else 0.1

    solver, verifier = FakeSolver(world), FakeVerifier(judge)
    best_of_two = arm("best_of_n", n=2)
    recipe = Recipe(Problem("?"), best_of_two.strategy, best_of_two.options)
    run = Run(recipe, solver.info, verifier.info, grader=lambda problem, steps: steps[0] == "good")
    drive(run, solver, verifier)
    outcome = outcome_of(best_of_two, recipe, "key", run.events, run.tree)
    assert outcome.right == {"majority": False, "weighted": True, "best": True, "any": True}
    assert [attempt.right for attempt in outcome.attempts] == [False, True]


def test_outcomes_survive_the_disk(tmp_path: Path) -> None:
    outcomes = outcomes_of(plan(arm("best_of_n", n=3), arm("greedy")), tmp_path)
    with OutcomeStore(tmp_path / "runs.jsonl") as store:
        assert [store.get(one.key) for one in outcomes] == outcomes


def test_a_line_that_was_being_written_in_a_crash_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    outcomes = outcomes_of(plan(arm("greedy")), tmp_path)
    path.write_bytes(path.read_bytes()[:-9])
    with OutcomeStore(path) as store:
        assert store.get(outcomes[-1].key) is None
        store.add(outcomes[-1])
    with OutcomeStore(path) as store:
        assert [store.get(one.key) for one in outcomes] == outcomes


def test_a_file_of_something_else_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    path.write_text('{"my": "data"}\n')
    with pytest.raises(ValueError, match="line 1 is no outcome"):
        OutcomeStore(path)
    assert path.read_text() == '{"my": "data"}\n'


# Statistics ---------------------------------------------------------------------------------


def test_intervals_cover_the_mean_and_shrink_with_more_problems() -> None:
    few = mean_with_interval({"a": np.array([0.0, 1.0] * 10)}, draws=500, seed=0)
    many = mean_with_interval({"a": np.array([0.0, 1.0] * 500)}, draws=500, seed=0)
    assert few is not None
    assert many is not None
    assert few.value == many.value == 0.5
    assert few.low < many.low < 0.5 < many.high < few.high
    # The normal approximation: half the width is 1.96 standard errors.
    assert few.high - few.low == pytest.approx(2 * 1.96 * 0.5 / math.sqrt(20), rel=0.15)


def test_families_count_alike_however_many_problems_they_have() -> None:
    groups = {"small": np.ones(2), "large": np.zeros(98)}
    estimate = mean_with_interval(groups, draws=50, seed=0)
    assert estimate is not None
    assert estimate.value == 0.5
    assert mean_with_interval({"small": np.ones(2), "none": np.array([])}, draws=9, seed=0) is None


def test_differences_are_paired() -> None:
    """Two rows that differ by a constant on every problem: no doubt about the difference."""
    noisy = np.array([0.0, 1.0] * 20)
    estimate = mean_with_interval({"a": (noisy + 0.25) - noisy}, draws=200, seed=0)
    assert estimate is not None
    assert estimate.low == estimate.high == 0.25


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=30))
def test_auroc_is_the_chance_to_rank_right_above_wrong(pairs: list[tuple[int, bool]]) -> None:
    right = [score for score, is_right in pairs if is_right]
    wrong = [score for score, is_right in pairs if not is_right]
    value = auroc(np.array([float(s) for s, _ in pairs]), np.array([r for _, r in pairs]))
    if not right or not wrong:
        assert math.isnan(value)
        return
    wins = sum((r > w) + (r == w) / 2 for r in right for w in wrong)
    assert value == pytest.approx(wins / len(right) / len(wrong))


def test_calibration_error() -> None:
    right = np.array([True, False, False, False])
    assert calibration_error(np.full(4, 0.25), right) == 0
    assert calibration_error(np.ones(4), right) == 0.75
    assert calibration_error(np.array([0.95, 0.05, 0.05, 0.05]), right) == pytest.approx(0.05)


def test_scores_that_only_know_hard_problems_pool_well_and_fail_within() -> None:
    """The trap that the within-problem measure is for."""
    easy = [Attempt(0.9, -1.0, True)] * 9 + [Attempt(0.9, -2.0, False)]
    hard = [Attempt(0.1, -1.0, True)] + [Attempt(0.1, -2.0, False)] * 9
    average = verifier_quality({"a": [easy, hard]}, draws=50, seed=0)["average"]
    assert average["auroc_within_problem"]["verifier"]["value"] == 0.5
    assert average["auroc_within_problem"]["log_probability"]["value"] == 1.0
    assert average["auroc_pooled"]["verifier"] == pytest.approx(0.9)
    assert average["calibration_error"] == pytest.approx(0.0)
    assert average["problems_with_right_and_wrong"] == 2


def test_measures_that_are_not_defined_are_none() -> None:
    average = verifier_quality({"a": [[Attempt(0.9, -1.0, True)]]}, draws=9, seed=0)["average"]
    assert average["auroc_within_problem"] == {"verifier": None, "log_probability": None}
    assert average["auroc_pooled"]["verifier"] is None


# Comparison ---------------------------------------------------------------------------------


def compared(folder: Path, *baselines: str) -> dict[str, dict[str, object]]:
    arms = [arm("greedy"), arm("best_of_n", n=16), arm("beam_search", n=4, beam_width=2)]
    outcomes = outcomes_of(plan(*arms, seeds=(0, 1)), folder)
    comparison = Comparison(arms, PROBLEMS, outcomes, baselines, draws=100, seed=0)
    values = comparison.values()
    assert values["problems"] == {"other": 6}
    assert values["verifier_quality"]["from"] == "best_of_n@16"
    return {row["name"]: row for row in values["rows"]}


def test_rows_say_who_was_right_how_surely_and_at_what_cost(tmp_path: Path) -> None:
    rows = compared(tmp_path, "greedy", "best_of_n@16/majority")
    names = ["best_of_n@16", "beam_search@4"]
    sampled, beamed = ([f"{name}/{judge}" for judge in JUDGES] for name in names)
    assert list(rows) == ["greedy", *sampled, f"{names[0]}/likeliest", *beamed]
    for row in rows.values():
        accuracy = row["average"]["accuracy"]  # type: ignore[index]
        assert 0 <= accuracy["low"] <= accuracy["value"] <= accuracy["high"] <= 1
    weighted, majority, oracle = (
        rows[f"best_of_n@16/{judge}"]["average"] for judge in ("weighted", "majority", "any")
    )
    assert rows["best_of_n@16/likeliest"]["average"]["verifier_flops"] == 0  # type: ignore[index]
    assert majority["verifier_flops"] == 0 < weighted["verifier_flops"]  # type: ignore[index]
    assert majority["solver_flops"] == weighted["solver_flops"]  # type: ignore[index]
    assert oracle["accuracy"]["value"] >= weighted["accuracy"]["value"]  # type: ignore[index]
    # Beam search asked its verifier on the way, whoever votes in the end.
    beam = rows["beam_search@4/majority"]["average"]
    assert beam["verifier_flops"] > 0  # type: ignore[index]
    assert set(weighted["difference"]) == {"greedy", "best_of_n@16/majority"}  # type: ignore[index]
    assert "greedy" not in rows["greedy"]["average"]["difference"]  # type: ignore[index]


def test_the_likeliest_solution_is_chosen_by_the_solver_alone() -> None:
    likely, unlikely = Attempt(0.1, -1.0, True, group=0), Attempt(0.9, -2.0, False, group=1)
    assert likeliest_is_right([unlikely, likely]) is True
    assert likeliest_is_right([unlikely, likely._replace(logprob=-3.0)]) is False
    # What says no answer is not chosen, however likely it is.
    assert likeliest_is_right([unlikely, likely._replace(group=None)]) is False
    assert likeliest_is_right([likely._replace(group=None)]) is False
    assert likeliest_is_right([unlikely, likely._replace(logprob=None)]) is None
    assert likeliest_is_right([]) is None


def test_an_unknown_baseline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="No row is called 'magic'; rows are greedy"):
        compared(tmp_path, "magic")


def test_problem_keys_tell_problems_apart() -> None:
    assert len({problem_key(problem) for problem in PROBLEMS}) == len(PROBLEMS)
