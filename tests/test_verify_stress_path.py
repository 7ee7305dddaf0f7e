"""The stress test of one path of a tree, and what the page may ask of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.explorer import stressing
from search_core.log.traces import read_trace
from search_core.models import ModelPair, embedded_pair
from search_core.protocols import UsageError, VerifierInfo
from search_core.serving import HostedRun, RunRegistry
from search_core.testing import FunctionVerifier
from search_core.verify.stress.on_path import stress_path
from tests.fakes import World

TRACES = Path(__file__).resolve().parents[1] / "assets" / "traces"
TREE = read_trace(TRACES / "countdown-beam-search.jsonl").tree
CHOSEN = str(TREE.finished.chosen) if TREE.finished else ""


def fates(verifier: FunctionVerifier, node: str = CHOSEN) -> dict[str, str]:
    return {edit.name: edit.fate for edit in stress_path(TREE, node, verifier).edits}


def test_who_sees_nothing_misses_all_that_matters_and_who_reads_words_is_moved_by_words() -> None:
    blind = fates(FunctionVerifier(lambda steps: 0.9))
    assert blind["self-praise"] == blind["padding"] == "held"
    assert blind["wrong digit"] == blind["step from elsewhere"] == "missed"
    vain = fates(FunctionVerifier(lambda steps: 0.9 if "Clearly" in steps[-1] else 0.5))
    assert vain["self-praise"] == "lifted"
    strict = fates(FunctionVerifier(lambda steps: 0.9 if steps[-1] in KNOWN else 0.2))
    assert strict["wrong digit"] == strict["step from elsewhere"] == "noticed"
    assert strict["padding"] == "lowered"
    low = fates(FunctionVerifier(lambda steps: 0.05))
    assert low["wrong digit"] == "low"


KNOWN = {step.text for step in TREE.path(CHOSEN)}


def test_the_selected_step_is_edited_where_the_edit_applies_there() -> None:
    node = TREE.path(CHOSEN)[1].id
    edits = stress_path(TREE, node, FunctionVerifier(lambda steps: 0.9)).edits
    assert {edit.step for edit in edits if edit.name in ("self-praise", "wrong digit")} == {1}
    again = stress_path(TREE, node, FunctionVerifier(lambda steps: 0.9)).edits
    assert edits == again


@pytest.mark.models
def test_the_score_before_is_that_of_the_run() -> None:
    """Of a beginning, too, which is not read as if it were a whole solution."""
    verifier = embedded_pair().verifier
    for node in (TREE.path(CHOSEN)[0].id, CHOSEN):
        edits = stress_path(TREE, node, verifier).edits
        at = len(TREE.path(node)) - 1
        (before,) = {edit.before for edit in edits if edit.step == at}
        assert before == pytest.approx(TREE.nodes[node].score, abs=1e-3)


def test_what_cannot_be_tested_is_refused() -> None:
    for node in ("root", "99.9", "nothing"):
        with pytest.raises(UsageError, match="no step"):
            stress_path(TREE, node, FunctionVerifier(lambda steps: 0.9))
    outcome = FunctionVerifier(lambda steps: 0.9, VerifierInfo("outcome", scores="solutions"))
    with pytest.raises(UsageError, match="finished solutions alone"):
        stress_path(TREE, CHOSEN, outcome)


class OneRun(RunRegistry):
    """A registry that has this run alone."""

    def __init__(self, name: str) -> None:
        self._only = HostedRun.finished("a-run", read_trace(TRACES / name).events)

    def get(self, run_id: str) -> HostedRun | None:
        return self._only if run_id == self._only.id else None


def ask(query: object, name: str = "countdown-beam-search.jsonl") -> Mapping[str, Any]:
    async def asked() -> Mapping[str, Any]:
        return await stressing.stress_asker(OneRun(name))(query)

    return asyncio.run(asked())


def test_the_page_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = ModelPair.of(World().solver(), FunctionVerifier(lambda steps: 0.9))
    monkeypatch.setattr(stressing, "embedded_pair", lambda **names: pair)
    reply = ask({"run": "a-run", "node": CHOSEN})
    assert reply["node"] == CHOSEN
    assert reply["sentence"].startswith("In ")
    assert any(edit["fooled"] for edit in reply["edits"])
    assert "no step" in ask({"run": "a-run", "node": "9.9.9"})["error"]


@pytest.mark.parametrize(
    ("query", "name", "message"),
    [
        (None, "countdown-beam-search.jsonl", "No step of a run is asked about"),
        ({"run": "a-run", "node": 3}, "countdown-beam-search.jsonl", "No step of a run"),
        ({"run": "gone", "node": "0"}, "countdown-beam-search.jsonl", "no longer has this run"),
        ({"run": "a-run", "node": "0"},
         "smollm2-beam-search-one-of-seven-answers-is-right.jsonl", "embedded verifiers"),
    ],
)  # fmt: skip
def test_what_is_asked_by_strangers_is_refused_in_a_sentence(
    query: object, name: str, message: str
) -> None:
    assert message in ask(query, name)["error"]
