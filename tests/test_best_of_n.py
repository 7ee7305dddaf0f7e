"""Greedy search and best-of-N in small worlds (`searches.py`), worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from search_core.log.events import Spent
from search_core.problem import Problem
from search_core.protocols import SampleRequest, Sampling
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from tests.fakes import FakeSolver, FakeVerifier
from tests.searches import answer, by_state, parents, rules, run, votes


class WatchedSolver(FakeSolver):
    """Remembers the temperatures that it was asked for."""

    temperatures: tuple[float, ...] = ()

    def sample(self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled):  # type: ignore[no-untyped-def]
        self.temperatures += (sampling.temperature,)
        return super().sample(requests, sampling, cancelled)


def test_greedy_writes_one_path_at_temperature_0_and_asks_no_verifier() -> None:
    strategy = STRATEGIES["greedy"]
    solver = WatchedSolver(
        lambda steps, _: ("The answer is 7.", "end") if len(steps) == 2 else ("on", "step")
    )
    verifier = FakeVerifier(lambda _: 0.5)
    made = Run(Recipe(Problem("?"), strategy, strategy.options()), solver.info, verifier.info)
    drive(made, solver, verifier)
    assert solver.temperatures == (0.0, 0.0, 0.0)
    assert verifier.calls == 0
    assert [node.id for node in made.tree.steps()] == ["0", "0.0", "0.0.0"]
    assert answer(made) == "7"
    assert set(made.tree.votes) == {"majority"}


@pytest.mark.parametrize(
    ("children", "rule"),
    [({"": "a", "a": "b", "a b": "c"}, "out_of_steps"), ({"": "a", "a": "b~"}, "too_long")],
)
def test_greedy_without_an_end_has_no_answer(children: dict[str, str], rule: str) -> None:
    made = run("greedy", children, {}, max_steps=3)
    last = list(made.tree.steps())[-1]
    assert rules(made)[last.text] == rule
    assert made.tree.unfinished(last)
    assert answer(made) is None
    assert made.tree.finished is not None
    assert "No path" in made.tree.finished.message


BEST_OF_4 = {"": "a 2. b 2.", "a": "3.", "b": "4."}


@pytest.mark.parametrize(
    ("judge", "chosen"),
    # 2 has two votes, 0.4 + 0.45 together; 3 has 0.8; 4 has the best score.
    [("majority", "2"), ("weighted", "2"), ("best", "4")],
)
def test_best_of_n_judges_whole_solutions(judge: str, chosen: str) -> None:
    scores = {"3.": 0.8, "4.": 0.82, "2.": 0.42}
    made = run("best_of_n", BEST_OF_4, scores, n=4, judge=judge)
    assert parents(made) == [["", "", "", ""], ["a", "b"]]
    assert answer(made) == chosen
    assert votes(made, "majority") == {"2": 2, "3": 1, "4": 1}
    assert votes(made, "weighted") == pytest.approx({"2": 0.84, "3": 0.8, "4": 0.82})
    assert votes(made, "best") == pytest.approx({"2": 0.42, "3": 0.8, "4": 0.82})


def test_best_of_n_asks_the_verifier_once_and_only_about_solutions() -> None:
    made = run("best_of_n", {"": "a 2. c~", "a": "b"}, {}, n=3, max_steps=2)
    calls = [e for e in made.events if isinstance(e, Spent) and e.call == "score"]
    assert [call.requests for call in calls] == [1]
    assert by_state(made, "completed") == ["The answer is 2."]
    assert rules(made) == {"a": "run_to_end", "b": "out_of_steps", "c": "too_long"}
    assert votes(made, "majority") == {"2": 1}


def test_best_of_n_aggregates_over_the_whole_path() -> None:
    made = run("best_of_n", BEST_OF_4, {"a": 0.1, "3.": 0.9}, n=4, aggregate="min", judge="best")
    assert votes(made, "best")["3"] == 0.1


def test_solutions_without_an_answer_vote_only_where_asked() -> None:
    children = {"": "x~ 2. y~"}
    scores = {"x~": 0.9, "2.": 0.4, "y~": 0.1}
    options = {"n": 3, "length_ends": True, "judge": "best"}
    made = run("best_of_n", children, scores, **options)
    assert answer(made) == "2"
    assert votes(made, "majority") == {"2": 1}
    published = run("best_of_n", children, scores, answerless_vote=True, **options)
    assert votes(published, "majority") == {"": 2, "2": 1}
    assert votes(published, "weighted") == {"": 1.0, "2": 0.4}
    assert answer(published) is None
    assert published.tree.finished is not None
    assert published.tree.finished.chosen == "0"


def test_best_of_n_as_published_takes_cut_off_solutions() -> None:
    children = {"": "1. c~"}
    made = run("best_of_n", children, {}, n=2, length_ends=True)
    assert by_state(made, "completed") == ["The answer is 1.", "c"]
