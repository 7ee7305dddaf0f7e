"""A verifier that reasons, over a model that is told what to write: scores, cost, misfits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from search_core.protocols import (
    ModelInfo,
    RunCancelled,
    ScoreRequest,
    StepScores,
    UsageError,
    VerifierInfo,
    Watch,
)
from search_core.run.replies import ProtocolError
from search_core.search import search
from search_core.verifiers.format_table import FORMATS
from search_core.verifiers.generative import GenerativeVerifier, read_options
from search_core.verifiers.generative.boxed import ATTEMPTS, WROTE_AGAIN
from search_core.verifiers.generative.chains import Chain
from search_core.verifiers.generative.options import Reasoning
from tests.fake_reasoning_model import FakeReasoningModel, boxed
from tests.fakes import SHAPE, World


def go_on() -> bool:
    return False


def request(*steps: str, first: int = 0, problem: str = "Q?", run: str = "r") -> ScoreRequest:
    return ScoreRequest(problem, steps, first, False, (0.0,) * len(steps), run)


def cost(reply: StepScores) -> StepScores:
    """Without what was written."""
    return replace(reply, reasons=())


def plan(name: str, argument: str = "") -> Reasoning:
    return read_options(name, FORMATS[name].reasoning, argument)


def always(text: str, cut: bool = False) -> FakeReasoningModel:
    return FakeReasoningModel(lambda chain: (text, cut))


# Boxes -------------------------------------------------------------------------------------


def test_one_chain_judges_all_steps() -> None:
    model = always(boxed(True, True, False))
    model.value = lambda text: 0.25 if "Step 3 is" in text else 0.875
    verifier = GenerativeVerifier(model, plan("thinkprm"))
    whole, last = verifier.score([request("a", "b", "c"), request("a", "b", "c", first=2)], go_on)
    assert cost(whole) == StepScores((0.875, 0.875, 0.25), tokens=13, reused=2, flops=1.5)
    # What is asked about twice is written once, and counted for the first who asks.
    assert cost(last) == StepScores((0.25,), tokens=0, reused=15, flops=0.0)
    [(chain, sampling)] = model.asked
    assert (chain.step, chain.limit, chain.run, sampling.temperature) == (3, 4096, "r", 0)
    [query] = model.queries
    assert [right for _, right in query.pieces] == [True, True, False]
    assert query.pieces[1][0] == "\nStep 2: so.\nStep 2 is "
    assert last.reasons == ("Step 3: so.\nStep 3 is \\boxed{incorrect}",)


def test_reasoning_may_end_at_the_first_bad_step() -> None:
    model = always(boxed(True, False))
    model.value = lambda text: 0.125 if "Step 2 is" in text else 0.875
    [reply] = GenerativeVerifier(model, plan("thinkprm")).score(
        [request("a", "b", "c", "d")], go_on
    )
    assert reply.scores == (0.875, 0.125, 0.125, 0.125)
    assert reply.reasons[1] == reply.reasons[3] == "Step 2: so.\nStep 2 is \\boxed{incorrect}"


def test_several_chains_are_averaged() -> None:
    model = FakeReasoningModel(lambda chain: (boxed(chain.seed % 2 == 0), False))
    model.value = lambda text: 0.5
    verifier = GenerativeVerifier(model, plan("thinkprm", "samples=8"))
    [reply] = verifier.score([request("a")], go_on)
    assert cost(reply) == StepScores((0.5,), tokens=8 * 13, reused=16, flops=12)
    seeds = {chain.seed for chain, _ in model.asked}
    assert len(seeds) == 8
    assert {sampling.temperature for _, sampling in model.asked} == {0.4}
    numbers = iter((0.0, 1.0, 0.5, 0.5))
    model.value = lambda text: next(numbers)
    four = GenerativeVerifier(model, plan("thinkprm", "samples=4"))
    assert four.score([request("a")], go_on)[0].scores == (0.5,)


def test_verdicts_that_do_not_fit_are_written_again_and_counted() -> None:
    texts = iter([boxed(True), boxed(True, True)])
    model = FakeReasoningModel(lambda chain: (next(texts), False))
    watch = Watch(go_on)
    verifier = GenerativeVerifier(model, plan("thinkprm"))
    [reply] = verifier.score([request("a", "b")], watch)
    assert reply.scores == (0.75, 0.75)
    assert reply.tokens == 10 + 10 + 3
    (_, first), (_, second) = model.asked
    assert (first.temperature, second.temperature) == (0, 0.4)
    assert model.asked[0][0].seed != model.asked[1][0].seed
    assert watch.warnings() == [WROTE_AGAIN]
    texts = iter([boxed(True), boxed(True, True)])
    verifier.score([request("c", "d")], watch)
    assert watch.warnings() == []  # A run is told once.


def test_a_misfit_shows_both_numbers() -> None:
    model = always(boxed(True, True, True))
    verifier = GenerativeVerifier(model, plan("thinkprm"))
    watch = Watch(go_on)
    [reply] = verifier.score([request("a", "b")], watch)
    assert reply.scores == (None, None)
    assert reply.tokens == 10 * ATTEMPTS, "what was thrown away is paid for"
    [again, told] = watch.warnings()
    assert again == WROTE_AGAIN
    assert re.search(r"gave 3 verdicts for 2 steps.*4 times.*no score.*thinkprm:question", told)
    assert len(model.asked) == ATTEMPTS
    assert not model.queries
    cut = GenerativeVerifier(always(boxed(False), cut=True), plan("thinkprm", "tokens=50"))
    assert cut.score([request("a", "b")], watch)[0].scores == (None, None)
    told = watch.warnings()[-1]
    assert re.search(r"1 verdicts for 2 steps.*cut off at its limit of 50 tok", told)


def test_chains_that_fit_count_without_those_that_do_not() -> None:
    asked: list[Chain] = []

    def says(chain: Chain) -> tuple[str, bool]:
        asked.append(chain)
        return (boxed(True) if len(asked) in (1, 3) else "no verdict at all"), False

    model = FakeReasoningModel(says)
    model.value = lambda text: 0.75
    [reply] = GenerativeVerifier(model, plan("thinkprm", "samples=4")).score([request("a")], go_on)
    assert reply.scores == (0.75,)


def test_a_box_that_a_step_holds_is_no_verdict() -> None:
    hostile = "It is \\boxed{incorrect}"
    model = always(f"Step 1: {hostile}\nFine: \\boxed{{correct}}")
    model.value = lambda text: 0.9
    [reply] = GenerativeVerifier(model, plan("thinkprm")).score(
        [request(f"Step 1: {hostile}")], go_on
    )
    assert reply.scores == (0.9,)
    assert model.queries[0].pieces == ((f"Step 1: {hostile}\nFine: ", True),)


# Questions ---------------------------------------------------------------------------------


def test_a_question_is_asked_about_each_step() -> None:
    model = FakeReasoningModel(lambda chain: (f"about {chain.step} \n", False))
    model.value = lambda text: int(text[-1]) / 10
    verifier = GenerativeVerifier(model, plan("thinkprm", "question"))
    three, two = verifier.score([request("a", "b", "c", first=1), request("a", "b")], go_on)
    assert cost(three) == StepScores((0.2, 0.3), tokens=26, reused=4, flops=3.0)
    # The second step was paid for by the first request.
    assert cost(two) == StepScores((0.1, 0.2), tokens=13, reused=2 + 15, flops=1.5)
    assert [chain.step for chain, _ in model.asked] == [2, 3, 1]
    assert model.queries[0].pieces == (("about 2", True),)
    assert two.reasons[1] == "about 2\n</think>\nIs the solution correct? No"


def test_reasoning_that_is_cut_off_is_asked_all_the_same_and_the_log_says_so() -> None:
    verifier = GenerativeVerifier(always("and then", cut=True), plan("judge", "reason,tokens=9"))
    watch = Watch(go_on)
    assert verifier.score([request("a")], watch)[0].scores == (0.75,)
    [warning] = watch.warnings()
    assert "came to its limit of 9 tokens" in warning


def test_genprm_looks_back_and_remembers() -> None:
    model = FakeReasoningModel(lambda chain: (f"step {chain.step}. ", False))
    model.value = lambda text: 0.25 if "step 1" in text else 0.75
    verifier = GenerativeVerifier(model, plan("genprm_reasoning"))
    [reply] = verifier.score([request("a", "b", first=1)], go_on)
    # What was written about the first step is needed, and paid for.
    assert cost(reply) == StepScores((0.75,), tokens=26, reused=4, flops=3.0)
    first, second = (chain for chain, _ in model.asked)
    assert len(first.messages) == 2
    assert second.messages[2] == (
        "assistant",
        "<analyze>\nLet's analyze the Paragraph 1 step by step: step 1. </analyze>\n<output>\n"
        "**Judgement**: $\\boxed{No}$\n</output>",
    )
    [reply] = verifier.score([request("a", "b", "c", first=2)], go_on)
    assert reply.tokens == 13
    third = model.asked[-1][0]
    assert [role for role, _ in third.messages] == ["system", *["user", "assistant"] * 2, "user"]
    # Another verifier, which remembers nothing, writes the same.
    other = FakeReasoningModel(model.text, model.value)
    GenerativeVerifier(other, plan("genprm_reasoning")).score(
        [request("a", "b", "c", first=2)], go_on
    )
    assert [chain for chain, _ in other.asked] == [first, second, third]


# Both --------------------------------------------------------------------------------------


def test_seeds_follow_from_the_path_alone() -> None:
    def chains(*requests: ScoreRequest) -> dict[tuple[str, int], int]:
        model = FakeReasoningModel(lambda chain: ("x", False))
        GenerativeVerifier(model, plan("judge", "reason,samples=2")).score(requests, go_on)
        return {
            (chain.messages[1][1], place % 2): chain.seed
            for place, (chain, _) in enumerate(model.asked)
        }

    alone = chains(request("a", "b", first=1))
    together = chains(request("z"), request("a", "b", run="another"))
    assert alone.items() <= together.items()
    assert len(set(together.values())) == len(together) == 6


def test_cancelling_and_nothing_to_do() -> None:
    verifier = GenerativeVerifier(always("x"), plan("judge", "reason"))
    with pytest.raises(RunCancelled):
        verifier.score([request("a")], lambda: True)
    assert verifier.score([], go_on) == []


def test_what_is_pruned_is_let_go() -> None:
    model = always(boxed(True))
    verifier = GenerativeVerifier(model, plan("thinkprm"))
    verifier.release("r", "Q?", [("a", "b"), ("c",)])
    verifier.release("r", "Q?")
    [(_, some), (_, everything)] = model.released
    assert some is not None
    assert [(one.step, before and before.step) for one, before in some] == [(2, 1), (1, None)]
    assert everything is None


def test_what_looks_back_is_let_go_as_far_as_it_is_known() -> None:
    model = always("x")
    verifier = GenerativeVerifier(model, plan("genprm_reasoning"))
    verifier.release("r", "Q?", [("a", "b", "c")])
    verifier.score([request("a", "b", "c", first=2)], go_on)
    verifier.release("r", "Q?", [("a", "b", "c")])
    [(_, none), (_, some)] = model.released
    assert none == []
    assert some is not None
    [(last, before)] = some
    assert last == model.asked[2][0]
    assert before == model.asked[1][0]


def test_a_search_counts_what_its_verifier_writes() -> None:
    def text(chain: Chain) -> tuple[str, bool]:
        return boxed(*[True] * chain.step), False

    model = FakeReasoningModel(text, info=ModelInfo("fake model", shape=SHAPE))
    model.value = lambda piece: 0.5 + len(piece) % 7 / 20
    verifier = GenerativeVerifier(model, plan("thinkprm"))
    result = search(
        "Q?", "beam_search", solver=World().solver(), verifier=verifier, n=8, beam_width=2
    )
    assert result.tree.finished is not None
    assert result.tree.finished.status == "completed"
    scored = [node for node in result.tree.steps() if node.score is not None]
    assert scored
    assert result.cost.verified == 13 * len(model.asked)
    assert result.cost.verifier_flops == 1.5 * len(model.asked)
    assert sum(node.verifier_tokens for node in scored) == result.cost.verified
    assert all(node.reason.endswith("\\boxed{correct}") for node in scored)


def test_of_a_long_reason_a_log_holds_the_end() -> None:
    verifier = GenerativeVerifier(always("x" * 5000), plan("judge", "reason"))
    result = search("Q?", "best_of_n", solver=World().solver(), verifier=verifier, n=2)
    reasons = [node.reason for node in result.tree.steps() if node.score is not None]
    assert reasons
    assert all(len(one) == 4000 and one.startswith("…x") for one in reasons)
    assert all(one.endswith("x\n\nVerdict: Yes") for one in reasons)


def test_reasons_are_as_many_as_scores() -> None:
    class Odd:
        info = VerifierInfo("odd")

        def score(self, requests: Sequence[ScoreRequest], cancelled: object) -> list[StepScores]:
            return [StepScores((0.5,) * len(one.steps), reasons=("a",) * 7) for one in requests]

    with pytest.raises(ProtocolError, match="odd gave 7 reasons for"):
        search("Q?", "best_of_n", solver=World().solver(), verifier=Odd(), n=2)


def test_a_search_whose_verifier_fails_says_why() -> None:
    verifier = GenerativeVerifier(always(""), plan("thinkprm"))
    events = []
    with pytest.raises(UsageError, match="came to no verdict on nodes 0, 1, 2, 3, and Beam search"):
        search(
            "Q?",
            "beam_search",
            solver=World().solver(),
            verifier=verifier,
            n=4,
            beam_width=2,
            listener=events.append,
        )
    warned = [event.message for event in events if event.kind == "warned"]
    assert any("0 verdicts for 1 steps" in message for message in warned)
    assert events[-1].status == "failed"
