"""Score sources beside the trained verifiers: a perfect one and a useless one, for teaching."""

from __future__ import annotations

import random

import pytest

from search_core.embedded import FAMILIES, generate, gold_solution, grade
from search_core.models import ABOUT_SOURCES, SCORE_SOURCES, ModelPair, embedded_pair, usual_solver
from search_core.problem import Problem
from search_core.protocols import ScoreRequest
from search_core.run.known import KnownReplies, KnownSolver
from search_core.search import search
from search_core.strategies import STRATEGIES
from search_core.strategies.options import OptionError
from search_core.verifiers import OracleVerifier, RandomVerifier
from tests.fakes import World

COUNTDOWN = Problem("Use 2, 3, 7 and 10 to make 24.", "24", "countdown", 4)


def never() -> bool:
    return False


def asked(problem: Problem, steps: list[str], *, finished: bool, first: int = 0) -> ScoreRequest:
    return ScoreRequest(problem.text, tuple(steps), first, finished, (0.0,) * len(steps))


def oracle(problem: Problem, steps: list[str], *, finished: bool = False) -> tuple[float, ...]:
    [reply] = OracleVerifier().score([asked(problem, steps, finished=finished)], never)
    assert reply.tokens == 0
    return reply.scores


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_the_oracle_believes_in_every_step_of_a_gold_solution(family: str) -> None:
    level = FAMILIES[family].levels[0]
    for problem in generate(family, level, 20, seed=5, split="test"):
        steps = list(gold_solution(problem, random.Random(0)))
        assert oracle(problem, steps, finished=True) == (1.0,) * len(steps)
        assert grade(problem, steps).correct


def test_the_oracle_gives_up_at_the_first_false_step_and_stays_so() -> None:
    [problem] = generate("expression", FAMILIES["expression"].levels[0], 1, seed=3, split="test")
    steps = list(gold_solution(problem, random.Random(0)))
    broken = [steps[0], "1 + 1 = 3, now 3", *steps[2:]]
    assert oracle(problem, broken)[:2] == (1.0, 0.0)
    assert set(oracle(problem, broken)[1:]) == {0.0}


def test_a_true_step_after_which_the_target_is_out_of_reach_is_hopeless() -> None:
    good = "7 * 2 = 14, left 3 10 14"
    assert oracle(COUNTDOWN, [good]) == (1.0,)
    # 24 cannot be made of 3, 7 and 5 by any order of the four operations.
    assert oracle(COUNTDOWN, ["10 / 2 = 5, left 3 5 7"]) == (0.0,)


def test_a_finished_solution_scores_as_the_app_grades_it() -> None:
    [problem] = generate("word", FAMILIES["word"].levels[0], 1, seed=3, split="test")
    lucky = ["Nobody knows. 1 + 1 = 3", f"The answer is {problem.answer}."]
    assert oracle(problem, lucky, finished=True) == (0.0, 1.0)
    assert grade(problem, lucky).correct
    assert oracle(problem, [lucky[0], "The answer is 0."], finished=True)[-1] == 0.0


def test_only_the_wanted_steps_are_answered() -> None:
    request = asked(COUNTDOWN, ["nonsense", "more nonsense"], finished=False, first=1)
    [reply] = OracleVerifier().score([request], never)
    assert reply.scores == (0.0,)


def test_random_scores_repeat_for_the_same_path_and_differ_between_paths() -> None:
    paths = [asked(COUNTDOWN, [f"step {index}"], finished=False) for index in range(400)]
    scores = [reply.scores[0] for reply in RandomVerifier().score(paths, never)]
    assert scores == [reply.scores[0] for reply in RandomVerifier().score(paths, never)]
    assert len(set(scores)) == len(scores)
    assert min(scores) < 0.05
    assert max(scores) > 0.95
    assert 0.45 < sum(scores) / len(scores) < 0.55
    longer = asked(COUNTDOWN, ["step 0", "step 1"], finished=True)
    [reply] = RandomVerifier().score([longer], never)
    assert reply.scores[0] == scores[0]


def test_every_source_is_explained_and_can_be_had() -> None:
    pair = embedded_pair()
    assert set(ABOUT_SOURCES) == set(SCORE_SOURCES)
    for name in ("log-probability", "oracle", "random"):
        assert pair.score_source(name).info.name == name


KNOWN: dict[str, KnownReplies] = {}
"""What each solver has written, for the next source: until scores part the ways, it is the same."""


@pytest.mark.models
@pytest.mark.parametrize("source", sorted(SCORE_SOURCES))
@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_goes_with_every_source_of_scores(name: str, source: str) -> None:
    strategy = STRATEGIES[name]
    pair = embedded_pair(usual_solver(strategy))
    pair.check(strategy, source)
    known = {spec.name for spec in strategy.options.specs()}
    wanted = {"n": 4, "beam_width": 2, "branching": 2, "sequential": 2, "most_pieces": 4}
    wanted |= {"max_steps": 4, "at_once": 4}
    known_replies = KNOWN.setdefault(pair.solver.info.name, KnownReplies())
    found = search(
        COUNTDOWN,
        name,
        solver=KnownSolver(known_replies, pair.solver.info, pair.solver),
        verifier=pair.score_source(source),
        **{key: value for key, value in wanted.items() if key in known},
    )
    scores = [node.score for node in found.tree.steps() if node.score is not None]
    assert found.tree.finished is not None
    assert found.tree.finished.status == "completed"
    assert bool(scores) == strategy.uses_verifier
    if source == "oracle":
        assert set(scores) <= {0.0, 1.0}


def test_an_oracle_for_another_solver_is_refused_with_what_to_do() -> None:
    pair = ModelPair.of(World().solver(), World().verifier())
    for ask in (
        lambda: pair.score_source("oracle"),
        lambda: pair.check(STRATEGIES["beam_search"], "oracle"),
    ):
        with pytest.raises(OptionError, match=r"embedded families.*Choose another"):
            ask()


def test_with_an_oracle_a_search_finds_what_its_samples_hold() -> None:
    """The verifier's ceiling: an answer is wrong only where no solution was right."""
    pair = embedded_pair()
    problems = generate("countdown", 3, 6, seed=11, split="test")
    for problem in problems:
        found = search(
            problem,
            "best_of_n",
            solver=pair.solver,
            verifier=pair.score_source("oracle"),
            n=8,
            judge="best",
        )
        nodes, finished = found.tree.nodes, found.tree.finished
        assert finished is not None
        chosen = nodes[finished.chosen].right if finished.chosen else False
        assert chosen == any(node.right for node in nodes.values())
