"""A tree scored anew: each step once, the two orders compared, the first decision that differs."""

from __future__ import annotations

import html
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from search_core.cli.errors import BAD_ARGUMENT
from search_core.embedded.corruption import step_labels
from search_core.labelled import read_trees
from search_core.log.traces import Trace, read_trace
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.protocols import (
    Cancelled,
    RunCancelled,
    ScoreRequest,
    StepScores,
    UsageError,
    VerifierInfo,
)
from search_core.run.runner import Run
from search_core.verify.measures.correlations import ranks
from search_core.verify.rescoring import Rescoring, rescored
from search_core.verify.rescoring.agreement import agreement
from search_core.verify.rescoring.words import sentences
from tests.fakes import FakeVerifier, World
from tests.searches import run as small_run
from tests.test_cli_solve import invoke, said
from tests.test_what_if import run_of

ROOT = Path(__file__).resolve().parent.parent
TRACES = ROOT / "assets" / "traces"
BEAMS = [f"{family}-beam-search" for family in ("countdown", "expression", "word-problem")]


def trace(name: str) -> Trace:
    return read_trace(TRACES / f"{name}.jsonl")


def by(score: Callable[[tuple[str, ...]], float]) -> FakeVerifier:
    return FakeVerifier(score)


def checker_of(found: Trace) -> Callable[[tuple[str, ...]], float]:
    """The checker as a verifier: 1 where the last step holds, 0 where not."""
    record = found.started.problem
    problem = Problem(record.text, record.answer, record.family, record.level)
    return lambda steps: step_labels(problem, steps)[-1]


# The same verifier again -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["beam_search", "dvts", "best_of_n", "rebase", "mcts"])
def test_the_runs_own_verifier_changes_nothing(name: str) -> None:
    world = World(seed=5)
    run = run_of(name, world, n=8)
    found = rescored(run.events, world.verifier())
    assert found.decision is None
    assert "decided the same everywhere" in found.why_none
    assert found.course is not None
    assert found.course.sure
    for node in found.nodes:
        assert node.was in (node.now, None)
        assert node.would_be == node.state
    if found.agreement.overall is not None:
        assert found.agreement.overall.value == pytest.approx(1.0)
        assert found.agreement.other_best == 0


class Counting:
    """A verifier that remembers which paths it was asked about."""

    def __init__(self, scores: str = "steps") -> None:
        self.info = VerifierInfo("counting", scores=scores)  # type: ignore[arg-type]
        self.asked: list[tuple[tuple[str, ...], bool]] = []

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        for request in requests:
            last = len(request.steps) - 1
            self.asked += [
                (request.steps[: place + 1], request.finished and place == last)
                for place in range(request.first, last + 1)
            ]
        return [StepScores((0.5,) * (len(r.steps) - r.first)) for r in requests]


def test_every_step_is_asked_for_once_though_the_search_is_driven_again() -> None:
    run = run_of("beam_search", n=8)
    counting = Counting()
    found = rescored(run.events, counting, batch=3)
    tree = run.tree
    paths = [tuple(step.text for step in tree.path(node.id)) for node in tree.steps()]
    assert set(paths) == {path for path, _ in counting.asked}
    assert len(counting.asked) <= len(paths)
    ends = {path for path, finished in counting.asked if finished}
    assert ends == {path for path, node in zip(paths, tree.steps(), strict=True)
                    if node.ended == "end"}  # fmt: skip
    assert all(node.now == 0.5 for node in found.nodes)


def test_an_outcome_verifier_is_asked_for_solutions_alone() -> None:
    run = run_of("best_of_n", n=6)
    counting = Counting("solutions")
    found = rescored(run.events, counting)
    assert all(finished for _, finished in counting.asked)
    for node in found.nodes:
        assert (node.now is not None) == (run.tree.nodes[node.id].state == "completed")


# What would differ -----------------------------------------------------------------------------

FOREST = {"": "A B", "A": "1. 2.", "B": "3. 4."}
SCORES = {"A": 0.9, "B": 0.1}


def forest() -> Run:
    return small_run("beam_search", FOREST, SCORES, n=2, beam_width=2)


def test_the_first_decision_that_differs_names_who_was_preferred_to_whom() -> None:
    run = forest()
    found = rescored(run.events, by(lambda steps: 0.9 if steps[-1] == "B" else 0.2))
    decision = found.decision
    assert decision is not None
    assert (decision.what, decision.round, decision.driven) == ("cut", 1, True)
    assert (decision.kept_then, decision.kept_now) == (("0",), ("1",))
    assert (decision.right, decision.source) == ("not known", "")
    told = sentences(found)
    assert told[0].endswith(
        "fake verifier would prefer step 1, branch 2 (0.10, now 0.90) to "
        "step 1, branch 1 (0.90, now 0.20)."
    )
    assert "is not known" in told[1]


def test_another_choice_among_the_same_solutions_is_a_decision_too() -> None:
    world = World(seed=2, ends=0.5)
    run = run_of("best_of_n", world, answer="1", n=12)
    marks = {node.id: node.right for node in run.tree.steps() if node.state == "completed"}
    assert {True, False} <= set(marks.values())
    chosen = run.tree.finished and run.tree.finished.chosen
    wanted = next(node for node, right in marks.items() if right != marks[chosen or ""])
    path = tuple(step.text for step in run.tree.path(wanted))
    found = rescored(run.events, by(lambda steps: 1.0 if steps == path else 0.1))
    decision = found.decision
    assert decision is not None
    assert (decision.what, decision.source) == ("choice", "reference")
    assert decision.kept_then == (chosen,)
    assert run.tree.nodes[decision.kept_now[0]].answer == run.tree.nodes[wanted].answer
    assert decision.right == ("now" if marks[wanted] else "was")


@pytest.mark.parametrize("name", BEAMS)
def test_by_the_checker_nobody_beats_the_checker(name: str) -> None:
    """The checker as a verifier is never the wrong one, and its opposite never the right one."""
    recorded = trace(name)
    checker = checker_of(recorded)
    with_truth = rescored(recorded.events, by(checker), tree=recorded.tree)
    against = rescored(recorded.events, by(lambda steps: 1 - checker(steps)), tree=recorded.tree)
    for node in with_truth.nodes:
        assert node.sound == (node.now == 1.0)
    assert with_truth.decision is None or with_truth.decision.right in ("now", "alike")
    assert against.decision is not None
    assert against.decision.right in ("was", "alike")


def test_the_opposite_of_the_checker_is_caught_in_a_cut() -> None:
    rights = []
    for name in BEAMS:
        recorded = trace(name)
        checker = checker_of(recorded)
        found = rescored(recorded.events, by(lambda steps, told=checker: 1 - told(steps)))
        rights.append(found.decision and found.decision.right)
    assert "was" in rights


def test_a_tree_of_another_maker_is_judged_by_the_order_of_its_scores() -> None:
    (first, *_) = read_trees(ROOT / "tests" / "golden" / "labelled" / "prm800k.jsonl")
    decision_of_people = next(d for d in first.tree.decisions if d.kept and d.pruned)
    kept = decision_of_people.kept[0].id
    text = first.tree.nodes[kept].text
    same = rescored(first.events, by(lambda steps: 1.0 if steps[-1] == text else 0.5))
    assert same.course is None
    assert same.decision is None
    assert "no decision would differ" in same.why_none
    other = rescored(first.events, by(lambda steps: 0.0 if steps[-1] == text else 0.5))
    assert other.decision is not None
    assert (other.decision.kept_then, other.decision.driven) == ((kept,), False)
    assert other.decision.right == "not known"


def test_a_strategy_without_scores_has_nothing_to_differ() -> None:
    recorded = trace("word-problem-greedy")
    found = rescored(recorded.events, by(lambda steps: 0.5), tree=recorded.tree)
    assert found.decision is None
    assert "decides without scores" in found.why_none


# How alike -------------------------------------------------------------------------------------


def pearson(pairs: list[tuple[float, float]]) -> float:
    n = len(pairs)
    x, y = (sum(pair[i] for pair in pairs) / n for i in (0, 1))
    xy = sum((a - x) * (b - y) for a, b in pairs)
    spread = sum((a - x) ** 2 for a, _ in pairs) * sum((b - y) ** 2 for _, b in pairs)
    return float(xy / spread**0.5)


@pytest.mark.parametrize("seed", range(6))
def test_correlations_agree_with_a_second_writing(seed: int) -> None:
    luck = random.Random(seed)
    count = luck.randint(8, 60)
    was = [round(luck.random(), 1) for _ in range(count)]
    now = [round(min(1.0, max(0.0, old + luck.gauss(0, 0.3))), 1) for old in was]
    parents = [str(luck.randrange(1 + count // 4)) for _ in range(count)]
    found = agreement(was, now, parents)

    def placed(values: list[float]) -> list[float]:
        return [
            sum(other < value for other in values) + (values.count(value) - 1) / 2
            for value in values
        ]

    assert found.overall is not None
    assert found.overall.value == pytest.approx(
        pearson([*zip(placed(was), placed(now), strict=True)])
    )
    assert found.overall.low <= found.overall.value <= found.overall.high
    pairs = []
    for parent in set(parents):
        of = [place for place in range(count) if parents[place] == parent]
        if len(of) > 1:
            before, after = (placed([values[i] for i in of]) for values in (was, now))
            middle = (len(of) - 1) / 2
            pairs += [
                ((a - middle) / len(of), (b - middle) / len(of))
                for a, b in zip(before, after, strict=True)
            ]
    assert found.among_siblings is not None
    assert found.among_siblings.value == pytest.approx(pearson(pairs))


def test_one_group_has_an_interval_all_the_same() -> None:
    luck = random.Random(1)
    was = [luck.random() for _ in range(16)]
    now = [value + luck.gauss(0, 0.3) for value in was]
    found = agreement(was, now, ["root"] * 16)
    assert found.among_siblings is not None
    assert found.among_siblings.high - found.among_siblings.low > 0.1


def test_too_few_steps_or_equal_scores_have_no_correlation() -> None:
    assert agreement([0.1, 0.2], [0.2, 0.1], ["a", "a"]).overall is None
    assert agreement([0.5] * 9, list(ranks_of(9)), ["a"] * 9).overall is None
    assert agreement([], [], []).steps == 0


def ranks_of(count: int) -> list[float]:
    import numpy as np

    return list(ranks(np.arange(count, dtype=np.float64)))


# Bounds, and the command -----------------------------------------------------------------------


def test_it_stops_when_told_to() -> None:
    with pytest.raises(RunCancelled):
        rescored(forest().events, by(lambda steps: 0.5), cancelled=lambda: True)


def test_who_goes_by_log_probabilities_needs_them() -> None:
    recorded = trace("countdown-beam-search")
    events = [
        event.model_copy(update={"logprob": None}) if event.kind == "sampled" else event
        for event in recorded.events
    ]
    verifier = FakeVerifier(lambda steps: 0.5, VerifierInfo("likely", reads_logprobs=True))
    with pytest.raises(UsageError, match="log-probabilities"):
        rescored(events, verifier)


def command(*arguments: str) -> Any:
    pair = ModelPair.of(World().solver(), by(lambda steps: 1 / (1 + len(steps[-1]))))
    return invoke("verify", "rescore", *arguments, pair=pair)


def test_the_command_tells_and_gives_values(tmp_path: Path) -> None:
    path = str(TRACES / "countdown-beam-search.jsonl")
    done = command(path, "--verifier", "small", "--most", "3")
    assert done.exit_code == 0, said(done)
    assert "first decision that would differ" in said(done)
    assert "rank correlation" in said(done)
    out = tmp_path / "tree.html"
    values = json.loads(command(path, "--verifier", "small", "--json", "--report", str(out)).stdout)
    assert values["sentences"][0] in html.unescape(out.read_text(encoding="utf-8"))
    assert len(values["nodes"]) == 64
    assert {"was", "by", "agreement", "decision", "sentences", "course"} <= set(values)


def test_what_is_no_tree_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "no.jsonl"
    path.write_text("{}\n")
    done = command(str(path), "--verifier", "small")
    assert done.exit_code == BAD_ARGUMENT


def test_a_rescoring_is_json(tmp_path: Path) -> None:
    found: Rescoring = rescored(forest().events, by(lambda steps: 0.5))
    assert json.loads(json.dumps(found.to_dict()))["was"] == "fake verifier"
