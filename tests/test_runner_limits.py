"""What a run may use at most, and the seeds that its nodes get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from search_core.log.events import Spent
from search_core.protocols import SampleRequest, Sampling, StepSample
from search_core.run.driving import drive
from search_core.run.limits import Limits
from search_core.seeds import node_seed
from tests.fakes import FakeSolver, FakeVerifier, World
from tests.runs import NEVER_ENDS, last, recipe, start

# Limits -------------------------------------------------------------------------------------


def test_a_limit_of_nodes_stops_before_the_round_that_would_pass_it() -> None:
    run = start(recipe(limits=Limits(nodes=11)))
    drive(run, NEVER_ENDS.solver(), NEVER_ENDS.verifier())
    assert last(run).status == "out_of_budget"
    assert "8 steps; its limit is 11" in last(run).message
    assert len(list(run.tree.steps())) == 8


def test_a_limit_of_tokens_counts_what_a_round_may_write_at_most() -> None:
    # A round of 4 may write 40 tokens; it writes 3 each. After three rounds: 36 + 40 > 75.
    limited = recipe(sampling=Sampling(max_step_tokens=10), limits=Limits(tokens=75))
    run = start(limited)
    drive(run, NEVER_ENDS.solver(), NEVER_ENDS.verifier())
    assert last(run).status == "out_of_budget"
    assert run.tree.cost.generated == 36
    assert "36 tokens" in last(run).message


def test_a_limit_of_seconds() -> None:
    run = start(recipe(limits=Limits(seconds=3.0)))  # the clock ticks at each look
    drive(run, NEVER_ENDS.solver(), NEVER_ENDS.verifier())
    assert last(run).status == "out_of_budget"
    assert "3 seconds" in last(run).message
    begun = [e.t for e in run.events if isinstance(e, Spent) and e.call == "sample"]
    assert begun[-1] < 4.5
    assert last(run).t > 3.0


def test_what_was_found_before_the_limit_votes() -> None:
    run = start(recipe("dvts", limits=Limits(nodes=8), options={"n": 4, "beam_width": 1}))
    solver = FakeSolver(
        lambda steps, index: ("The answer is 7.", "end") if index == 1 else ("on", "step")
    )
    drive(run, solver, FakeVerifier(lambda _: 0.5))
    assert last(run).status == "out_of_budget"
    assert last(run).answer == "7"
    assert last(run).method == "weighted"


@pytest.mark.parametrize("name", ["nodes", "tokens", "seconds"])
def test_limits_are_above_zero(name: str) -> None:
    with pytest.raises(ValueError, match=f"limit of {name} is 0; it must be above 0"):
        Limits(**{name: 0})


# Seeds --------------------------------------------------------------------------------------


@dataclass
class SeedWatcher:
    """Remembers the seed of every node."""

    solver: FakeSolver
    seen: dict[tuple[tuple[str, ...], int], int] = field(default_factory=dict)

    @property
    def info(self):  # type: ignore[no-untyped-def]
        return self.solver.info

    def sample(self, requests: Sequence[SampleRequest], *rest: Any) -> list[StepSample]:
        self.seen |= {(request.steps, request.index): request.seed for request in requests}
        return self.solver.sample(requests, *rest)


def seeds(name: str, seed: int = 0, **options: Any) -> dict[tuple[tuple[str, ...], int], int]:
    # Texts name their node, so that a path of texts is a path of nodes.
    solver = SeedWatcher(FakeSolver(lambda steps, index: (f"{index}", "step")))
    run = start(recipe(name, seed=seed, options={"max_steps": 3} | options))
    drive(run, solver, World().verifier())
    return solver.seen


def test_a_node_has_one_seed_whatever_strategy_samples_it() -> None:
    all_seeds = [
        seeds("greedy"),
        seeds("best_of_n"),
        seeds("beam_search"),
        seeds("beam_search", n=8),
        seeds("dvts"),
    ]
    for one in all_seeds:
        for other in all_seeds:
            shared = one.keys() & other.keys()
            assert ((), 0) in shared
            assert all(one[key] == other[key] for key in shared)


def test_different_nodes_and_runs_have_different_seeds() -> None:
    one, other = seeds("beam_search"), seeds("beam_search", seed=1)
    assert len(set(one.values())) == len(one)
    assert not set(one.values()) & set(other.values())


def test_seeds_are_pinned() -> None:
    """Recipe links depend on them: this number may never change."""
    assert node_seed(0, "0.1") == 6973500072135053669
    assert all(0 <= node_seed(seed, "3") < 2**63 for seed in range(-50, 50))
