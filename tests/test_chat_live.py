"""Chat completions of a real server with a published model (`tests/llama_cpp/chat.sh`)."""

from __future__ import annotations

import os

import pytest

from search_core import search
from search_core.models import STEP_PROMPT
from search_core.protocols import SampleRequest, Sampling, ScoreRequest
from search_core.remote import ChatSolver, RemoteAddress, open_solver, open_verifier
from search_core.verifiers import RandomVerifier

URL = os.environ.get("ESPALIER_TEST_CHAT", "")
pytestmark = pytest.mark.skipif(not URL, reason="no real chat server is named")

PROBLEM = "Tom has 3 apples and buys 4 more. How many apples does he have?"
SAMPLING = Sampling(0.7, 1.0, 60)
REQUESTS = [
    ScoreRequest("What is 3 + 4?", ("3 + 4 = 7.", "The answer is 7."), 0, True, (0.0, 0.0)),
    ScoreRequest("What is 3 + 4?", ("3 + 4 = 9.",), 0, False, (0.0,)),
]


def go_on() -> bool:
    return False


def opened(options: str = "") -> ChatSolver:
    address = RemoteAddress.parse(f"{URL}#api=chat{options}")
    solver = open_solver(address, system_prompt=STEP_PROMPT)
    assert isinstance(solver, ChatSolver)
    return solver


@pytest.fixture(scope="module")
def solver() -> ChatSolver:
    return opened()


def test_it_continues_an_answer(solver: ChatSolver) -> None:
    assert solver.info.steps == "continued"
    assert solver.info.logprobs
    assert (solver.capabilities.seed, solver.capabilities.streams) == (True, True)


def test_a_step_goes_on_from_its_path(solver: ChatSolver) -> None:
    """A turn that breaks off inside of a word goes on inside of it."""
    problem = "Repeat this sentence: The elephant is the largest animal on land."
    request = SampleRequest(problem, (), 1, opening="The elephant is the larg")
    [step] = solver.sample([request], Sampling(0.0, 1.0, 8), go_on)
    assert step.text.startswith("est")


def test_greedy_steps_are_the_greedy_solution(solver: ChatSolver) -> None:
    """Up to how a blank line is tokenised when its path is sent again."""
    greedy, steps, whole = Sampling(0.0, 1.0, 60), (), ()  # type: ignore[var-annotated]
    for left in (4, 3, 2):
        [step] = solver.sample([SampleRequest(PROBLEM, steps, 1)], greedy, go_on)
        [piece] = solver.sample([SampleRequest(PROBLEM, whole, 1, to_end=left)], greedy, go_on)
        assert step.text == piece.text or steps
        steps, whole = (*steps, step.text), (*whole, piece.text)
        if "step" not in (step.ended, piece.ended) or step.ended != piece.ended:
            break
    assert steps


@pytest.mark.parametrize("options", ["", "&steps=asked"])
@pytest.mark.parametrize("strategy", ["beam_search", "best_of_n"])
def test_a_search_comes_to_its_end(strategy: str, options: str) -> None:
    result = search(
        PROBLEM,
        strategy,
        solver=opened(options),
        verifier=RandomVerifier(),
        sampling=SAMPLING,
        n=4,
        max_steps=4,
    )
    assert result.tree.finished is not None
    assert result.tree.finished.status == "completed"
    print(f"{strategy}{options}: {result!r}")


@pytest.mark.parametrize("format_", ["judge", "judge:reason,tokens=60"])
def test_scores_are_those_over_completions(format_: str) -> None:
    """Word by word, where the server names probabilities by text, as token by token."""
    chat, completions = (
        open_verifier(RemoteAddress.parse(f"{URL}#{api}format={format_}"))
        for api in ("api=chat&", "")
    )
    for one, other in zip(
        chat.score(REQUESTS, go_on), completions.score(REQUESTS, go_on), strict=True
    ):
        print(one.scores, other.scores)
        assert one.scores == pytest.approx(other.scores, abs=1e-4)


@pytest.mark.parametrize("format_", ["judge:reason,tokens=60", "thinkprm:question,tokens=60"])
def test_verdicts_without_continuing(format_: str) -> None:
    verifier = open_verifier(RemoteAddress.parse(f"{URL}#api=chat&steps=asked&format={format_}"))
    for found in verifier.score(REQUESTS, go_on):
        assert all(0 < score < 1 for score in found.scores)
