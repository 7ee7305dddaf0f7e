"""Every published kind of labelled file, in rows written by us in its form."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from search_core.labelled import (
    KINDS,
    NO_ERROR,
    LabelledFileError,
    read_labelled,
    read_trees,
)
from search_core.labelled.kinds.hard2verify import ENCRYPTED
from search_core.log.traces import Trace, parse_trace, write_trace
from tests.labelled_kinds import (
    DEEP,
    FILES,
    TREES,
    complaint,
    golden_rows,
    solutions,
)
from tests.test_labelled_reading import TRACES, written

# All of them ---------------------------------------------------------------------------------


def test_every_kind_is_told_by_its_content() -> None:
    assert {"trace", *FILES} == set(KINDS)
    for name, path in FILES.items():
        assert read_labelled(path).kind.name == name
    assert read_labelled(TRACES / "word-problem-greedy.jsonl").kind.name == "trace"
    for name in set(FILES) - {"tree_log"}:
        for row in golden_rows(name):
            assert next(kind.name for kind in KINDS.values() if kind.recognised(row)) == name


def test_no_golden_row_has_columns_that_its_kind_does_not_know() -> None:
    for path in FILES.values():
        file = read_labelled(path)
        assert [*file]
        assert file.report.other_columns == {}


@pytest.mark.parametrize("name", TREES)
def test_trees_are_traces_that_are_read_again(tmp_path: Path, name: str) -> None:
    for trace in read_trees(FILES[name]):
        write_trace(trace.events, tmp_path / "a.jsonl")
        again = parse_trace((tmp_path / "a.jsonl").read_bytes())
        assert again == Trace(trace.events)
        assert again.tree.to_dict() == trace.tree.to_dict()


@pytest.mark.parametrize("name", TREES)
def test_too_deep_a_tree_is_refused_and_its_solutions_are_not(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / "a.jsonl", DEEP[name])
    file = read_trees(path)
    with pytest.raises(LabelledFileError, match="is deeper than 200 steps"):
        list(file)
    assert file.report.left_out == 1
    if name != "tree_log":
        assert max(len(each.steps) for each in solutions(path)) == 201


# Math-Shepherd -------------------------------------------------------------------------------


def test_math_shepherd_in_both_forms_with_stray_marks_and_without_step_1() -> None:
    file = read_labelled(FILES["math_shepherd"])
    hens, old_form, stray, bare = file
    assert hens.problem == "A hen has 2 legs. How many legs have 4 hens?"
    assert hens.steps == (
        "Step 1: Each hen has 2 legs.",
        "Step 2: So it is 4 * 2 = 8. The answer is: 8",
    )
    assert (hens.labels, hens.answer, hens.split) == ((1.0, 1.0), "8", "GSM8K")
    assert old_form.labels == (0.0, 0.0, 0.0)
    assert old_form.steps[1] == "Step 2: 5 * 3 = 15"
    assert stray.problem == "Let  be a mark. What is 1 + 1?"
    assert stray.steps == ("step 1: It is 2.", "Step 2: Step 1: was right.")
    assert stray.labels == (1.0, 0.0)
    assert (bare.problem, bare.steps[0]) == ("What is 1 + 2?", "It is 3.")
    told = file.report.said()
    assert "Stray step marks within problems, whose labels are left out: 1." in told
    assert "not whether the step is right" in told


@pytest.mark.parametrize(
    ("text", "label", "why"),
    [
        ("Why? Step 1: a ки", "Why? Step 1: b +", "has another text in 'label' than in 'input'"),
        ("Why? Step 1: a ки", "Why? Step 1: a *", "has '*' in place of mark 1; expected + or -"),
        ("It is. a ки", "It is. a +", "has neither 'Step 1:' nor a question mark"),
        ("Step 1: a ки", "Step 1: a +", "has no text in 'input'"),
    ],
)
def test_bad_rows_of_math_shepherd_are_named(
    tmp_path: Path, text: str, label: str, why: str
) -> None:
    assert why in complaint(written(tmp_path / "a.jsonl", {"input": text, "label": label}))


def test_a_step_without_a_mark_has_no_label(tmp_path: Path) -> None:
    row = {"input": "Why? Step 1: a ки\nb", "label": "Why? Step 1: a +\nb"}
    (only,) = solutions(written(tmp_path / "a.jsonl", row))
    assert (only.steps, only.labels) == (("Step 1: a", "b"), (1.0, None))


# TRL, PRMBench, Hard2Verify ------------------------------------------------------------------


def test_trl_reads_soft_labels_from_the_second_column() -> None:
    hard, soft = solutions(FILES["trl"])
    assert (hard.problem, hard.labels, hard.first_error) == (soft.problem, (1.0, 0.0), 1)
    assert soft.labels == (0.75, 1.0)
    assert hard.group == soft.group


def test_prmbench_counts_from_1_and_an_error_outside_is_left_out() -> None:
    file = read_labelled(FILES["prmbench"])
    found = {each.id: each for each in file}
    assert list(found) == [
        "counterfactual_prm_test_p1_0",
        "redundency_prm_test_p1_0",
        "correct_prm_test_p1_0",
        "multi_solutions_prm_test_p1_0",
    ]
    wrong, redundant, correct, another = found.values()
    assert wrong.labels == (1.0, 1.0, 0.0)
    assert (redundant.labels, redundant.first_error) == ((1.0, 0.0, 1.0), 1)
    assert (correct.category, correct.labels) == ("correct", (1.0, 1.0))
    assert another.first_error == NO_ERROR
    assert len({each.group for each in found.values()}) == 1
    assert file.report.complaints == ["line 3 has 2 in 'error_steps', and 1 steps; expected 1 to 1"]


def test_prmbench_has_no_step_0(tmp_path: Path) -> None:
    row = {**golden_rows("prmbench")[0], "error_steps": [0]}
    assert "has 0 in 'error_steps', and 3 steps; expected 1 to 3" in complaint(
        written(tmp_path / "a.jsonl", row)
    )


def test_hard2verify_is_decrypted_in_memory_and_marked_as_secret() -> None:
    file = read_labelled(FILES["hard2verify"])
    sound, wrong, late = file
    assert (sound.problem, sound.steps) == ("Add 1 and 2.", ("1 + 2 = 3", "It is 3."))
    assert [each.first_error for each in (sound, wrong, late)] == [NO_ERROR, 0, 1]
    assert wrong.labels == (0.0, 0.0, 0.0)
    assert late.problem == "Add 5 and 5."  # encrypted as a text, and not as JSON
    assert all(each.secret for each in (sound, wrong, late))
    assert "must not be written" in file.report.said()
    assert "Add" not in FILES["hard2verify"].read_text(encoding="utf-8")


def encrypted(values: dict[str, Any], canary: str) -> dict[str, Any]:
    key = hashlib.sha256(canary.encode()).digest()
    hidden = {
        name: bytes(
            a ^ b for a, b in zip(json.dumps(values[name]).encode(), key * 99, strict=False)
        )
        for name in ENCRYPTED
    }
    return {"canary": canary, **{n: base64.b64encode(data).decode() for n, data in hidden.items()}}


def test_what_the_canary_does_not_decrypt_is_named_without_its_text(tmp_path: Path) -> None:
    values = dict(zip(ENCRYPTED, ("Hidden?", ["a secret", "b"], [1, 0], 0), strict=True))
    row = encrypted(values, "a canary")
    told = complaint(written(tmp_path / "a.jsonl", row))
    assert told == "line 1 has 0 as its first error, and labels that say 1"
    for bad in ({**row, "canary": "another"}, {**row, "question": "###"}, {**row, "canary": None}):
        told = complaint(written(tmp_path / "a.jsonl", bad))
        assert "canary" in told
        assert "secret" not in told
