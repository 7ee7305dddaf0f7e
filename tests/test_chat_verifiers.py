"""Verifiers over chat completions: scores from the probabilities of a word, and from votes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from search_core.protocols import ScoreRequest, Verifier, Watch
from search_core.remote import RemoteAddress, RemoteError, open_verifier
from search_core.remote.chat.verdicts import VerdictWords, chance_at
from search_core.remote.chat.wire import ChatReply, ChatToken
from search_core.search import search
from search_core.verifiers.formats.genprm import REPLY
from tests.fake_chat_server import FakeChatServer, Said
from tests.fakes import World

YES = {"Yes": math.log(0.6), "No": math.log(0.2), "Maybe": math.log(0.1)}
"""A score of 0.75."""


def go_on() -> bool:
    return False


def request(*steps: str, first: int = 0) -> ScoreRequest:
    return ScoreRequest("3 + 4?", steps, first, False, (0.0,) * len(steps), "r")


def word(text: str, chances: dict[str, float] | None = None, **more: Any) -> Said:
    return Said(((text, -0.5, {text: -0.5} if chances is None else chances),), **more)


class Scripted:
    """A server whose reply to whatever is judged a test tells."""

    def __init__(self) -> None:
        self.says: Callable[[dict[str, Any], bool], Said] = lambda body, continues: word("Yes", YES)
        self.server = FakeChatServer(manner="", maker="openai", script=self._script)

    def _script(self, body: dict[str, Any], continues: bool) -> Said | None:
        last = body["messages"][-1]["content"]
        if "Is 1 + 1" in last or "random words" in last:
            return word("Yes", YES)
        if last.startswith("Repeat this") or "strawber" in last:
            return None  # It does that by itself.
        return word("Three.") if "Two." in last else self.says(body, continues)

    def opened(self, format_: str, **options: Any) -> Verifier:
        verifier = open_verifier(
            RemoteAddress.parse(self.server.address(format=format_, **options))
        )
        self.server.asked.clear()
        return verifier


@pytest.fixture
def chat() -> Iterator[Scripted]:
    scripted = Scripted()
    yield scripted
    scripted.server.close()


# Words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chances", "score", "exact"),
    [
        (YES, 0.75, True),
        # The words themselves count where both are named, however else they are spelt.
        (YES | {"yes": math.log(0.05), " Yes": math.log(0.05)}, 0.75, True),
        ({" Yes": math.log(0.3), "▁No": math.log(0.3)}, 0.5, True),
        ({"**Yes": math.log(0.1), "no": math.log(0.3)}, 0.25, True),
        ({"Y": math.log(0.1), "N": math.log(0.3)}, 0.25, True),  # Letter by letter.
        ({"Yes": math.log(0.6), "The": math.log(0.2)}, 0.75, False),  # At most 0.2.
        ({"The": math.log(0.6), "Nothing": math.log(0.2)}, None, False),
        ({}, None, False),
    ],
)
def test_the_probability_of_a_word(
    chances: dict[str, float], score: float | None, exact: bool
) -> None:
    reply = ChatReply("Yes", tokens=[ChatToken(0, -1.0, tuple(chances.items()))])
    chance = chance_at(reply, 0, VerdictWords("Yes", "No"))
    if score is None:
        assert chance is None
    else:
        assert chance is not None
        assert (chance.score, chance.exact) == (pytest.approx(score), exact)


def test_pieces_of_words_that_begin_alike() -> None:
    chances = (("cor", math.log(0.2)), ("in", math.log(0.6)), ("c", math.log(0.1)))
    reply = ChatReply("\\boxed{incorrect}", tokens=[ChatToken(7, -1.0, chances)])
    chance = chance_at(reply, 7, VerdictWords("correct", "incorrect"))
    assert chance is not None
    assert chance.score == pytest.approx(0.3 / 0.9)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Yes", "Yes"),
        ("**No**, there is a mistake. Yes?", "No"),
        ("no.", "no"),
        ("There is no mistake, so: Yes.", "Yes"),
        ("I know nothing.", None),
        ("NO", "NO"),
    ],
)
def test_which_word_is_said(text: str, said: str | None) -> None:
    found = VerdictWords("Yes", "No").said(text)
    assert (found[0] if found else None) == said


# Verdicts at once ---------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["judge", "genprm"])
def test_a_score_is_the_probability_of_its_word(chat: Scripted, format_: str) -> None:
    verifier = chat.opened(format_)
    [scores] = verifier.score([request("3 + 4 = 7.", "Done.", first=1)], go_on)
    assert scores.scores == pytest.approx((0.75,))
    [body] = chat.server.asked
    assert (body["temperature"], body["top_logprobs"]) == (0.0, 20)
    read = sum(len(message["content"]) for message in body["messages"])
    assert (scores.tokens, scores.reused) == (read + 1 - 3, 3)
    roles = [message["role"] for message in body["messages"]]
    if format_ == "judge":
        assert roles == ["system", "user"]
        assert (
            "Step 1: 3 + 4 = 7.\n\nStep 2: Done.\n\nIs the last" in body["messages"][1]["content"]
        )
    else:
        assert roles == ["system", "user", "assistant", "user"]
        said = [message["content"] for message in body["messages"][1:]]
        assert said == ["3 + 4?\n3 + 4 = 7.", REPLY, "Done."]


def test_the_box_of_a_reply_is_where_its_verdict_stands(chat: Scripted) -> None:
    tokens = (("<output>\n**Judgement**: $\\boxed{", -0.1, {"<": -0.1}), ("Yes", -0.5, YES))
    chat.says = lambda body, continues: Said((*tokens, ("}$", -0.1, {"}$": -0.1})))
    assert chat.opened("genprm").score([request("a")], go_on)[0].scores == pytest.approx((0.75,))


def test_without_probabilities_a_score_is_a_share_of_votes(chat: Scripted) -> None:
    chat.server.faults.no_logprobs = True
    verifier = open_verifier(RemoteAddress.parse(chat.server.address(format="judge", votes=4)))
    votes = iter(["Yes", "No", "I cannot say", "Yes"])
    chat.says = lambda body, continues: word(next(votes))
    chat.server.asked.clear()
    watch = Watch(go_on)
    [scores] = verifier.score([request("a")], watch)
    assert scores.scores == pytest.approx((2 / 3,))  # What says neither has no vote.
    assert "share of its samples" in " ".join(watch.warnings())
    assert {body["temperature"] for body in chat.server.asked} == {1.0}
    assert len({body["seed"] for body in chat.server.asked}) == 4


def test_one_that_says_no_verdict_is_named(chat: Scripted) -> None:
    """At the start, when nothing is lost by it."""
    chat.says = lambda body, continues: word("Perhaps")
    with pytest.raises(RemoteError, match=r"asked for Yes or No, and its model said 'Perhaps'"):
        chat.opened("judge")
    chat.says = lambda body, continues: Said((), thought="let me think", finish="length")
    with pytest.raises(RemoteError, match=r"It thinks first.*judge:reason"):
        chat.opened("judge")


def test_a_step_on_which_it_says_no_verdict_has_no_score(chat: Scripted) -> None:
    verifier = chat.opened("judge")
    chat.says = lambda body, continues: (
        word("Perhaps") if "Step 2" in body["messages"][-1]["content"] else word("Yes", YES)
    )
    [scores] = verifier.score([request("a", "b")], go_on)
    assert scores.scores == (pytest.approx(0.75), None)
    alone = verifier.score([request("a")], go_on)[0].tokens
    assert scores.tokens > alone > 0, "what was said in vain is paid for"


@pytest.mark.parametrize("format_", ["rlhflow", "qwen_prm", "skywork", "implicit:a/b"])
def test_formats_that_a_chat_cannot_be_asked_in_are_refused(chat: Scripted, format_: str) -> None:
    with pytest.raises(ValueError, match=r"completions do not give.*judge\[:reason"):
        chat.opened(format_)


# Verifiers that reason first ----------------------------------------------------------------------

FORMATS = ("judge:reason", "thinkprm:question", "genprm_reasoning")


@pytest.mark.parametrize("format_", FORMATS)
def test_where_it_continues_it_is_held_to_its_format(chat: Scripted, format_: str) -> None:
    """The verdict is read behind the words that are put into its mouth."""
    chat.server.manner = "last turn"
    verifier = chat.opened(format_)
    chat.says = lambda body, continues: (
        word("Yes", YES) if body["max_tokens"] == 4 else Said.plain("It adds up.")
    )
    watch = Watch(go_on)
    [scores] = verifier.score([request("a")], watch)
    assert scores.scores == pytest.approx((0.75,))
    assert "It adds up." in scores.reasons[0]
    asked = chat.server.asked[-1]["messages"][-1]
    ends = {"judge:reason": "\n\nVerdict:", "thinkprm:question": "Is the solution correct?"}
    assert (asked["role"], asked["content"].endswith(ends.get(format_, "$\\boxed{"))) == (
        "assistant",
        True,
    )
    assert watch.warnings() == []


WRITTEN = {
    "judge:reason": ("It adds up.\n\n**Verdict:** ", "Yes"),
    "thinkprm:question": ("It adds up.\n</think>\nIs the solution correct? ", "Yes"),
    "genprm_reasoning": (
        "<analyze>\nIt adds up.</analyze>\n<output>\n**Judgement**: $\\boxed{",
        "Yes",
    ),
}


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("named", [True, False], ids=["probabilities", "words"])
def test_where_it_does_not_its_own_verdict_counts(
    chat: Scripted, format_: str, named: bool
) -> None:
    before, verdict = WRITTEN[format_]
    chat.server.faults.no_logprobs = not named
    verifier = chat.opened(format_)
    chat.says = lambda body, continues: Said(
        ((before, -0.1, {before: -0.1}), (verdict, -0.5, YES), ("}$", -0.1, {"}": -0.1}))
    )
    watch = Watch(go_on)
    [scores] = verifier.score([request("a")], watch)
    assert scores.scores == pytest.approx((0.75 if named else 1.0,))
    assert len(chat.server.asked) == 1
    assert "stop" not in chat.server.asked[0]  # It comes to its verdict by itself.
    assert "It adds up." in scores.reasons[0]
    said = " ".join(watch.warnings())
    assert "does not continue an answer" in said
    assert ("0 or 1" in said) == (not named)


def test_reasoning_without_a_verdict_is_asked_for_it(chat: Scripted) -> None:
    verifier = chat.opened("judge:reason,tokens=9")
    chat.says = lambda body, continues: (
        word("Yes", YES)
        if "Now give your verdict" in body["messages"][-1]["content"]
        else Said.plain("It goes on and on", finish="length")
    )
    [scores] = verifier.score([request("a")], go_on)
    assert scores.scores == pytest.approx((0.75,))
    roles = [message["role"] for message in chat.server.asked[-1]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]


@pytest.mark.parametrize("manner", ["", "last turn"], ids=["asked", "continued"])
@pytest.mark.parametrize("format_", FORMATS)
def test_reasoning_that_never_comes_to_a_verdict_gives_none(
    chat: Scripted, format_: str, manner: str
) -> None:
    """In a run it is refused, or goes on without, as `test_missing_scores` has it."""
    chat.server.manner = manner
    verifier = chat.opened(format_)
    chat.says = lambda body, continues: Said.plain("It goes on and on", finish="length")
    [scores] = verifier.score([request("a")], go_on)
    assert scores.scores == (None,)
    assert scores.tokens > 0
    assert "It goes on and on" in scores.reasons[0]


@pytest.mark.parametrize("named", [True, False], ids=["probabilities", "words"])
def test_boxes(chat: Scripted, named: bool) -> None:
    """ThinkPRM says a verdict for each step in its own text; thoughts kept apart count as text."""
    chat.server.faults.no_logprobs = not named
    bad = {"correct": math.log(0.1), "in": math.log(0.4)}
    chat.says = lambda body, continues: Said(
        (
            ("Step 1 is \\boxed{", -0.1, {"S": -0.1}),
            ("correct", -0.1, {"correct": math.log(0.9), "in": math.log(0.1)}),
            ("}. Step 2 is \\boxed{", -0.1, {"}": -0.1}),
            ("incorrect", -0.1, bad),
            ("}", -0.1, {"}": -0.1}),
        ),
        thought="Let us see.",
    )
    [scores] = chat.opened("thinkprm").score([request("a", "b")], go_on)
    assert scores.scores == pytest.approx((0.9, 0.2) if named else (1.0, 0.0))


def test_a_beam_search_over_a_chat_judge(chat: Scripted) -> None:
    result = search(
        "3 + 4?",
        "beam_search",
        solver=World().solver(),
        verifier=chat.opened("judge"),
        n=4,
        beam_width=2,
    )
    assert result.tree.finished is not None
    assert result.tree.finished.status == "completed"
    assert result.cost.verified > 0
