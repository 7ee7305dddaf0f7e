"""What a solver is told before the problem: the two parts of it, and a run's own in place of the
usual one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core import search
from search_core.log.events import Started
from search_core.models import ModelPair, SolverPrompt, embedded_pair, prompt_with
from search_core.models.entries import WorkedExample
from search_core.models.prompts import (
    EXAMPLE,
    MAX_CHARACTERS,
    check_examples,
    check_system,
)
from search_core.problem import Problem
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    Solver,
    StepSample,
    TakesPrompt,
)
from search_core.remote import ChatSolver, RemoteAddress, RemoteSolver, open_solver
from search_core.run.limits import Limits
from search_core.run.pairing import told
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.serving.order import Order
from search_core.serving.zero_gpu.worker import Ticket
from search_core.solvers import load_solver
from search_core.strategies import STRATEGIES
from search_core.strategies.options import OptionError
from tests.decoding import go_on
from tests.fake_chat_server import FakeChatServer
from tests.fakes import World
from tests.remote_servers import SOLVER, address_of
from tests.test_chat_solutions import writes
from tests.tiny_models import tiny_solver
from tests.waiting import wait_until

BRIEF = "Be brief."
SHOWN = f"{EXAMPLE}What is 1 + 1?\n\n1 + 1 = 2\n\nThe answer is 2."
PARTS = st.lists(st.sampled_from(["a", "\n", " ", "\n\n", EXAMPLE, "Example"])).map("".join)


@given(PARTS)
def test_the_parts_of_a_prompt_are_the_prompt(text: str) -> None:
    parts = SolverPrompt.of(text)
    joined = [part for part in (parts.system, parts.examples) if part.strip()]
    assert parts.text == "\n\n".join(joined)
    assert SolverPrompt.of(parts.text).text == parts.text
    if text.strip() and (not parts.examples or parts.system.strip()):
        assert parts.text == text


def test_what_a_catalogue_says_comes_apart_as_it_was_put_together() -> None:
    example = WorkedExample(problem="What is 1 + 1?", steps=("1 + 1 = 2", "The answer is 2."))
    assert SolverPrompt.of(prompt_with(BRIEF, [example])) == SolverPrompt(BRIEF, SHOWN)
    assert SolverPrompt.of(prompt_with("", [example, example])).system == ""
    assert SolverPrompt.of(BRIEF) == SolverPrompt(BRIEF)
    assert SolverPrompt(BRIEF, SHOWN).text == prompt_with(BRIEF, [example])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("What is 1 + 1? It is 2.", "begin with 'What is 1"),
        (f"{EXAMPLE}What is 1 + 1?", "example 1 has no step"),
        (f"{SHOWN}\n\n{EXAMPLE}\n\n1 + 1 = 2", "example 2 has no problem"),
        ("\n\n".join([SHOWN] * 21), "There are 21"),
        (SHOWN + "x" * MAX_CHARACTERS, "at most 8,000"),
        (SHOWN + "\ud83d", "half a character"),
    ],
)
def test_examples_that_are_none_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_examples(text)


def test_examples_and_prompts_that_are_some() -> None:
    for text in ("", "  \n", SHOWN, f"{SHOWN}\n\n{SHOWN}"):
        check_examples(text)
    for text in ("", BRIEF, "x" * MAX_CHARACTERS, "An Example problem: inside"):
        check_system(text)


@pytest.mark.parametrize("text", ["x" * (MAX_CHARACTERS + 1), "\ud83d", f"{BRIEF}\n\n{SHOWN}"])
def test_a_system_prompt_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="system prompt"):
        check_system(text)


# Solvers ---------------------------------------------------------------------------------------

REQUESTS = [SampleRequest("What is 1 + 1?", (), seed, seed, run="one") for seed in range(3)]
SAMPLING = Sampling(0.7, 1.0, 12)


def test_in_process_it_is_the_model_that_was_loaded_with_it(tmp_path: Path) -> None:
    folder = tiny_solver(tmp_path / "tiny")
    plain = load_solver(folder, device="cpu", dtype="float32")
    other = told(plain, BRIEF)
    loaded = load_solver(folder, device="cpu", dtype="float32", system_prompt=BRIEF)
    assert (other.info, plain.info.prompt) == (loaded.info, "")
    alone = loaded.sample(REQUESTS, SAMPLING, go_on)
    before = plain.sample(REQUESTS, SAMPLING, go_on)
    assert [sample.text for sample in alone] != [sample.text for sample in before]
    for wanted, got in zip(alone, other.sample(REQUESTS, SAMPLING, go_on), strict=True):
        assert (got.text, got.ids) == (wanted.text, wanted.ids)
        assert got.logprob == pytest.approx(wanted.logprob, abs=1e-4)
    # One engine keeps what both computed, and each lets go of its own paths.
    kept = plain.cached_tokens
    assert kept > loaded.cached_tokens
    assert isinstance(other, type(plain))
    other.release("one", REQUESTS[0].problem, [(alone[0].text,)], [(alone[0].ids,)])
    wait_until(lambda: plain.cached_tokens < kept, "Its path's memory to be free")
    other.release("one", "")
    wait_until(lambda: plain.cached_tokens == 0, "The run's memory to be free")


def test_over_completions_the_server_reads_it() -> None:
    with address_of("solver", SOLVER, "vllm") as url:
        plain = RemoteSolver(RemoteAddress.parse(url))
        loaded = RemoteSolver(RemoteAddress.parse(url), system_prompt=BRIEF)
        other = told(plain, BRIEF)
        assert (other.info, plain.info.prompt) == (loaded.info, "")
        greedy = Sampling(0.0, 1.0, 24)
        samples = [
            solver.sample(REQUESTS[:1], greedy, go_on)[0] for solver in (plain, loaded, other)
        ]
        first, second, third = ((one.text, one.prefilled + one.reused) for one in samples)
    assert first != second == third


def test_over_chats_the_server_reads_it() -> None:
    server = FakeChatServer(manner="", maker="openai", script=writes)
    try:
        plain = open_solver(RemoteAddress.parse(server.address()), system_prompt="Be long.")
        assert isinstance(plain, ChatSolver)
        server.asked.clear()
        request = replace(REQUESTS[0], to_end=5)
        for solver in (plain, told(plain, BRIEF), told(plain, "")):
            solver.sample([request], SAMPLING, go_on)
            assert isinstance(solver, ChatSolver)
            solver.release("one", "")
        said = [body["messages"][0]["content"] for body in server.asked]
    finally:
        server.close()
    assert said == ["Be long.", BRIEF, request.problem]


# Runs ------------------------------------------------------------------------------------------


class Told:
    """A solver of one's own that reads a prompt: it says it as its first step."""

    def __init__(self, prompt: str = "usual") -> None:
        self._inner = World().solver()
        self.info = replace(self._inner.info, prompt=prompt)
        self._inner.step = lambda steps, index: (f"I was told {prompt!r}.", "end")

    def told(self, system_prompt: str) -> Told:
        return Told(system_prompt)

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        return self._inner.sample(requests, sampling, cancelled)


def recipe(system_prompt: str | None) -> Recipe:
    strategy = STRATEGIES["best_of_n"]
    return Recipe(Problem("What?"), strategy, strategy.options(n=2), system_prompt=system_prompt)


@pytest.mark.parametrize(
    ("asked", "read"), [(None, "usual"), ("usual", "usual"), ("", ""), (BRIEF, BRIEF)]
)
def test_a_run_says_what_its_solver_was_told(asked: str | None, read: str) -> None:
    solver = Told()
    assert isinstance(solver, TakesPrompt)
    result = search(
        "What?",
        "best_of_n",
        solver=solver,
        verifier=World().verifier(),
        system_prompt=asked,
        n=2,
    )
    header = result.events[0]
    assert isinstance(header, Started)
    assert header.solver.prompt == read
    assert result.tree.nodes["0"].text == f"I was told {read!r}."
    pair = ModelPair.of(solver, World().verifier())
    ordered, _ = Order("run", recipe(asked), pair, "random").models()
    assert ordered.info.prompt == read


def test_a_ticket_carries_it() -> None:
    pair = ModelPair.of(Told(), World().verifier())
    for asked in (None, "", BRIEF):
        ticket = Ticket.of(Order("run", recipe(asked), pair, "random"), "mine", Path("stop"), 9)
        assert ticket.order(pair).recipe.system_prompt == asked


def test_a_solver_that_reads_none_is_told_nothing() -> None:
    solver: Solver = World().solver()
    assert told(solver, None) is solver
    assert told(solver, "") is solver
    with pytest.raises(OptionError, match="fake solver reads no system prompt"):
        told(solver, BRIEF)
    assert not ModelPair.of(solver, World().verifier()).takes_prompt
    assert not embedded_pair().takes_prompt
    assert ModelPair("me/llm", "me/prm").takes_prompt


def test_a_run_over_a_solver_that_was_told_something_else_is_refused() -> None:
    """Its header would say what was not so."""
    with pytest.raises(OptionError, match="is told another one"):
        Run(recipe(BRIEF), World().solver().info, World().verifier().info)
    Run(recipe(None), Told().info, World().verifier().info)
    assert recipe(None).limits == Limits()
