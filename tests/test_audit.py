"""What the cuts of a run cost, in worlds whose probabilities are known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from search_core.audit import (
    Audit,
    AuditPlan,
    ReachedShare,
    RolloutsFile,
    audit,
    chance_better,
)
from search_core.audit.page import audit_page
from search_core.log.tree import Tree
from search_core.problem import Problem
from search_core.protocols import (
    Cancelled,
    RunCancelled,
    SampleRequest,
    Sampling,
    SolverInfo,
    StepSample,
    UsageError,
)
from search_core.search import search
from search_core.testing import FunctionVerifier, chance

WORLD = Problem("What comes of it?", answer="7")


@dataclass
class CoinSolver:
    """Its first step names the probability with which the second gives the right answer."""

    info: SolverInfo = field(default_factory=lambda: SolverInfo("coins"))
    calls: list[int] = field(default_factory=list)
    most_calls: int | None = None

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        if self.most_calls is not None and len(self.calls) >= self.most_calls:
            raise RunCancelled
        self.calls.append(len(requests))
        return [self._step(request) for request in requests]

    def _step(self, request: SampleRequest) -> StepSample:
        if not request.steps:
            return StepSample(f"p = {chance('world', request.seed):.4f}", 4, -1.0, "step")
        right = chance("coin", request.seed) < probability(request.steps[0])
        return StepSample(f"The answer is {7 if right else 8}.", 5, -1.0, "end")


def probability(step: str) -> float:
    return float(step.removeprefix("p = "))


def run_in_world(seed: int = 0, *, problem: Problem = WORLD, **options: object) -> Tree:
    """A beam search whose verifier knows nothing: what it keeps and cuts is drawn by lot."""

    def score(steps: Sequence[str]) -> float:
        return chance("verifier", seed, tuple(steps))

    given = {"n": 16, "beam_width": 4, **options}
    verifier = FunctionVerifier(score)
    return search(
        problem, "beam_search", solver=CoinSolver(), verifier=verifier, seed=seed, **given
    ).tree


def truth(tree: Tree, node: str) -> float:
    return probability(tree.path(node)[0].text)


@pytest.fixture(scope="module")
def worlds() -> list[tuple[Tree, Audit]]:
    trees = [run_in_world(seed) for seed in range(24)]
    return [(tree, audit(tree, CoinSolver(), plan=AuditPlan(16))) for tree in trees]


def test_the_intervals_cover_the_truth_of_known_worlds(worlds: list[tuple[Tree, Audit]]) -> None:
    held = [
        share.interval[0] <= truth(tree, node) <= share.interval[1]
        for tree, found in worlds
        for node, share in found.shares.items()
        if share.known is None
    ]
    assert len(held) >= 350
    assert 0.92 <= sum(held) / len(held) <= 0.98


def test_the_probability_that_the_kept_one_is_better_is_as_often_true_as_it_says(
    worlds: list[tuple[Tree, Audit]],
) -> None:
    said: list[tuple[float, bool]] = []
    for tree, found in worlds:
        for price in found.prices:
            assert price.kept_better is not None
            assert price.against is not None
            said.append((price.kept_better, truth(tree, price.against) > truth(tree, price.id)))
    for low, high in ((0.0, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 1.01)):
        inside = [pair for pair in said if low <= pair[0] < high]
        assert len(inside) >= 40
        mean = sum(told for told, _ in inside) / len(inside)
        share = sum(better for _, better in inside) / len(inside)
        assert abs(share - mean) < 0.1, (low, high, mean, share)


@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, 0.5, 0.9, 1.0])
def test_the_intervals_cover_each_probability_exactly_often_enough(share: float) -> None:
    """Not by drawing: over all that 16 rollouts can give."""
    from math import comb

    covered = 0.0
    for reached in range(17):
        low, high = ReachedShare(reached, 16).interval
        if low <= share <= high:
            covered += comb(16, reached) * share**reached * (1 - share) ** (16 - reached)
    assert covered >= 0.9


def test_the_posterior_is_that_of_a_second_writing() -> None:
    """By adding up the density on a fine grid."""
    import numpy as np

    grid = (np.arange(400_000) + 0.5) / 400_000
    for reached, rollouts in ((0, 4), (3, 16), (16, 16), (500, 1000)):
        density = reached * np.log(grid) + (rollouts - reached) * np.log1p(-grid)
        below = np.cumsum(np.exp(density - density.max()))
        low, high = np.interp([0.025, 0.975], below / below[-1], grid)
        said = ReachedShare(reached, rollouts).interval
        assert said[0] == pytest.approx(0.0 if not reached else low, abs=1e-5)
        assert said[1] == pytest.approx(1.0 if reached == rollouts else high, abs=1e-5)


def test_the_chance_to_be_better_is_that_of_drawing() -> None:
    import numpy as np

    draw = np.random.default_rng(0)
    for first, second in (((3, 16), (5, 16)), ((0, 8), (0, 8)), ((40, 64), (30, 64))):
        a = draw.beta(1 + first[0], 1 + first[1] - first[0], 200_000)
        b = draw.beta(1 + second[0], 1 + second[1] - second[0], 200_000)
        said = chance_better(ReachedShare(*first), ReachedShare(*second))
        assert said == pytest.approx((a > b).mean(), abs=0.005)
    assert chance_better(ReachedShare(known=True), ReachedShare(15, 16)) == 1.0
    assert chance_better(ReachedShare(1, 16), ReachedShare(known=False)) == 1.0
    assert chance_better(ReachedShare(known=False), ReachedShare(known=False)) == 0.5


def test_an_audit_that_was_stopped_goes_on_and_comes_to_the_same(tmp_path: Path) -> None:
    tree, path, plan = run_in_world(3), tmp_path / "run.rollouts.jsonl", AuditPlan(8, at_once=20)
    whole = audit(tree, CoinSolver(), plan=plan)
    with RolloutsFile(path) as store, pytest.raises(RunCancelled):
        audit(tree, CoinSolver(most_calls=2), store, plan)
    # The program was killed in the middle of a line.
    path.write_bytes(path.read_bytes()[:-7])
    with RolloutsFile(path) as store:
        known = audit(tree, None, store, plan)
        assert 0 < known.missing < whole.written
        assert known.loss.by in ("unknown", "nothing", "vote")
        found = audit(tree, CoinSolver(), store, plan)
    assert found.written == known.missing
    assert found.to_dict()["prices"] == whole.to_dict()["prices"]
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert len({(line["from"], line["place"]) for line in lines}) == len(lines) == whole.written
    with RolloutsFile(path) as store:
        again = audit(tree, CoinSolver(most_calls=0), store, plan)
    assert again.written == 0


def test_a_budget_is_kept_and_shared_out_evenly() -> None:
    tree = run_in_world(4)
    few = audit(tree, CoinSolver(), plan=AuditPlan(16, most_rollouts=70, at_once=16))
    assert few.written == 70
    tried = [few.shares[node].rollouts for node in few.choices.cuts]
    assert max(tried) - min(tried) <= 4
    short = audit(tree, CoinSolver(), plan=AuditPlan(16, most_tokens=100, at_once=10))
    assert 100 <= short.tokens <= 150
    assert "are still missing" in str(short)


def test_what_lost_a_run_is_named() -> None:
    """The only step that leads anywhere is cut: its score is the lowest."""
    texts = ["p = 0.0000", "p = 0.9000"]

    class Two(CoinSolver):
        def _step(self, request: SampleRequest) -> StepSample:
            if not request.steps:
                return StepSample(texts[request.index], 4, -1.0, "step")
            return super()._step(request)

    verifier = FunctionVerifier(lambda steps: 1 - probability(steps[0]))
    given = {"n": 2, "beam_width": 2}
    tree = search(WORLD, "beam_search", solver=Two(), verifier=verifier, seed=0, **given).tree
    found = audit(tree, CoinSolver())
    assert (found.loss.by, found.loss.node, found.loss.round) == ("cut", "1", 1)
    assert found.reachable == found.reversed == 1
    assert found.sentences[0] == "Of 1 cut step, 1 could still have reached the answer."
    assert "The run was lost in round 1 by cutting step 1, branch 2, “p = 0.9000”: " in str(found)
    (closest,) = found.decisions
    assert (closest.against, closest.id, closest.state) == ("0", "1", "reversed")
    page = audit_page(found, tree)
    assert "sure that the strongest cut (step 1, branch 2) is better than the weakest kept" in page
    assert "Of 1 cut that can be judged: 1 was wrong (the cut step is better" in str(found)
    assert (found.right, found.within_noise, found.both_without) == (0, 0, 0)
    assert "p = 0.9000" in page
    assert "<script" not in page


def test_nobody_guesses_what_cannot_be_judged() -> None:
    tree = run_in_world(problem=Problem("What comes of it?"))
    with pytest.raises(UsageError, match="Nothing can be judged"):
        audit(tree, CoinSolver())
    found = audit(tree, CoinSolver(), plan=AuditPlan(4), answer="7")
    assert found.loss.by in ("nothing", "vote", "cut", "solver")
    other = replace(CoinSolver().info, revision="another")
    with pytest.raises(UsageError, match="written by coins"):
        audit(tree, CoinSolver(other), plan=AuditPlan(4), answer="7")


@pytest.mark.parametrize(
    ("values", "named"),
    [({"rollouts": 0}, "rollouts"), ({"level": 0.4}, "level"), ({"at_once": 0}, "at_once"),
     ({"most_tokens": -1}, "most_tokens")],
)  # fmt: skip
def test_a_plan_out_of_range_is_refused(values: dict[str, float], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        AuditPlan(**values)  # type: ignore[arg-type]


def test_a_run_without_cuts_says_so() -> None:
    given = {"n": 4}
    solver, verifier = CoinSolver(), FunctionVerifier(lambda steps: 0.5)
    tree = search(WORLD, "best_of_n", solver=solver, verifier=verifier, seed=0, **given).tree
    found = audit(tree, CoinSolver())
    assert found.sentences == ["No step was cut in this run, so no cut cost anything."]
    assert found.written == 0
