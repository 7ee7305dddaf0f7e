"""Single stream: what the solver is asked, what is decided, and whole logs by hand.

After a change of the log that was reviewed, write the golden logs anew:

    python -m tests.test_single_stream && git diff tests/golden
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_core.log.traces import parse_trace
from search_core.log.tree import FINAL_STATES
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.protocols import Cancelled, SampleRequest, Sampling, SolverInfo, StepSample
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.seeds import node_seed
from search_core.strategies import OptionError, get_strategy
from tests.fakes import FakeClock, FakeVerifier
from tests.test_search_properties import log_of

GOLDEN = Path(__file__).with_name("golden") / "streams"
STRATEGY = get_strategy("single_stream")

BACKTRACKS = (
    "25 - 7 = 18, left 3 8 18",
    "Back to 3 7 8 25.",
    "25 + 7 = 32, left 3 8 32",
    "32 - 8 = 24, left 3 24",
    "The answer is 24.",
)
"""Countdown: one dead end, then the solution."""
DOUBTS = (
    "Let x be 3.",
    "Then x + 1 is 5. The answer is 5.",
    " a moment: 3 + 1 is 4. The answer is 4.",
    ", is that all?",
    "Yes. The answer is 4.",
)
"""Ends early, is made to go on twice, and changes its mind."""
GOLDEN_CASES: dict[str, tuple[tuple[str, ...], frozenset[int], dict[str, Any]]] = {
    "backtracks": (BACKTRACKS, frozenset({4}), {}),
    "forced": (DOUBTS, frozenset({1, 2, 4}), {"least_pieces": 4}),
}


class Script:
    """A solver that writes these pieces, one after the other, whatever it is told."""

    info = SolverInfo("scripted solver")

    def __init__(self, pieces: Sequence[str], ends: frozenset[int]) -> None:
        self.pieces, self.ends = pieces, ends
        self.requests: list[SampleRequest] = []

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        self.requests += requests
        places = [len(request.steps) % len(self.pieces) for request in requests]
        return [
            StepSample(self.pieces[at], 4, -0.5, "end" if at in self.ends else "step", prefilled=2)
            for at in places
        ]


def run(pieces: Sequence[str], ends: frozenset[int], **options: Any) -> tuple[Run, Script]:
    solver, verifier = Script(pieces, ends), FakeVerifier(lambda _: 0.5)
    problem = Problem("Use 3, 7, 8 and 25 to make 24.", answer="24")
    recipe = Recipe(problem, STRATEGY, STRATEGY.options.from_values(options), seed=7)
    made = Run(
        recipe,
        solver.info,
        verifier.info,
        run_id="golden",
        created="2026-01-01T00:00:00+00:00",
        clock=FakeClock(),
        grader=lambda _, steps: "answer is 4." in steps[-1] or "answer is 24." in steps[-1],
    )
    drive(made, solver, verifier)
    assert verifier.calls == 0
    return made, solver


def states(made: Run) -> dict[str, str]:
    return {node.id: node.state for node in made.tree.steps()}


def test_the_solver_reads_the_whole_stream_and_not_only_the_path() -> None:
    made, solver = run(*GOLDEN_CASES["backtracks"][:2])
    assert [request.steps for request in solver.requests] == [
        BACKTRACKS[:count] for count in range(5)
    ]
    assert [request.seed for request in solver.requests] == [
        node_seed(7, f"stream/{count}") for count in range(5)
    ]
    assert {request.index for request in solver.requests} == {0}
    assert states(made) == {
        "0": "pruned",
        "0.0": "pruned",
        "1": "kept",
        "1.0": "kept",
        "1.0.0": "completed",
    }
    assert made.tree.nodes["1"].after == "0.0"
    assert made.tree.nodes["1.0"].after is None
    assert made.tree.finished.chosen == "1.0.0"  # type: ignore[union-attr]


def test_a_stream_that_ends_too_soon_is_made_to_go_on() -> None:
    made, solver = run(*GOLDEN_CASES["forced"][:2], least_pieces=4)
    assert [request.opening for request in solver.requests] == ["", "", "Wait", "Wait", ""]
    assert solver.requests[3].steps[2] == "Wait a moment: 3 + 1 is 4. The answer is 4."
    texts = {node.id: (node.forced, node.text) for node in made.tree.steps()}
    assert texts["0.1"] == ("Wait", "Wait a moment: 3 + 1 is 4. The answer is 4.")
    assert texts["0.2"] == ("Wait", "Wait, is that all?")
    assert [node.answer for node in made.tree.steps() if node.state == "completed"] == [
        *("5", "4", "4"),
    ]
    assert made.tree.finished.chosen == "0.2.0"  # type: ignore[union-attr]
    assert made.tree.votes["majority"].tally[0].solutions == 1


def test_the_word_is_an_option_and_the_minimum_may_be_just_reached() -> None:
    _, solver = run(*GOLDEN_CASES["forced"][:2], least_pieces=3, forced_text="Alternatively")
    assert [request.opening for request in solver.requests] == ["", "", "Alternatively"]
    _, solver = run(*GOLDEN_CASES["forced"][:2], least_pieces=2)
    assert len(solver.requests) == 2


def test_the_last_answer_counts_even_if_the_stream_ends_without_one() -> None:
    made, _ = run(("The answer is 5.", " no", " nothing"), frozenset({0, 2}), least_pieces=3)
    assert states(made) == {"0": "completed", "1": "kept", "1.0": "completed"}
    assert made.tree.finished.answer == "5"  # type: ignore[union-attr]


def test_an_answer_that_the_stream_takes_back_itself_is_a_solution_too() -> None:
    pieces = ("So x is 3.", "The answer is 5.", "Wait, it is 4.", "The answer is 4.")
    made, _ = run(pieces, frozenset({3}))
    assert states(made) == {
        "0": "kept",
        "0.0": "completed",
        "0.1": "kept",
        "0.1.0": "completed",
    }
    assert made.tree.finished.answer == "4"  # type: ignore[union-attr]


def test_a_stream_stops_after_the_most_pieces() -> None:
    made, solver = run(("on",), frozenset(), most_pieces=7)
    assert len(solver.requests) == 7
    last = made.tree.nodes["0.0.0.0.0.0.0"]
    assert made.tree.unfinished(last)
    assert "7 pieces" in made.tree.decisions[last.decision or 0].why
    assert made.tree.finished.answer is None  # type: ignore[union-attr]


def test_a_path_stops_at_the_most_steps() -> None:
    made, solver = run(("on", "Wait.", "off"), frozenset(), max_steps=3)
    assert [node.depth for node in made.tree.steps()] == [1, 1, 2, 3]
    assert len(solver.requests) == 4
    assert made.tree.unfinished(made.tree.nodes["1.0.0"])


def test_the_fewest_pieces_are_at_most_the_most() -> None:
    with pytest.raises(OptionError, match=r"\(least_pieces\) is 9 .*\(most_pieces\) is 8"):
        STRATEGY.options.from_values({"least_pieces": 9, "most_pieces": 8})


def test_a_solver_that_writes_streams_goes_with_nothing_else(tmp_path: Path) -> None:
    card = {"families": ["countdown"], "writes": "streams"}
    (tmp_path / "espalier.json").write_text(json.dumps(card))
    pair = ModelPair(str(tmp_path), str(tmp_path), embedded=True)
    pair.check(STRATEGY, "verifier")
    with pytest.raises(OptionError, match=r"Beam search .*Choose the strategy Single stream"):
        pair.check(get_strategy("beam_search"), "verifier")
    assert pair.read("Use 3, 7, 8 and 25 to make 24").family == "countdown"
    for other in ("What is (7 + 8) * 3 - 4?", Problem("What is 1 + 2?", "3", "expression", 2)):
        with pytest.raises(ValueError, match="one kind of problem: Countdown"):
            pair.read(other)


PIECES = st.sampled_from(
    [
        *("8 - 3 = 5, left 5 7", "5 + 7 = 12, left 12", "Back to 5 7.", "Back to 3 7 8."),
        *("The answer is 12.", "Wait, no.", "Alternatively, yes.", "Step 1: x", "and so on", ""),
        *("Let me go back to step 1.", "Let me start over.", "Wait, back to 5 7."),
    ]
)


@given(
    st.lists(PIECES, min_size=1, max_size=12),
    st.frozensets(st.integers(0, 11)),
    st.integers(1, 20),
    st.integers(1, 5),
)
@settings(deadline=None)
def test_every_stream_gives_a_whole_log(
    pieces: list[str], ends: frozenset[int], least: int, deep: int
) -> None:
    made, solver = run(pieces, ends, least_pieces=least, most_pieces=20, max_steps=deep)
    trace = parse_trace(log_of(made).encode())
    assert trace.tree == made.tree
    assert all(node.state in FINAL_STATES for node in made.tree.steps())
    assert [node.text for node in made.tree.steps()] == [
        request.opening + pieces[at % len(pieces)] for at, request in enumerate(solver.requests)
    ]
    for node in made.tree.steps():
        if node.state == "pruned" and node.decision is not None:
            rule = made.tree.decisions[node.decision].rule
            assert rule in {"backtracked", "out_of_steps"}
            assert rule == "backtracked" or not node.children


# Golden logs --------------------------------------------------------------------------------


def golden_log(name: str) -> str:
    pieces, ends, options = GOLDEN_CASES[name]
    return log_of(run(pieces, ends, **options)[0])


@pytest.mark.parametrize("name", GOLDEN_CASES)
def test_the_log_is_the_golden_one(name: str) -> None:
    assert golden_log(name).encode() == (GOLDEN / f"{name}.jsonl").read_bytes()


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for case in GOLDEN_CASES:
        (GOLDEN / f"{case}.jsonl").write_bytes(golden_log(case).encode())
