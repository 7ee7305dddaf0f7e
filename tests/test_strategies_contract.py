"""What every strategy must do in every world, and what its options must refuse."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from search_core.log.events import Finished, Merged, Scored
from search_core.log.traces import parse_trace
from search_core.log.tree import FINAL_STATES
from search_core.numerals import shown
from search_core.problem import Problem
from search_core.protocols import StepSample, StepScores
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.replies import ProtocolError
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES, OptionError, OptionSpec, get_strategy
from search_core.strategies.base import KINDS
from search_core.strategies.options import StrategyOptions
from tests.fakes import FakeClock, FakeSolver, FakeVerifier, World
from tests.test_search_properties import log_of

NAMES = sorted(STRATEGIES)
SCORED = [name for name in NAMES if STRATEGIES[name].uses_verifier]
every_strategy = pytest.mark.parametrize("name", NAMES)
every_scored_strategy = pytest.mark.parametrize("name", SCORED)
OPTIONS = [(name, spec) for name in NAMES for spec in STRATEGIES[name].options.specs()]
# Their trees branch into distinct steps, finished ones too: siblings that say the same are one.
OF_DISTINCT_STEPS = {"mcts", "exhaustive"}
each_option = pytest.mark.parametrize(
    ("name", "spec"), OPTIONS, ids=[f"{name}-{spec.name}" for name, spec in OPTIONS]
)


def small(name: str, **values: Any) -> StrategyOptions:
    known = {spec.name for spec in STRATEGIES[name].options.specs()}
    wanted = {"n": 4, "beam_width": 2, "max_steps": 3} | values
    return STRATEGIES[name].options.from_values({k: v for k, v in wanted.items() if k in known})


def start(name: str, options: StrategyOptions, solver: Any, verifier: Any) -> Run:
    recipe = Recipe(Problem("What is it?"), STRATEGIES[name], options)
    return Run(recipe, solver.info, verifier.info, clock=FakeClock(), grader=lambda *_: None)


def run(
    name: str,
    step: Callable[[tuple[str, ...], int], tuple[str, str]],
    score: Callable[[tuple[str, ...]], float] = lambda _: 0.5,
    **values: Any,
) -> Run:
    solver, verifier = FakeSolver(step), FakeVerifier(score)
    made = start(name, small(name, **values), solver, verifier)
    drive(made, solver, verifier)
    check_log(made, "completed")
    return made


def check_log(made: Run, status: str) -> Finished:
    """The log is whole, says this, and leaves no step unjudged."""
    trace = parse_trace(log_of(made).encode())
    assert list(trace.events) == made.events
    assert trace.tree == made.tree
    assert trace.notice == ""
    assert all(node.state in FINAL_STATES for node in made.tree.steps())
    finished = made.events[-1]
    assert isinstance(finished, Finished)
    assert finished.status == status
    return finished


# Small and extreme worlds -------------------------------------------------------------------


@every_strategy
def test_a_tree_of_one_node(name: str) -> None:
    made = run(name, lambda *_: ("The answer is 5.", "end"), n=1, beam_width=1, branching=1)
    assert [node.id for node in made.tree.steps()] == ["0"]
    assert made.tree.finished.answer == "5"  # type: ignore[union-attr]
    assert made.tree.finished.chosen == "0"  # type: ignore[union-attr]


@every_strategy
def test_every_sample_ends_at_once(name: str) -> None:
    made = run(name, lambda _, index: (f"The answer is {index}.", "end"))
    # Exhaustive search has no budget, but a tree.
    options = made.recipe.options
    expected = options.branching if name == "exhaustive" else options.width  # type: ignore[attr-defined]
    assert len(list(made.tree.steps())) == expected
    assert {node.state for node in made.tree.steps()} == {"completed"}
    assert made.tree.finished.answer == "0"  # type: ignore[union-attr]


@every_strategy
def test_duplicates_only(name: str) -> None:
    def step(steps: tuple[str, ...], index: int) -> tuple[str, str]:
        return ("The answer is 5.", "end") if len(steps) == 2 else ("same", "step")

    made = run(name, step)
    assert made.tree.finished.answer == "5"  # type: ignore[union-attr]
    merged = [event for event in made.events if isinstance(event, Merged)]
    merging = {"beam_search", "lookahead_search"} | OF_DISTINCT_STEPS
    assert bool(merged) == (name in merging)


@every_strategy
@pytest.mark.parametrize("ended", ["step", "length"])
def test_nothing_ever_ends(name: str, ended: str) -> None:
    made = run(name, lambda _, index: (f"on {index}", ended))
    assert made.tree.finished.answer is None  # type: ignore[union-attr]
    assert made.tree.finished.chosen is None  # type: ignore[union-attr]
    assert all(not vote.tally for vote in made.tree.votes.values())
    steps = [node for node in made.tree.steps() if node.role == "step"]
    leaves = [node for node in steps if not {node.id} & {one.parent for one in steps}]
    assert leaves
    assert all(node.state in {"pruned", "merged"} for node in leaves)
    # With a small budget MCTS may look around without once going down to the last step.
    assert any(made.tree.unfinished(node) for node in leaves) or name == "mcts"


@every_strategy
@pytest.mark.parametrize("score", [0.0, 0.3, 1.0])
def test_equal_scores(name: str, score: float) -> None:
    world = World(seed=3, ends=0.4, cut_off=0.0)
    made = run(name, world.step, lambda _: score)
    scores = {node.score for node in made.tree.steps() if node.score is not None}
    assert scores == ({score} if STRATEGIES[name].uses_verifier else set())


@every_strategy
def test_empty_steps(name: str) -> None:
    run(name, lambda *_: ("", "step"))
    made = run(name, lambda *_: ("", "end"))
    assert made.tree.finished.answer is None  # type: ignore[union-attr]
    merged = {"merged"} if name in OF_DISTINCT_STEPS else set()
    assert {node.state for node in made.tree.steps()} == {"completed"} | merged


@every_strategy
def test_options_as_published_run(name: str) -> None:
    run(name, World(seed=5).step, World(seed=5).score, **STRATEGIES[name].as_published)


# Models that break their contract -----------------------------------------------------------


def fails(name: str, solver: Any, verifier: Any, *said: str) -> None:
    """The run raises, its log says "failed" and why, and is valid."""
    made = start(name, small(name), solver, verifier)
    with pytest.raises(ProtocolError) as raised:
        drive(made, solver, verifier)
    finished = check_log(made, "failed")
    for text in said:
        assert text in str(raised.value)
        assert text in finished.message
    assert finished.answer is None
    assert not made.tree.votes


@every_scored_strategy
@pytest.mark.parametrize("score", [float("nan"), float("inf"), -0.01, 1.01])
def test_a_score_outside_0_to_1_is_an_error_that_names_the_verifier(
    name: str, score: float
) -> None:
    solver, verifier = FakeSolver(lambda *_: ("1", "end")), FakeVerifier(lambda _: score)
    fails(name, solver, verifier, "fake verifier", str(score), "from 0 to 1")


@every_scored_strategy
def test_a_bad_score_late_in_a_batch_writes_none_of_the_batch(name: str) -> None:
    def change(replies: list[StepScores]) -> list[StepScores]:
        return [*replies[:-1], replace(replies[-1], scores=(float("nan"),))]

    solver = FakeSolver(lambda _, index: (str(index), "end"))
    verifier = Distorted(FakeVerifier(lambda _: 0.5), change)
    made = start(name, small(name, branching=4), solver, verifier)
    with pytest.raises(ProtocolError):
        drive(made, solver, verifier)
    assert not [event for event in made.events if isinstance(event, Scored)]


class Distorted:
    """A model whose replies are changed on the way."""

    def __init__(self, model: Any, change: Callable[[list[Any]], list[Any]]) -> None:
        self._model, self._change = model, change
        self.info = model.info

    def sample(self, *args: Any) -> list[StepSample]:
        return self._change(self._model.sample(*args))

    def score(self, *args: Any) -> list[StepScores]:
        return self._change(self._model.score(*args))


@every_strategy
@pytest.mark.parametrize("change", [lambda r: r[:-1], lambda r: [*r, r[0]], lambda _: []])
def test_a_wrong_number_of_steps_is_an_error(name: str, change: Callable) -> None:  # type: ignore[type-arg]
    world = World()
    fails(name, Distorted(world.solver(), change), world.verifier(), "fake solver", "requests")


@every_scored_strategy
@pytest.mark.parametrize("change", [lambda r: r[:-1], lambda r: [*r, r[0]], lambda _: []])
def test_a_wrong_number_of_replies_is_an_error(name: str, change: Callable) -> None:  # type: ignore[type-arg]
    world = World(ends=1.0, cut_off=0.0)
    fails(name, world.solver(), Distorted(world.verifier(), change), "fake verifier", "requests")


@every_scored_strategy
def test_scores_of_the_wrong_length_are_an_error(name: str) -> None:
    world = World(ends=1.0, cut_off=0.0)

    def change(replies: list[StepScores]) -> list[StepScores]:
        return [replace(reply, scores=(*reply.scores, 0.5)) for reply in replies]

    verifier = Distorted(world.verifier(), change)
    fails(name, world.solver(), verifier, "fake verifier", "2 scores for 1 steps")


@every_strategy
@pytest.mark.parametrize("logprob", [float("nan"), float("-inf"), float("inf")])
def test_a_log_probability_that_is_no_number_is_an_error(name: str, logprob: float) -> None:
    world = World()

    def change(samples: list[StepSample]) -> list[StepSample]:
        return [*samples[:-1], replace(samples[-1], logprob=logprob)]

    fails(name, Distorted(world.solver(), change), world.verifier(), "fake solver", str(logprob))


# Options ------------------------------------------------------------------------------------


def build(name: str, **values: Any) -> StrategyOptions:
    return STRATEGIES[name].options.from_values(values)


@each_option
def test_defaults_are_valid_and_described(name: str, spec: OptionSpec) -> None:
    assert getattr(STRATEGIES[name].options(), spec.name) == spec.default
    assert spec.label
    assert spec.help.endswith(".")
    if spec.kind == "integer":
        assert spec.minimum is not None
        assert spec.maximum is not None
        assert spec.minimum <= spec.default <= spec.maximum


BAD_VALUES: dict[str, list[Any]] = {
    "integer": [True, 1.5, 4.0, "4", None, [4], 0, -1, 10**9, 10**400, float("nan")],
    "number": [True, "0.5", None, [0.5], 0, -1, 10**9, 10**400, float("nan"), float("inf")],
    "boolean": [0, 1, "true", None],
    "choice": ["", "LAST", 0, None, ["last"], True],
}


@each_option
def test_bad_values_are_refused_with_what_was_got_and_expected(name: str, spec: OptionSpec) -> None:
    above = [int(spec.maximum) + 1] if spec.kind == "integer" and spec.maximum else []
    for value in BAD_VALUES[spec.kind] + above:
        if value == spec.minimum == 0 and type(value) is int:
            continue  # 0 turns it off
        with pytest.raises(OptionError) as raised:
            build(name, **{spec.name: value})
        message = str(raised.value)
        assert spec.name in message
        assert shown(value, 60) in message
        assert "expected" in message or "must be" in message


@every_strategy
def test_unknown_options_are_refused(name: str) -> None:
    with pytest.raises(OptionError, match=r"'wdith'.*known are max_steps"):
        build(name, wdith=4)


def test_unknown_strategies_are_refused() -> None:
    with pytest.raises(OptionError, match=r"'beem_search'.*known are greedy, best_of_n"):
        get_strategy("beem_search")
    assert get_strategy("dvts") is STRATEGIES["dvts"]


def test_dvts_needs_a_multiple_of_m() -> None:
    with pytest.raises(OptionError, match=r"\(n\) is 10 .*\(beam_width\) is 4.* multiple"):
        build("dvts", n=10, beam_width=4)


def test_beam_width_is_at_most_n() -> None:
    with pytest.raises(OptionError, match=r"\(beam_width\) is 8 .*\(n\) is 4"):
        build("beam_search", n=4, beam_width=8)
    assert build("beam_search", n=10, beam_width=4).survivors == 2  # type: ignore[attr-defined]


@every_strategy
def test_published_presets_are_valid_and_change_something(name: str) -> None:
    strategy = STRATEGIES[name]
    published, default = build(name, **strategy.as_published), strategy.options()
    for option, value in strategy.as_published.items():
        assert getattr(published, option) == value
        assert getattr(default, option) != value, f"{option} is the default already"


@every_strategy
def test_every_strategy_says_what_it_is_in_plain_words(name: str) -> None:
    strategy = STRATEGIES[name]
    assert strategy.does.endswith(".")
    assert strategy.does_not.endswith(".")
    assert strategy.source
    assert strategy.kind in KINDS
    assert 3 <= len(strategy.pseudocode.splitlines()) <= 14
    assert max(map(len, strategy.pseudocode.splitlines())) <= 64


def test_published_presets_turn_on_every_accident() -> None:
    """Every yes-or-no option names an accident of the published code, and is in its preset."""
    for name in NAMES:
        flags = {s.name for s in STRATEGIES[name].options.specs() if s.kind == "boolean"}
        assert flags <= set(STRATEGIES[name].as_published)


# Independence -------------------------------------------------------------------------------


def test_strategies_import_no_model_code_no_network_and_no_clock() -> None:
    code = (
        "import sys, time\n"
        "import search_core.strategies as s\n"
        "heavy = {'torch', 'transformers', 'numpy', 'gradio', 'plotly', 'networkx', 'requests'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
        "import search_core.strategies.base as b\n"
        "clocks = {'time', 'random', 'socket', 'datetime', 'asyncio', 'threading'}\n"
        "files = [m for n, m in sys.modules.items() if n.startswith('search_core.strategies')]\n"
        "print(sorted(n for m in files for n in vars(m) if n in clocks))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["[]", "[]", ""]


def test_an_option_has_one_place_in_the_form_whatever_the_strategy() -> None:
    places: dict[str, set[bool]] = {}
    for _, spec in OPTIONS:
        places.setdefault(spec.name, set()).add(spec.advanced)
    assert [name for name, found in places.items() if len(found) > 1] == []
