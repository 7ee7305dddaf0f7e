"""The benchmarks' own numbers, against golden figures and a second writing of their arithmetic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.evaluation.intervals import Resampling
from search_core.verify.benchmarks import hard2verify, prmbench, processbench
from search_core.verify.benchmarks.processbench import f1_of
from search_core.verify.measures.thresholds import threshold_sweep
from search_core.verify.table import ScoredSolution, ScoreTable, table_of
from tests.examples import examples
from tests.labelled_rows import golden_rows, random_rows, scored, table

GOLDEN = Path(__file__).parent / "golden" / "verify"
seeds = st.integers(0, 10_000)


def drawn(rows: ScoreTable) -> Resampling:
    return Resampling(rows.problems, draws=20, seed=0)


# ProcessBench --------------------------------------------------------------------------------


def as_processbench(rows: list[ScoredSolution], threshold: float) -> dict[str, Any]:
    """Row by row: first step below the threshold, exact matches, percent, F1."""
    splits: dict[str, dict[str, list[bool]]] = {}
    for row in rows:
        label = row.solution.first_error
        if label is None or None in row.scores:
            continue
        prediction = -1
        for index, score in enumerate(row.scores):
            if score is not None and score < threshold:
                prediction = index
                break
        kind = "correct" if label == -1 else "error"
        split = splits.setdefault(str(row.solution.split), {"error": [], "correct": []})
        split[kind].append(prediction == label)
    found: dict[str, Any] = {}
    for name, matches in splits.items():
        with np.errstate(invalid="ignore"):
            acc1 = np.mean(matches["error"]) * 100 if matches["error"] else np.nan
            acc2 = np.mean(matches["correct"]) * 100 if matches["correct"] else np.nan
            found[name] = (2 * acc1 * acc2 / (acc1 + acc2), sum(map(len, matches.values())))
    return found


def test_processbench_on_a_golden_file() -> None:
    """gsm8k: 1 of 2 errors, 1 of 2 right ones: F1 50. math: 2 of 3 and 1 of 1: F1 80."""
    rows = table_of(golden_rows(GOLDEN / "first_errors.jsonl"))
    found = processbench(rows, 0.5, drawn(rows))
    assert found is not None
    assert found["splits"]["gsm8k"]["f1"] == 50.0
    assert found["splits"]["math"]["on_errors"] == 2 / 3 * 100
    assert found["splits"]["math"]["on_correct"] == 100.0
    assert found["splits"]["math"]["f1"] == pytest.approx(80.0, abs=1e-12)
    assert found["macro_f1"] == pytest.approx(65.0, abs=1e-12)
    assert found["weighted_f1"] == pytest.approx(65.0, abs=1e-12)
    # 3 of 5 errors and 2 of 3 right ones.
    assert found["pooled"]["f1"] == pytest.approx(2 * 60 * (200 / 3) / (60 + 200 / 3), abs=1e-12)


@examples(15)
@given(seeds)
def test_processbench_is_the_reference_to_the_last_digit(seed: int) -> None:
    rows = random_rows(seed, 40)
    made = table_of(rows)
    found = processbench(made, 0.5, drawn(made))
    wanted = as_processbench(rows, 0.5)
    assert found is not None
    assert set(found["splits"]) == set(wanted)
    for name, (f1, count) in wanted.items():
        mine = found["splits"][name]
        assert mine["errors"] + mine["correct"] == count
        assert mine["f1"] is None if np.isnan(f1) else mine["f1"] == f1
    if found["macro_f1"] is not None:
        total = sum(count for _, count in wanted.values())
        assert found["macro_f1"] == np.mean([f1 for f1, _ in wanted.values()])
        assert found["weighted_f1"] == sum(f1 * (n / total) for f1, n in wanted.values())


def test_where_the_reference_divides_by_zero_it_says_undefined() -> None:
    nothing, one = np.array([], dtype=bool), np.array([True])
    assert f1_of(~one, ~one)["f1"] is None
    assert "divides by zero" in f1_of(~one, ~one)["undefined"]
    assert "without an error" in f1_of(one, nothing)["undefined"]
    assert f1_of(one, ~one) == {
        "on_errors": 100.0,
        "on_correct": 0.0,
        "f1": 0.0,
        "errors": 1,
        "correct": 1,
        "undefined": "",
    }


def test_one_undefined_split_leaves_no_average() -> None:
    rows = table(
        scored([0.9], [1.0], split="a"),
        scored([0.1], [0.0], split="a"),
        scored([0.9], [1.0], split="b"),
    )
    found = processbench(rows, 0.5, drawn(rows))
    assert found is not None
    assert found["splits"]["a"]["f1"] == 100.0
    assert found["macro_f1"] is None
    assert found["weighted_f1"] is None
    assert found["undefined"]


# PRMBench ------------------------------------------------------------------------------------


def as_prmbench(rows: list[ScoredSolution], threshold: float) -> dict[str, dict[str, float]]:
    """Counts of the four kinds of steps by class, then the script's formulas with its -1."""
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        for label, score in zip(row.solution.labels, row.scores, strict=True):
            if label is None or score is None:
                continue
            names = [str(row.solution.category)]
            names += ["total"] if row.solution.category != "correct" else []
            kind = (
                ("TP" if score >= threshold else "FN")
                if label >= 0.5
                else ("FP" if score >= threshold else "TN")
            )
            for name in names:
                each = counts.setdefault(name, dict.fromkeys(("TP", "FP", "TN", "FN"), 0))
                each[kind] += 1
    found = {}
    for name, c in counts.items():
        tp, fp, tn, fn = c["TP"], c["FP"], c["TN"], c["FN"]
        p = tp / (tp + fp) if (tp + fp) != 0 else -1
        r = tp / (tp + fn) if (tp + fn) != 0 else -1
        np_ = tn / (tn + fn) if (tn + fn) != 0 else -1
        nr = tn / (tn + fp) if (tn + fp) != 0 else -1
        found[name] = {
            "f1": 2 * p * r / (p + r) if (p + r) != 0 else -1,
            "negative_f1": 2 * np_ * nr / (np_ + nr) if (np_ + nr) != 0 else -1,
        }
    return found


def test_prmbench_on_a_golden_file() -> None:
    rows = table_of(golden_rows(GOLDEN / "error_classes.jsonl"))
    found = prmbench(rows, 0.5)
    assert found is not None
    redundancy = found["classes"]["redundency"]
    # TP 3, FP 1, TN 1, FN 1: precision and recall 3/4; negative both 1/2.
    assert (redundancy["f1"], redundancy["negative_f1"]) == (0.75, 0.5)
    assert redundancy["prmscore"] == 0.625
    assert redundancy["first_error_acc"] == 0.5
    # "a" is 1/3 called right beside 3/4 of its correct row; that of "b" is never called right.
    assert redundancy["similarity"] == pytest.approx(3 / 4 - 1 / 3)
    assert found["classes"]["multi_solutions"]["prmscore"] == pytest.approx(2 / 3)
    assert found["classes"]["multi_solutions"]["negative_f1"] == 0.0  # -1 * 0 / -1, as there
    assert found["classes"]["circular"]["first_error_acc"] == 1.0
    # Without the correct rows: TP 5, FP 2, TN 2, FN 2.
    assert found["total"]["steps"] == 11
    assert found["total"]["prmscore"] == pytest.approx(0.5 * 5 / 7 + 0.5 * 0.5)


@examples(15)
@given(seeds)
def test_prmbench_is_the_reference_to_the_last_digit(seed: int) -> None:
    rows = random_rows(seed, 30)
    found = prmbench(table_of(rows), 0.5)
    assert found is not None
    for name, wanted in as_prmbench(rows, 0.5).items():
        mine = found["total"] if name == "total" else found["classes"][name]
        for key, value in wanted.items():
            assert mine[key] is None if value == -1 else mine[key] == value, (name, key)


def test_without_classes_there_is_no_prmscore() -> None:
    assert prmbench(table(scored([0.9], [1.0])), 0.5) is None


# Hard2Verify ---------------------------------------------------------------------------------


@examples(15)
@given(seeds)
def test_hard2verify_is_the_reference(seed: int) -> None:
    rows = [
        row
        for row in random_rows(seed, 40)
        if None not in row.scores and None not in row.solution.labels
    ]
    found = hard2verify(table_of(rows), 0.5)
    assert found is not None
    labels = [label >= 0.5 for row in rows for label in row.solution.labels if label is not None]
    said = [score >= 0.5 for row in rows for score in row.scores if score is not None]
    tpr = sum(s and t for s, t in zip(said, labels, strict=True)) / sum(labels)
    tnr = sum(not s and not t for s, t in zip(said, labels, strict=True)) / (
        len(labels) - sum(labels)
    )
    assert round(found["step_level"]["balanced_f1"], 2) == round(
        100 * 2 * (tpr * tnr) / (tpr + tnr), 2
    )
    assert round(found["step_level"]["balanced_accuracy"], 2) == round(100 * (tpr + tnr) / 2, 2)
    whole = [(all(s >= 0.5 for s in row.scores if s is not None), row) for row in rows]
    sound = [said for said, row in whole if row.solution.first_error == -1]
    wrong = [said for said, row in whole if row.solution.first_error != -1]
    assert found["response_level"]["tpr"] == pytest.approx(100 * sum(sound) / len(sound))
    assert found["response_level"]["tnr"] == pytest.approx(
        100 * sum(not said for said in wrong) / len(wrong)
    )


def test_hard2verify_gives_zero_or_undefined_where_its_script_does() -> None:
    nothing_found = table(scored([0.1, 0.1], [1.0, 1.0]), scored([0.9, 0.9], [1.0, 0.0]))
    found = hard2verify(nothing_found, 0.5)
    assert found is not None
    assert found["first_error"]["balanced_f1"] == 0.0  # its script guards this one
    assert found["response_level"]["balanced_f1"] is None
    assert "divides by zero" in found["response_level"]["undefined"]
    only_right = hard2verify(table(scored([0.9], [1.0])), 0.5)
    assert only_right is not None
    assert only_right["step_level"]["undefined"] == "There is no wrong one."


# Thresholds ----------------------------------------------------------------------------------


def test_the_sweep_has_the_benchmark_s_figure_at_its_threshold_and_names_the_best() -> None:
    rows = table_of(random_rows(3, 80))
    sweep, bench = threshold_sweep(rows, 0.33), processbench(rows, 0.33, drawn(rows))
    assert sweep is not None
    assert bench is not None
    point = next(point for point in sweep["points"] if point["threshold"] == 0.33)
    assert point["f1"] == bench["pooled"]["f1"]
    best = max(point["f1"] or 0 for point in sweep["points"])
    assert next(p for p in sweep["points"] if p["threshold"] == sweep["best"])["f1"] == best
