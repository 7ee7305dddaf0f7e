"""Chats that a test writes: whole solutions handed over step by step, steps that are asked for
apart, and what a run says of either."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from search_core import search
from search_core.cli.summary import print_summary
from search_core.models import open_pair
from search_core.protocols import SampleRequest, Sampling, Watch
from search_core.remote import ChatSolver, RemoteAddress, open_solver
from search_core.remote.chat.paragraphs import Paragraph, first, paragraphs
from search_core.run.pairing import check_steps, steps_of
from search_core.strategies import STRATEGIES, get_strategy
from search_core.strategies.options import OptionError
from search_core.verifiers import RandomVerifier
from tests.fake_chat_server import FakeChatServer, Said

PROBLEM = "What is 2 + 3 + 4?"
STEPS = ("First, 2 + 3 = 5.", "Then 5 + 4 = {sum}.", "The answer is \\boxed{{{sum}}}.")
SAMPLING = Sampling(0.8, 1.0, 20)
WHOLE = {"greedy", "best_of_n", "adaptive_consistency", "self_revision"}


def go_on() -> bool:
    return False


def solution(seed: int) -> list[str]:
    return [step.format(sum=9 + seed % 3) for step in STEPS]


def writes(body: dict[str, Any], continues: bool) -> Said | None:
    """Another solution for each seed; the next step of one where it is asked for one."""
    messages = body["messages"]
    last = messages[-1]["content"]
    if "random words" in last:
        return Said.plain(f"word{body['seed'] if body['temperature'] else 0} and another")
    if last.startswith("Repeat this") or "strawber" in last or "Two." in last:
        return None if "Two." not in last else Said.plain("Three.")
    steps = solution(body.get("seed", 0))
    if messages[-1]["role"] == "assistant":
        assert continues
        steps = steps[last.count("\n\n") :]
        return Said.plain("\n\n".join(steps))
    if "Write only" in last:
        parts = last.split("\n\n")
        so_far = "The solution so far:"
        shown = len(parts) - parts.index(so_far) - 2 if so_far in parts else 0
        return Said.plain(steps[shown])
    return Said.plain("\n\n".join(steps))


@pytest.fixture
def server() -> Iterator[FakeChatServer]:
    running = FakeChatServer(manner="", maker="openai", script=writes)
    yield running
    running.close()


def opened(server: FakeChatServer, **options: Any) -> ChatSolver:
    solver = open_solver(RemoteAddress.parse(server.address(**options)))
    assert isinstance(solver, ChatSolver)
    server.asked.clear()
    return solver


def run(solver: ChatSolver, strategy: str, **options: Any) -> Any:
    return search(
        PROBLEM,
        strategy,
        solver=solver,
        verifier=RandomVerifier(),
        sampling=SAMPLING,
        **options,
    )


def test_a_whole_solution_is_one_request_and_its_steps_are_a_path(server: FakeChatServer) -> None:
    result = run(opened(server), "best_of_n", n=3)
    assert len(server.asked) == 3
    assert all(body["max_tokens"] == 20 * 12 for body in server.asked)  # Steps of a path at most.
    assert result.tree.finished.answer in ("9", "10", "11")
    paths = [node for node in result.tree.steps() if node.state == "completed"]
    assert len(paths) == 3
    for node in paths:
        path = result.tree.path(node.id)
        assert [step.ended for step in path] == ["step", "step", "end"]
        assert sum(step.tokens for step in path) == 14
        assert sum(step.logprob for step in path) == pytest.approx(-0.5 * 14)
    # What was read counts once.
    assert result.cost.prefilled + result.cost.reused == 3 * len(PROBLEM)


def test_where_no_tokens_are_named_they_are_shared_by_length(server: FakeChatServer) -> None:
    server.faults.no_logprobs = True
    solver = opened(server)
    assert not solver.info.logprobs
    steps: tuple[str, ...] = ()
    tokens = []
    for left in (5, 4, 3):
        [step] = solver.sample([SampleRequest(PROBLEM, steps, 3, to_end=left)], SAMPLING, go_on)
        assert step.logprob is None  # never 0
        steps, tokens = (*steps, step.text), [*tokens, step.tokens]
    assert (sum(tokens), min(tokens) > 2) == (14, True)
    with pytest.raises(OptionError, match="gives no log-probabilities"):
        search(PROBLEM, "mcts", solver=solver, verifier=RandomVerifier(), selection="puct")


def test_paths_that_begin_alike_are_told_apart(server: FakeChatServer) -> None:
    solver = opened(server)
    begun = solver.sample(
        [SampleRequest(PROBLEM, (), seed, to_end=3, run="r") for seed in (0, 1)], SAMPLING, go_on
    )
    assert begun[0].text == begun[1].text
    path = (begun[0].text,)
    again = solver.sample(
        [SampleRequest(PROBLEM, path, seed, to_end=2, run="r") for seed in (0, 1)],
        SAMPLING,
        go_on,
    )
    assert [step.text for step in again] == [solution(0)[1], solution(1)[1]]
    assert len(server.asked) == 2
    # Nothing of it is taken for a single step, nor for another run's.
    solver.release("r", PROBLEM)
    solver.sample([SampleRequest(PROBLEM, path, 0, to_end=2, run="r")], SAMPLING, go_on)
    assert len(server.asked) == 3


@pytest.mark.parametrize("strategy", ["beam_search", "best_of_n", "self_revision"])
def test_a_search_says_how_its_steps_were_had(server: FakeChatServer, strategy: str) -> None:
    """Approximated steps are labelled in the header and warned of; whole solutions are none."""
    result = run(opened(server), strategy, n=4)
    assert result.tree.finished.status == "completed"
    assert result.tree.finished.answer in ("9", "10", "11")
    header = result.tree.started.solver
    approximated = strategy == "beam_search"
    assert header.steps == ("asked" if approximated else "whole")
    said = [warned.message for warned in result.tree.warnings]
    assert sum("This is an approximation" in one for one in said) == approximated
    page = Console(record=True, width=200, file=io.StringIO())
    print_summary(page, result.tree)
    assert ("each asked for in a turn of its own" in page.export_text()) == approximated


def test_a_step_is_asked_for_with_those_before_it(server: FakeChatServer) -> None:
    solver = opened(server)
    path = tuple(solution(0)[:1])
    [step] = solver.sample([SampleRequest(PROBLEM, path, 0)], SAMPLING, go_on)
    assert (step.text, step.ended) == (solution(0)[1], "step")
    [turn] = server.asked[-1]["messages"]
    assert turn["content"].startswith(
        f"{PROBLEM}\n\nThe solution so far:\n\n{path[0]}\n\nWrite only"
    )
    [last] = solver.sample([SampleRequest(PROBLEM, tuple(solution(0)[:2]), 0)], SAMPLING, go_on)
    assert (last.text, last.ended) == (solution(0)[2], "end")  # It says its answer.


def test_a_continued_answer_is_no_approximation(server: FakeChatServer) -> None:
    server.manner = "last turn"
    watch = Watch(go_on)
    solver = opened(server)
    result = run(solver, "beam_search", n=4)
    assert result.tree.started.solver.steps == "continued"
    assert "steps" not in result.tree.started.solver.model_dump()
    solver.sample([SampleRequest(PROBLEM, (solution(0)[0],), 0, run="r")], SAMPLING, watch)
    said = " ".join(watch.warnings())
    assert "approximation" not in said
    # It was left at its blank line, and nobody has said what it read.
    assert "does not say what it has read" in said


def test_whole_solutions_alone(server: FakeChatServer) -> None:
    solver = opened(server, steps="whole")
    assert not any(body["messages"][-1]["role"] == "assistant" for body in server.asked)
    assert run(solver, "best_of_n", n=2).tree.started.solver.steps == "whole"
    with pytest.raises(OptionError) as refused:
        run(solver, "beam_search", n=4)
    for word in ("Beam search goes on from single steps", "Best-of-N", "steps=asked"):
        assert word in str(refused.value)
    with pytest.raises(ValueError, match="writes whole solutions alone"):
        solver.sample([SampleRequest(PROBLEM, ("a step",), 0)], SAMPLING, go_on)


def test_before_anything_is_loaded_an_address_says_it() -> None:
    pair = open_pair("http://nowhere.invalid:1#api=chat&steps=whole", "embedded")
    pair.check(get_strategy("best_of_n"), "")
    with pytest.raises(OptionError, match="goes on from single steps"):
        pair.check(get_strategy("dvts"), "")


@pytest.mark.parametrize("name", STRATEGIES)
def test_which_strategies_need_no_single_steps(name: str) -> None:
    """What a strategy says of itself is what it asks for."""
    strategy = STRATEGIES[name]
    assert (strategy.writes == "solutions") == (name in WHOLE)
    assert steps_of(strategy, "asked") == ("whole" if name in WHOLE else "asked")
    assert steps_of(strategy, "continued") == "continued"
    if name in WHOLE:
        check_steps(strategy, "whole", "it")


def test_what_whole_strategies_ask_for(server: FakeChatServer) -> None:
    """Paths from the problem to their ends, and nothing else: seen in what is sent."""
    for name in WHOLE:
        solver = opened(server)
        run(solver, name, **({} if name == "greedy" else {"n": 3}))
        assert not any("Write" in body["messages"][-1]["content"] for body in server.asked)


def test_thoughts_are_kept_apart_and_counted() -> None:
    def thinks(body: dict[str, Any], continues: bool) -> Said | None:
        said = writes(body, continues)
        return None if said is None else Said(said.tokens, "let me think of it")

    server = FakeChatServer(manner="", maker="openai", script=thinks)
    try:
        watch = Watch(go_on)
        solver = opened(server)
        request = SampleRequest(PROBLEM, (), 0, to_end=4, run="r")
        [step] = solver.sample([request], SAMPLING, watch)
        assert (step.text, step.tokens) == (solution(0)[0], 6 + 5)
        assert "keeps its thoughts apart" in " ".join(watch.warnings())
    finally:
        server.close()


def test_no_block_is_torn_and_blank_lines_are_no_steps() -> None:
    text = "\n\nFirst:\n\n\n```\na = 1\n\nb = 2\n```\n\n  Then.\n\n"
    found = [text[at.start : at.end] for at in paragraphs(text)]
    assert found == ["First:", "```\na = 1\n\nb = 2\n```", "  Then."]
    assert first("One.\n\n") is None  # Whether it ends there is not known yet.
    assert first("One.\n\nT") == Paragraph(0, 4, 6)
