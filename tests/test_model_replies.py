"""Models that misbehave: whatever one gives or raises, the run ends, and a sentence says why."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.log.events import Finished, Sampled, Scored
from search_core.protocols import SolverInfo, StepSample, StepScores, VerifierInfo
from search_core.run.driving import drive
from search_core.run.replies import ProtocolError, checked_samples, checked_scores
from search_core.run.runner import Run
from tests.fakes import FakeSolver, FakeVerifier, World
from tests.runs import ENDS_AT_2, last, recipe, start

WORLD = World(ends=0.4, cut_off=0.0)
FINE = StepSample("a", 2, -0.5, "step")
SCORED = StepScores((0.5,))
PYTHONS = ("Traceback", "object at 0x", "<class", "Error:")


class Changed:
    """A model whose replies, or what it raises, are somebody else's."""

    def __init__(self, model: Any, change: Callable[[list[Any]], Any]) -> None:
        self._model, self._change = model, change
        self.info = model.info

    def sample(self, *args: Any) -> Any:
        return self._change(self._model.sample(*args))

    def score(self, *args: Any) -> Any:
        return self._change(self._model.score(*args))


def run(solver: Any, verifier: Any) -> tuple[Run, Finished, BaseException | None]:
    made = start(recipe())
    try:
        drive(made, solver, verifier)
    except Exception as error:
        return made, last(made), error
    return made, last(made), None


def raising(error: BaseException) -> Callable[[list[Any]], Any]:
    def change(_: list[Any]) -> Any:
        raise error

    return change


def first(**fields: Any) -> Callable[[list[Any]], Any]:
    return lambda replies: [replace(replies[0], **fields), *replies[1:]]


# What is raised ----------------------------------------------------------------------------------

QUITS = [SystemExit(3), KeyboardInterrupt(), asyncio.CancelledError(), GeneratorExit()]


@pytest.mark.parametrize("error", QUITS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("role", ["Solver", "Verifier"])
def test_a_model_cannot_end_the_program(role: str, error: BaseException) -> None:
    solver: Any = WORLD.solver()
    verifier: Any = WORLD.verifier()
    if role == "Solver":
        solver = Changed(solver, raising(error))
    else:
        verifier = Changed(verifier, raising(error))
    found: list[Any] = []
    # Not in the main thread, where a KeyboardInterrupt is a person's.
    thread = threading.Thread(target=lambda: found.extend(run(solver, verifier)))
    thread.start()
    thread.join()
    _, end, raised = found
    assert isinstance(raised, ProtocolError)
    assert raised.__cause__ is error
    assert end.status == "failed"
    assert end.message.startswith(f"{role} fake {role.lower()} tried to end the program")
    assert "; expected " in end.message


def test_what_a_person_interrupts_is_stopped_and_says_so() -> None:
    made = start(recipe())
    with pytest.raises(KeyboardInterrupt):
        drive(made, Changed(WORLD.solver(), raising(KeyboardInterrupt())), WORLD.verifier())
    assert (last(made).status, last(made).message) == ("cancelled", "Stopped by request.")


def test_pythons_own_words_stay_out_of_the_log() -> None:
    secret = AttributeError("'NoneType' object has no attribute 'x' at /home/me/model.py")
    _, end, raised = run(WORLD.solver(), Changed(WORLD.verifier(), raising(secret)))
    assert raised is secret
    assert end.message == (
        "Verifier fake verifier failed by an error of its own. The program's log has the details."
    )


# What is given -----------------------------------------------------------------------------------

HALF = "a\ud83d"
BAD_STEPS: list[tuple[Callable[[list[Any]], Any], str]] = [
    (lambda _: None, "gave None; expected a list of 4 steps"),
    (lambda _: "steps", "gave 'steps'; expected a list of 4 steps"),
    (lambda _: iter([FINE]), "something of type list_iterator; expected a list of 4 steps"),
    (lambda _: {1: FINE}, "something of type dict; expected a list"),
    (lambda replies: replies[:1], "gave 1 steps for 4 requests"),
    (lambda replies: [None, *replies[1:]], "as step 1 of 4, None; expected a StepSample"),
    (lambda replies: ["a", *replies[1:]], "as step 1 of 4, 'a'; expected a StepSample"),
    (first(text=None), "the text None; expected text"),
    (first(text=b"a"), "the text something of type bytes; expected text"),
    (first(text=HALF), "lone surrogate U+D83D, at place 2"),
    (first(text="a" * 200_001), "a text of 200,001 characters"),
    (first(tokens=-1), "tokens -1; expected a whole number from 0"),
    (first(tokens=None), "tokens None; expected a whole number from 0"),
    (first(tokens=True), "tokens True; expected a whole number from 0"),
    (first(tokens=2.5), "tokens 2.5; expected a whole number from 0"),
    (first(tokens=10**5000), "; expected a whole number from 0 to 1,000,000,000"),
    (first(tokens=np.int64(-1)), "tokens -1; expected a whole number from 0"),
    (first(prefilled=-3), "prefilled tokens -3"),
    (first(reused=1, known=2), "2 known tokens of 1 reused ones"),
    (first(ended="stop"), "the ending 'stop'; expected one of step, end, length"),
    (first(ended=None), "the ending None; expected one of"),
    (first(ended=np.array(["step", "end"])), "the ending something of type ndarray"),
    (first(logprob=float("nan")), "the log-probability nan; expected a finite number"),
    (first(logprob=float("-inf")), "the log-probability -inf; expected"),
    (first(logprob="-1"), "the log-probability '-1'; expected"),
    (first(logprob=-(10**400)), "; expected a finite number"),
]
BAD_SCORES: list[tuple[Callable[[list[Any]], Any], str]] = [
    (lambda _: None, "gave None; expected a list of"),
    (lambda _: 0.5, "gave 0.5; expected a list of"),
    (lambda replies: [0.5 for _ in replies], "gave 0.5; expected a StepScores"),
    (first(scores=None), "gave the scores None; expected 1 numbers"),
    (first(scores=0.5), "gave the scores 0.5; expected 1 numbers"),
    (first(scores=("0.5",)), "gave score '0.5'; expected a number from 0 to 1"),
    (first(scores=(True,)), "gave score True; expected a number from 0 to 1"),
    (first(scores=(np.bool_(True),)), "gave score "),
    (first(scores=(float("nan"),)), "gave score nan; expected a number from 0 to 1"),
    (first(scores=(1.0000001,)), "gave score 1.0000001; expected a number from 0 to 1"),
    (first(scores=(-0.1,)), "gave score -0.1; expected a number from 0 to 1"),
    (first(scores=()), "gave 0 scores for 1 steps"),
    (first(tokens=-1), "gave tokens -1"),
    (first(flops=float("inf")), "gave FLOPs inf"),
    (first(reasons="because"), "gave the reasons 'because'"),
    (first(reasons=(None,)), "gave the reason None; expected text"),
    (first(reasons=(HALF,)), "lone surrogate"),
]


@pytest.mark.parametrize(("change", "said"), BAD_STEPS, ids=[said for _, said in BAD_STEPS])
def test_a_solver_that_gives_something_else(change: Callable[[list[Any]], Any], said: str) -> None:
    made, end, raised = run(Changed(WORLD.solver(), change), WORLD.verifier())
    assert isinstance(raised, ProtocolError)
    assert end.status == "failed"
    assert end.message == str(raised)[:900]
    assert end.message.startswith("Solver fake solver gave")
    assert said in end.message
    assert not any(word in end.message for word in PYTHONS)
    assert not [event for event in made.events if isinstance(event, Sampled)]


@pytest.mark.parametrize(("change", "said"), BAD_SCORES, ids=[said for _, said in BAD_SCORES])
def test_a_verifier_that_gives_something_else(
    change: Callable[[list[Any]], Any], said: str
) -> None:
    made, end, raised = run(WORLD.solver(), Changed(WORLD.verifier(), change))
    assert isinstance(raised, ProtocolError)
    assert end.message.startswith("Verifier fake verifier gave")
    assert said in end.message
    assert not any(word in end.message for word in PYTHONS)
    assert not [event for event in made.events if isinstance(event, Scored)]


def test_numbers_of_other_libraries_are_numbers() -> None:
    def steps(replies: list[StepSample]) -> Any:
        return tuple(
            replace(
                sample,
                tokens=np.int32(sample.tokens),
                logprob=np.float32(sample.logprob),
                prefilled=np.uint8(1),
            )
            for sample in replies
        )

    def scores(replies: list[StepScores]) -> Any:
        return [
            replace(reply, scores=np.array(reply.scores, dtype=np.float32), tokens=np.int64(3))
            for reply in replies
        ]

    made, end, raised = run(Changed(WORLD.solver(), steps), Changed(WORLD.verifier(), scores))
    assert raised is None
    assert end.status == "completed"
    assert {type(node.tokens) for node in made.tree.steps()} == {int}
    assert {type(node.score) for node in made.tree.steps() if node.score is not None} == {float}


class Odd:
    """Nothing can be done with it."""

    def __eq__(self, other: object) -> bool:
        raise SystemError("no comparing")

    def __hash__(self) -> int:
        raise SystemError("no hashing")

    def __repr__(self) -> str:
        raise SystemError("no showing")

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Any:
        while True:
            yield self

    def __float__(self) -> float:
        raise SystemError("no number")

    __index__ = __float__


PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(st.characters()),
    st.binary(),
    st.builds(Odd),
    st.sampled_from([object, np.nan, np.float64(0.5), np.array(0.5), np.array([0.5, 2])]),
)
JUNK = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner),
        st.sets(st.integers(), max_size=3),
        st.dictionaries(st.text(max_size=2), inner, max_size=2),
        st.builds(StepSample, inner, inner, inner, inner, inner, inner, inner),
        st.builds(StepScores, inner, inner, inner, inner, inner),
    ),
    max_leaves=8,
)
NEARLY = st.one_of(
    JUNK,
    st.lists(
        st.builds(
            StepSample,
            st.text(st.characters(), max_size=5) | PLAIN,
            st.integers(-1, 5) | PLAIN,
            st.floats(-5, 0) | PLAIN,
            st.sampled_from(["step", "end", "length"]) | PLAIN,
        ),
        min_size=2,
        max_size=2,
    ),
)


def refusal(check: Callable[[], object]) -> str:
    """What the check says of a bad reply; "" of a fine one."""
    try:
        check()
    except ProtocolError as error:
        return str(error)
    return ""


@given(NEARLY, JUNK)
def test_any_value_is_a_fine_reply_or_a_named_error(steps: Any, scores: Any) -> None:
    for check, reply in (
        (lambda: checked_samples(steps, 2, "s"), "Solver s gave"),
        (lambda: checked_scores(scores, [1, 2], "v"), "Verifier v gave"),
    ):
        said = refusal(check)
        assert said == "" or said.startswith(reply)
        said.encode()


@given(NEARLY, JUNK)
def test_a_run_over_anything_ends(steps: Any, scores: Any) -> None:
    _, end, raised = run(Changed(FakeSolver(WORLD.step), lambda _: steps), WORLD.verifier())
    assert (raised is None) == (end.status == "completed")
    assert raised is None or isinstance(raised, ProtocolError)
    verifier = Changed(FakeVerifier(WORLD.score), lambda _: scores)
    _, end, raised = run(ENDS_AT_2, verifier)
    assert (raised is None) == (end.status == "completed")
    assert raised is None or isinstance(raised, ProtocolError)


# What a model says of itself ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("solver", "said"),
    [
        (None, "The solver's info is something of type NoneType; expected a SolverInfo"),
        (VerifierInfo("v"), "something of type VerifierInfo; expected a SolverInfo"),
        (SolverInfo(name=None), "The solver's name is None, which no log can hold"),  # type: ignore[arg-type]
        (SolverInfo(name="n" * 201), "The solver's name is 'nnn"),
        (SolverInfo(name="s", parameters=-1), "The solver's parameters is -1"),
        (SolverInfo(name="s", prompt=HALF), "The solver's prompt is"),
    ],
    ids=["none", "another's", "no name", "long name", "parameters", "half a character"],
)
def test_a_model_that_cannot_say_who_it_is(solver: Any, said: str) -> None:
    with pytest.raises(ProtocolError) as raised:
        Run(recipe(), solver, VerifierInfo("v"))
    assert said in str(raised.value)
