"""What the page may ask of a run: checked where it comes in, for anybody may post anything."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from components.explorer import ReadyRuns, asking, other_judges, what_if_asker
from search_core.log.events import Started
from search_core.log.traces import read_trace
from search_core.models import VERIFIERS, ModelPair, embedded_pair
from search_core.protocols import Cancelled, ScoreRequest, StepScores, Verifier, VerifierInfo
from search_core.run.recorded import recorded_run
from search_core.serving import HostedRun, RunRegistry
from search_core.whatif import Change, what_if

CUT = Path(__file__).resolve().parents[1] / "assets/chosen_problems/right_path_is_cut.jsonl"


class OneRun(RunRegistry):
    """A registry that has this run alone."""

    def __init__(self, run: HostedRun) -> None:
        self._only = run

    def get(self, run_id: str) -> HostedRun | None:
        return self._only if run_id == self._only.id else None


def ask(query: object, run: HostedRun | None = None) -> Mapping[str, Any]:
    held = run or HostedRun.finished("a-run", read_trace(CUT).events)
    return asyncio.run(_ask(what_if_asker(OneRun(held), ReadyRuns()), query))


async def _ask(asker: asking.AskWhatIf, query: object) -> Mapping[str, Any]:
    return await asker(query)


def test_a_change_is_answered_with_what_was_lost() -> None:
    reply = ask({"run": "a-run", "options": {"aggregate": "min"}, "noise": 0.3, "hedge": 0.5})
    assert reply["was"] == "16"
    assert reply["differences"]
    assert reply["hedge"]["lambda"] == 0.5
    assert reply["regret"]["lost"] == "cut"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (None, "No run is asked about"),
        ({"run": 3}, "No run is asked about"),
        ({"run": "gone"}, "no longer has this run"),
        ({"run": "a-run", "options": {"max_steps": 3}}, "Only these can be changed here"),
        ({"run": "a-run", "options": []}, "Only these can be changed here"),
        ({"run": "a-run", "options": {"n": 9}}, "N can be at most 8 here"),
        ({"run": "a-run", "options": {"n": "many"}}, "expected a whole number"),
        ({"run": "a-run", "options": {"aggregate": ["min"]}}, "expected one of"),
        ({"run": "a-run", "noise": "loud"}, "noise is 'loud'; expected a number"),
        ({"run": "a-run", "noise": float("nan")}, "expected a number"),
        ({"run": "a-run", "hedge": True}, "expected a number"),
        ({"run": "a-run", "noise": 2}, "must be 0 to 1"),
        ({"run": "a-run", "noise_seed": 1e300}, "Seed is 1e+300; expected a whole number"),
        ({"run": "a-run", "verifier": "gpt"}, "Another verifier is one of small, large"),
        ({"run": "a-run", "verifier": ["small"]}, "Another verifier is one of small, large"),
        ({"run": "a-run", "verifier": "outcome"}, "judges finished solutions only"),
    ],
)
def test_what_cannot_be_asked_is_an_answer_in_words(query: object, message: str) -> None:
    assert message in ask(query)["error"]


def test_another_verifier_scores_the_run_anew_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it makes of the run is what the command line's does; asked again it is known."""
    verifier = CountingVerifier(embedded_pair(verifier="large").verifier)
    pair = ModelPair.of(embedded_pair().solver, verifier)
    monkeypatch.setattr(asking, "embedded_pair", lambda **_: pair)
    ready, held = ReadyRuns(), HostedRun.finished("a-run", read_trace(CUT).events)
    asker = what_if_asker(OneRun(held), ready)

    def reply(**more: object) -> Mapping[str, Any]:
        return asyncio.run(_ask(asker, {"run": "a-run", **more}))

    found = reply(verifier="large")
    assert found["judge"] == "verifier-large"
    recorded = recorded_run(read_trace(CUT).events)
    alone = what_if(recorded, Change(), verifier=embedded_pair(verifier="large").verifier)
    assert found["differences"] == alone.to_dict()["differences"]
    assert found["answer"] == alone.answer
    assert verifier.calls > 0
    assert reply(verifier="large", noise=0.2)["judge"] == "verifier-large"
    calls = verifier.calls
    assert reply(verifier="large")["differences"] == found["differences"]
    assert verifier.calls == calls, "what was scored once is known"
    # The run's own stands where nobody else is asked for, also by its name.
    own = reply()
    assert own["judge"] == "verifier-small"
    assert reply(verifier="small") == own


def test_a_run_of_many_steps_is_scored_anew_on_the_command_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "MOST_SCORED", 10)
    said = ask({"run": "a-run", "verifier": "large"})["error"]
    assert "whatif run.jsonl --verifier large" in said
    assert "error" not in ask({"run": "a-run"})


def test_a_run_by_another_verifier_is_left_to_it() -> None:
    events = list(read_trace(CUT).events)
    header = events[0]
    assert isinstance(header, Started)
    other = header.verifier.model_copy(update={"name": "somebody's"})
    events[0] = header.model_copy(update={"verifier": other})
    run = HostedRun.finished("a-run", events)
    assert (
        "for a run that another of them judged"
        in ask({"run": "a-run", "verifier": "large"}, run)["error"]
    )


def test_those_that_are_offered_are_the_embedded_ones_by_the_names_of_their_runs() -> None:
    offered = other_judges()
    assert [judge["name"] for judge in offered] == list(VERIFIERS)
    names = [embedded_pair(verifier=judge["name"]).verifier.info.name for judge in offered]
    assert [judge["model"] for judge in offered] == names


class CountingVerifier:
    """Another one, which counts how often it is asked."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier, self.calls = verifier, 0

    @property
    def info(self) -> VerifierInfo:
        return self._verifier.info

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        self.calls += 1
        return self._verifier.score(requests, cancelled)


def test_a_run_that_goes_on_is_not_asked() -> None:
    run = HostedRun("a-run")
    for event in read_trace(CUT).events[:10]:
        run.add(event)
    assert ask({"run": "a-run"}, run) == {"error": "The run is not over yet."}


def test_a_large_run_is_left_to_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_EVENTS", 20)
    assert "python -m search_core whatif" in ask({"run": "a-run"})["error"]


def test_few_runs_are_held_ready() -> None:
    ready = ReadyRuns()
    events = read_trace(CUT).events
    for number in range(4):
        ready.of(HostedRun.finished(f"run-{number}", events))
    assert [run for run, _ in ready._runs] == ["run-2", "run-3"]
    first = ready.of(HostedRun.finished("run-2", events))
    assert ready.of(HostedRun.finished("run-2", events)) is first
