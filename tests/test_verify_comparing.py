"""Two verifiers on the same rows, two reports, and the sentences of a card."""

from __future__ import annotations

import json
from math import comb
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.cli.errors import BAD_ARGUMENT, RUN_FAILED
from search_core.evaluation.intervals import Resampling
from search_core.verify.card import JudgedVerifier
from search_core.verify.comparing.diff import MetricChange, changes, less_is_better
from search_core.verify.comparing.paired import compared, mcnemar
from search_core.verify.findings import findings
from search_core.verify.report import NoRowsError, ReportSettings, make_report
from search_core.verify.schema import check_report, report_schema
from search_core.verify.table import ScoredSolution, table_of
from tests.examples import examples
from tests.labelled_rows import random_rows, table
from tests.test_cli_solve import invoke, said


@examples(25)
@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_exact_binomial_test(first: int, second: int) -> None:
    total, few = first + second, min(first, second)
    wanted = min(1.0, 2 * sum(comb(total, k) for k in range(few + 1)) / 2**total)
    assert mcnemar(first, second) == pytest.approx(wanted)


def test_mcnemar_of_very_many_rows_is_a_number() -> None:
    assert mcnemar(50_000, 50_000) == 1.0
    assert 0 <= mcnemar(40_000, 60_000) < 1e-12


def paired(seed: int, count: int = 60) -> tuple[list[ScoredSolution], list[ScoredSolution]]:
    one = random_rows(seed, count)
    scores = [row.scores for row in random_rows(seed + 1, count)]
    other = [
        ScoredSolution(
            row.solution, tuple((each * 2)[: len(row.scores)] + (0.5,) * 9)[: len(row.scores)]
        )
        for row, each in zip(one, scores, strict=True)
    ]
    return one, other


@examples(8)
@given(st.integers(0, 10_000))
def test_rows_are_counted_one_by_one(seed: int) -> None:
    one, other = paired(seed)
    a, b = table_of(one), table_of(other)
    found = compared(a, b, (0.5, 0.4), "last", Resampling(a.problems, draws=30, seed=0))
    counts = {"both": 0, "only_first": 0, "only_second": 0, "neither": 0}
    gained = []
    for x, y in zip(one, other, strict=True):
        label = x.solution.first_error
        if label is None or None in x.scores or None in y.scores:
            continue
        hits = []
        for scores, threshold in ((x.scores, 0.5), (y.scores, 0.4)):
            below = [i for i, s in enumerate(scores) if s is not None and s < threshold]
            hits.append((below[0] if below else -1) == label)
        name = (("neither", "only_second"), ("only_first", "both"))[hits[0]][hits[1]]
        counts[name] += 1
        gained.append(hits[0] - hits[1])
    errors = found["first_errors"]
    assert {name: errors[name] for name in counts} == counts
    assert errors["accuracy"]["value"] == pytest.approx(mean(gained))
    assert errors["mcnemar_p"] == pytest.approx(
        mcnemar(counts["only_first"], counts["only_second"])
    )


def test_a_verifier_beside_itself_differs_in_nothing() -> None:
    rows = table_of(random_rows(1, 50))
    found = compared(rows, rows, (0.5, 0.5), "last", Resampling(rows.problems, draws=30, seed=0))
    assert found["first_errors"]["mcnemar_p"] == 1.0
    assert found["auroc_within_problem"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert found["rank_correlation"]["value"] == pytest.approx(1.0)


def test_other_rows_cannot_be_compared() -> None:
    one, other = table(*random_rows(1, 3)), table(*random_rows(1, 4))
    with pytest.raises(ValueError, match="same rows"):
        compared(one, other, (0.5, 0.5), "last", Resampling(1, draws=2, seed=0))


# Reports -------------------------------------------------------------------------------------


def report(noise: float = 0.0, names: tuple[str, ...] = ("mine",)) -> dict[str, Any]:
    """Of a verifier that is right as often as there is no noise."""
    rows = [
        (row.solution, {name: tuple(
            round((label or 0.0) * (1 - noise) + noise * 0.5 + (0.3 * noise if i % 2 else 0.0), 3)
            for i, label in enumerate(row.solution.labels)) for name in names})
        for row in random_rows(4, 240)
    ]  # fmt: skip
    verifiers = [JudgedVerifier(name) for name in names]
    return make_report(rows, verifiers, ReportSettings(draws=20), {})


def test_a_number_that_got_worse_is_told_from_one_that_got_better() -> None:
    assert less_is_better("reliability.steps.ece")
    assert not less_is_better("ranking.solutions.within_problem.auroc")
    assert MetricChange("x.ece", 0.1, 0.2).better_by == pytest.approx(-0.1)
    assert MetricChange("x.auroc", 0.5, 0.6).better_by == pytest.approx(0.1)
    good, bad = report()["cards"]["mine"], report(1.0)["cards"]["mine"]
    by_name = {change.metric: change for change in changes(good, bad, [])}
    assert by_name["reliability.steps.ece"].is_worse(0.05)
    assert not by_name["reliability.steps.ece"].is_worse(10.0)
    assert all(change.better_by == 0 for change in changes(good, good, []))
    with pytest.raises(ValueError, match="no number"):
        changes(good, bad, ["ranking.luck"])


def test_the_command_fails_a_build_whose_verifier_got_worse(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(report()))
    bad.write_text(json.dumps(report(1.0)))
    assert invoke("verify", "diff", str(good), str(good)).exit_code == 0
    done = invoke("verify", "diff", str(good), str(bad))
    assert done.exit_code == RUN_FAILED
    assert "✗ worse" in said(done)
    assert invoke("verify", "diff", str(bad), str(good)).exit_code == 0
    chosen = ["--metric", "reliability.steps.ece", "--tolerance"]
    assert invoke("verify", "diff", str(good), str(bad), *chosen, "9").exit_code == 0
    assert invoke("verify", "diff", str(good), str(bad), *chosen, "0.01").exit_code == RUN_FAILED
    values = json.loads(invoke("verify", "diff", str(good), str(bad), "--json").stdout)
    assert values["worse"]


def test_what_is_no_report_is_said_to_be_none(tmp_path: Path) -> None:
    other, two = tmp_path / "other.json", tmp_path / "two.json"
    other.write_text('{"rows": []}')
    two.write_text(json.dumps(report(names=("a", "b"))))
    assert invoke("verify", "diff", str(other), str(other)).exit_code == BAD_ARGUMENT
    done = invoke("verify", "diff", str(two), str(two))
    assert done.exit_code == BAD_ARGUMENT
    assert "--card: a, b" in said(done)
    assert invoke("verify", "diff", str(two), str(two), "--card", "b").exit_code == 0


def test_a_report_of_no_rows_is_refused() -> None:
    with pytest.raises(NoRowsError, match="no solution"):
        make_report([], [JudgedVerifier("a")], ReportSettings(), {})


def test_a_report_follows_its_schema_and_another_thing_does_not() -> None:
    values = report()
    check_report(values)
    printed = json.loads(invoke("verify", "schema").stdout)
    assert printed == report_schema()
    assert set(printed["required"]) == {"format", "version", "settings", "rows", "cards",
                                        "comparisons"}  # fmt: skip
    values["cards"]["mine"]["threshold"] = 7
    with pytest.raises(ValueError, match="threshold"):
        check_report(values)


def test_the_sentences_of_a_good_and_of_a_useless_verifier() -> None:
    good = {f.state for f in findings(report()["cards"]["mine"])}
    useless = findings(report(1.0)["cards"]["mine"])
    assert "bad" not in good
    assert any("no better than chance" in f.sentence for f in useless if f.state == "bad")
