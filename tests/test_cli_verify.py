"""`verify`: a report from a file, of columns and of models, stopped and gone on with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from search_core.cli.errors import BAD_ARGUMENT, RUN_FAILED, STOPPED
from search_core.models import ModelPair
from search_core.protocols import (
    Cancelled,
    RunCancelled,
    ScoreRequest,
    StepScores,
    UsageError,
    VerifierInfo,
)
from search_core.verify.asking.scores_file import ScoresFile, verifier_key
from tests.fakes import World
from tests.test_cli_solve import invoke, said

GOLDEN = Path(__file__).parent / "golden" / "verify" / "first_errors.jsonl"
SOLVER = World().solver()


class Counting:
    """Scores a step by the length of its text; counts, and can be stopped or refuse a row."""

    def __init__(self, *, stop_after: int | None = None, refuses: str = "", **more: Any) -> None:
        self.info = VerifierInfo("counting", revision="1", **more)
        self.scored: list[str] = []
        self._stop_after, self._refuses = stop_after, refuses

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        if self._stop_after is not None and len(self.scored) >= self._stop_after:
            raise RunCancelled
        if any(request.problem == self._refuses for request in requests):
            raise UsageError("A path is too long.")
        self.scored += [request.problem for request in requests]
        return [
            StepScores(tuple(0.2 + 0.1 * i for i in range(request.first, len(request.steps))))
            for request in requests
        ]


def verify(*arguments: str, verifier: object | None = None, file: Path = GOLDEN) -> Any:
    pair = ModelPair.of(SOLVER, verifier or Counting())  # type: ignore[arg-type]
    return invoke("verify", "--input", str(file), "--draws", "20", *arguments, pair=pair)


def test_the_columns_of_a_file_are_judged(tmp_path: Path) -> None:
    out = tmp_path / "card.json"
    done = verify("--json", str(out))
    assert done.exit_code == 0, said(done)
    values = json.loads(out.read_text())
    assert list(values["cards"]) == ["ours"]
    bench = values["cards"]["ours"]["benchmarks"]["processbench"]
    assert bench["splits"]["gsm8k"]["f1"] == 50.0
    assert values["rows"]["solutions"] == 8
    assert values["input"]["kind"] == "plain"
    assert len(values["input"]["sha256"]) == 64
    assert values["command"].startswith("python -m search_core")
    assert "AUROC within a problem" in said(done)
    assert not (tmp_path / "card.scores.jsonl").exists()


def test_a_model_is_asked_once_for_each_row_and_its_scores_are_kept(tmp_path: Path) -> None:
    out = tmp_path / "card.json"
    first = Counting()
    done = verify("--verifier", "mine", "--json", str(out), verifier=first)
    assert done.exit_code == 0, said(done)
    assert len(first.scored) == 8
    values = json.loads(out.read_text())
    card = values["cards"]["counting"]
    assert card["verifier"]["revision"] == "1"
    assert card["scored"] == {"solutions": 8, "steps": 19}
    again = Counting()
    done = verify("--verifier", "mine", "--json", str(out), verifier=again)
    assert again.scored == []
    assert json.loads(out.read_text())["cards"] == values["cards"]
    assert len((tmp_path / "card.scores.jsonl").read_text().splitlines()) == 8


def test_a_run_that_was_stopped_goes_on_and_no_row_is_lost_or_doubled(tmp_path: Path) -> None:
    out, kept = tmp_path / "card.json", tmp_path / "kept.jsonl"
    arguments = ["--verifier", "mine", "--json", str(out), "--scores", str(kept), "--batch", "2"]
    stopped = Counting(stop_after=4)
    done = verify(*arguments, verifier=stopped)
    assert done.exit_code == STOPPED
    assert "go on" in said(done)
    assert not out.exists()
    # As if it had been killed in the middle of a line.
    with kept.open("a") as file:
        file.write('{"row": "half a li')
    rest = Counting()
    assert verify(*arguments, verifier=rest).exit_code == 0
    assert sorted(stopped.scored + rest.scored) == sorted(f"problem {i}" for i in range(8))
    lines = [json.loads(line) for line in kept.read_text().splitlines()]
    assert len({line["row"] for line in lines}) == len(lines) == 8


def test_another_revision_is_another_verifier(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    for revision in ("1", "2"):
        verifier = Counting()
        verifier.info = VerifierInfo("counting", revision=revision)
        verify("--verifier", "mine", "--scores", str(kept), verifier=verifier)
        assert len(verifier.scored) == 8
    assert len(kept.read_text().splitlines()) == 16


def test_weights_are_the_same_wherever_they_lie() -> None:
    hashed, unknown = VerifierInfo("v", revision="abc"), VerifierInfo("v")
    here, there = {"path": "/here", "format": "auto"}, {"path": "/there", "format": "auto"}
    assert verifier_key(hashed, here) == verifier_key(hashed, there)
    assert verifier_key(unknown, here) != verifier_key(unknown, there)
    assert verifier_key(hashed, here) != verifier_key(hashed, {**here, "format": "judge"})


def test_a_row_that_is_refused_is_named_and_costs_the_others_nothing(tmp_path: Path) -> None:
    out = tmp_path / "card.json"
    done = verify("--verifier", "m", "--json", str(out), verifier=Counting(refuses="problem 3"))
    assert done.exit_code == 0
    values = json.loads(out.read_text())
    assert values["refused"]["counting"]["solutions"] == 1
    assert values["refused"]["counting"]["first"] == "gsm8k-3"
    assert values["cards"]["counting"]["scored"]["solutions"] == 7
    assert "refused 1 of 8" in said(done)


def test_an_outcome_verifier_is_judged_by_solutions_alone(tmp_path: Path) -> None:
    out = tmp_path / "card.json"
    file = tmp_path / "rows.jsonl"
    # A solution of one step has a score for "every" step, and still none for a step.
    short = {"problem": "problem 9", "steps": ["at once"], "labels": [0], "answer_right": False}
    file.write_text(GOLDEN.read_text() + json.dumps(short) + "\n")
    arguments = ["--verifier", "m", "--json", str(out)]
    done = verify(*arguments, file=file, verifier=Counting(scores="solutions"))
    assert done.exit_code == 0, said(done)
    card = json.loads(out.read_text())["cards"]["counting"]
    assert card["judges"] == "solutions"
    assert card["benchmarks"] == dict.fromkeys(("processbench", "prmbench", "hard2verify"))
    assert card["cuts"] is None
    assert card["ranking"]["solutions"]["pooled"] is not None


OWN = """
class Verifier:
    def score(self, problem, steps):
        return [0.9 if "0" in step else 0.3 for step in steps]

class Short:
    def score(self, problem, steps):
        return [0.5]
"""


def test_a_class_of_ten_lines_is_a_verifier(tmp_path: Path) -> None:
    own, out = tmp_path / "own.py", tmp_path / "card.json"
    own.write_text(OWN)
    done = verify("--verifier", f"{own}:Verifier", "--json", str(out))
    assert done.exit_code == 0, said(done)
    card = json.loads(out.read_text())["cards"]["own.py:Verifier"]
    assert card["scored"]["steps"] == 19
    assert len(card["verifier"]["revision"]) == 12


def test_a_class_that_scores_wrongly_is_said_to(tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text(OWN)
    done = verify("--verifier", f"{own}:Short")
    assert done.exit_code == RUN_FAILED
    assert "1 scores for" in said(done)
    for name, told in ((f"{own}:Missing", "no class Missing"), ("no.py:X", "no file")):
        done = verify("--verifier", name)
        assert done.exit_code == BAD_ARGUMENT
        assert told in said(done)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--column", "theirs"], "it has ours"),
        (["--column", "ours", "--column", "ours"], "named twice"),
        (["--aggregate", "max"], "expected last, min, prod, mean"),
        (["--kind", "sudoku"], "Unknown kind"),
    ],
)
def test_bad_arguments_are_said_to_be(arguments: list[str], told: str) -> None:
    done = verify(*arguments)
    assert done.exit_code == BAD_ARGUMENT
    assert told in said(done)


def test_a_file_without_scores_asks_for_a_verifier(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"problem": "p", "steps": ["a"], "labels": [1]}\n')
    done = verify(file=file)
    assert done.exit_code == BAD_ARGUMENT
    assert "--verifier" in said(done)
    assert invoke("verify").exit_code == BAD_ARGUMENT


def test_a_scores_file_of_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.jsonl"
    file.write_text('{"problem": "p"}\n')
    with pytest.raises(ValueError, match="line 1 holds no scores"):
        ScoresFile(file)


def test_a_neutral_rating_counts_as_asked(tmp_path: Path) -> None:
    rated = Path(__file__).parent / "golden" / "labelled" / "prm800k.jsonl"
    wrong = []
    for neutral in ("wrong", "right"):
        out = tmp_path / f"{neutral}.json"
        asked = ("--verifier", "small", "--neutral", neutral, "--json", str(out))
        done = verify(*asked, file=rated)
        assert done.exit_code == 0, said(done)
        wrong.append(json.loads(out.read_text())["rows"]["wrong_steps"])
    assert wrong[0] > wrong[1]
