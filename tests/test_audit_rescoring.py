"""Who was right where another verifier would decide otherwise, by rollouts from the steps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from search_core.audit import (
    Audit,
    AuditPlan,
    ReachedShare,
    RolloutsFile,
    audit,
    right_by_rollouts,
)
from search_core.log import write_trace
from search_core.models import ModelPair
from search_core.search import SearchResult, search
from search_core.testing import FunctionVerifier, chance
from search_core.verify.rescoring import rescored
from search_core.verify.rescoring.words import sentences
from tests.test_audit import WORLD, CoinSolver, probability
from tests.test_cli_solve import invoke, said


def knowing(steps: Sequence[str]) -> float:
    return probability(steps[0])


def misled(steps: Sequence[str]) -> float:
    return 1 - probability(steps[0])


def by_lot(seed: int) -> SearchResult:
    """A beam search that keeps and cuts by lot."""
    verifier = FunctionVerifier(lambda steps: chance("verifier", seed, tuple(steps)))
    given = {"n": 16, "beam_width": 4}
    return search(WORLD, "beam_search", solver=CoinSolver(), verifier=verifier, seed=seed, **given)


def test_who_knows_the_world_is_right_and_who_is_misled_is_wrong() -> None:
    told: dict[str, list[str]] = {"knowing": [], "misled": []}
    for seed in range(4):
        run = by_lot(seed)
        known = audit(run.tree, CoinSolver(), plan=AuditPlan(16))
        for name, score in (("knowing", knowing), ("misled", misled)):
            found = rescored(
                run.events,
                FunctionVerifier(score),
                by_rollouts=partial(right_by_rollouts, known),
            )
            assert found.decision is not None
            assert found.decision.source == "rollouts"
            told[name].append(found.decision.right)
            assert any("By the rollouts" in sentence for sentence in sentences(found))
    assert told["knowing"].count("now") >= 3
    assert "was" not in told["knowing"]
    assert told["misled"].count("was") >= 3
    assert "now" not in told["misled"]


@pytest.mark.parametrize(
    ("then", "now", "right"),
    [
        (ReachedShare(1, 16), ReachedShare(15, 16), "now"),
        (ReachedShare(15, 16), ReachedShare(1, 16), "was"),
        (ReachedShare(8, 16), ReachedShare(8, 16), "alike"),
        (ReachedShare(), ReachedShare(8, 16), "not known"),
        (ReachedShare(known=False), ReachedShare(8, 16), "now"),
        (ReachedShare(8, 16), ReachedShare(known=False), "was"),
    ],
)
def test_each_side_by_its_rollouts(then: ReachedShare, now: ReachedShare, right: str) -> None:
    known: Audit = audit(by_lot(0).tree, None, plan=AuditPlan(16))
    object.__setattr__(known, "shares", {"a": then, "b": now})
    assert right_by_rollouts(known, ["a"], ["b"]) == right
    assert right_by_rollouts(known, ["a"], []) == "not known"


def test_the_command_takes_the_rollouts_beside_the_trace(tmp_path: Path) -> None:
    run = by_lot(1)
    trace = tmp_path / "run.jsonl"
    write_trace(run.events, trace)
    pair = ModelPair.of(CoinSolver(), FunctionVerifier(knowing))
    asked = ("verify", "rescore", str(trace), "--verifier", "small")
    assert "Rollouts could tell, which `audit` makes." in " ".join(
        said(invoke(*asked, pair=pair)).split()
    )
    with RolloutsFile(tmp_path / "run.rollouts.jsonl") as store:
        audit(run.tree, CoinSolver(), store, AuditPlan(8))
    assert "By the rollouts from these steps" in said(invoke(*asked, pair=pair))
