"""The harness: what a world is asked, what a record says, and what a case may be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from search_core.fidelity import (
    Case,
    CaseError,
    TextWorld,
    WorldError,
    differences,
    published_options,
    read_cases,
    replay,
    search_in,
)
from search_core.run.replies import ProtocolError
from search_core.strategies import STRATEGIES, OptionError
from search_core.testing import chance
from tests.test_cli_solve import invoke, said

Asked = list[tuple[str, int]]


def listening(
    step: Callable[[str, int], tuple[str, bool]], score: Callable[[str], float] = lambda _: 0.5
) -> tuple[TextWorld, Asked]:
    """A world, and the list of what it was asked for."""
    asked: Asked = []

    def heard(prefix: str, index: int) -> tuple[str, bool]:
        asked.append((prefix, index))
        return step(prefix, index)

    return TextWorld(heard, score), asked


def three_deep(prefix: str, _: int) -> tuple[str, bool]:
    """All paths are the same: a, b, and the end."""
    depth = prefix.count("\n\n")
    return ("a", "b", "The answer is 1.")[depth], depth == 2


BEAM = {"n": 4, "beam_width": 2, "max_steps": 3}


@pytest.mark.parametrize(
    ("index_by", "second_round"),
    # The beam is two paths with one text, each named twice: A, B, A, B.
    [("text", [0, 1, 2, 3]), ("node", [0, 0, 1, 1]), ("slot", [0, 1, 2, 3])],
)
def test_what_the_index_counts(index_by: Any, second_round: list[int]) -> None:
    world, asked = listening(three_deep)
    search_in(world, "beam_search", BEAM | {"filter_duplicates": False}, index_by=index_by)
    assert asked[:4] == [("", index) for index in range(4)]
    assert asked[4:8] == [("a\n\n", index) for index in second_round]


def test_slots_and_texts_differ_where_prefixes_do() -> None:
    def step(prefix: str, index: int) -> tuple[str, bool]:
        return (f"{index}", False) if not prefix else (f"The answer is {index}.", True)

    indices = {}
    for index_by in ("text", "slot"):
        world, asked = listening(step)
        search_in(world, "dvts", BEAM, index_by=index_by)  # type: ignore[arg-type]
        indices[index_by] = asked[4:]
    assert indices["text"] == [("0\n\n", 0), ("0\n\n", 1), ("2\n\n", 0), ("2\n\n", 1)]
    assert [index for _, index in indices["slot"]] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("onward", "later"), [("first", [0, 0, 0]), ("same", [0, 1, 2]), ("count", [0, 1, 2])]
)
def test_the_index_of_steps_in_one_call(onward: Any, later: list[int]) -> None:
    world, asked = listening(three_deep)
    search_in(world, "best_of_n", {"n": 3}, onward=onward)
    assert [index for prefix, index in asked if not prefix] == [0, 1, 2]
    assert [index for prefix, index in asked if prefix == "a\n\n"] == later


def test_the_same_index_is_kept_by_those_that_go_on() -> None:
    def step(prefix: str, index: int) -> tuple[str, bool]:
        return ("The answer is 1.", True) if index == 0 or prefix else ("on", False)

    world, asked = listening(step)
    search_in(world, "best_of_n", {"n": 3}, onward="same")
    assert asked == [("", 0), ("", 1), ("", 2), ("on\n\n", 1), ("on\n\n", 2)]


def test_lookahead_has_index_0_and_is_not_counted() -> None:
    world, asked = listening(three_deep)
    search_in(world, "dvts", BEAM | {"n": 2, "lookahead": 1})
    after_a = [index for prefix, index in asked if prefix == "a\n\n"]
    assert after_a == [0, 0, 0, 1]  # two looks ahead, then two samples


def test_the_delimiter_may_be_in_the_text_or_not() -> None:
    def with_delimiter(prefix: str, index: int) -> tuple[str, bool]:
        text, ended = three_deep(prefix, index)
        return text if ended else text + "\n\n", ended

    plain = search_in(TextWorld(three_deep, lambda _: 0.5), "beam_search", BEAM)
    assert search_in(TextWorld(with_delimiter, lambda _: 0.5), "beam_search", BEAM) == plain


def test_the_verifier_sees_the_texts_that_the_reference_sees() -> None:
    seen: list[str] = []

    def score(prefix: str) -> float:
        seen.append(prefix)
        return 0.5

    search_in(TextWorld(three_deep, score), "best_of_n", {"n": 1})
    assert seen == ["a\n\n", "a\n\nb\n\n", "a\n\nb\n\nThe answer is 1."]


def test_an_end_without_text_adds_nothing_to_a_product() -> None:
    world = TextWorld(lambda prefix, _: ("", True) if prefix else ("a", False), lambda _: 0.5)
    product = search_in(world, "best_of_n", {"n": 1, "aggregate": "prod", "answerless_vote": True})
    assert product.votes["weighted"] == [["", 0.5, 1]]
    assert product.pred == "a\n\n"
    last = search_in(world, "best_of_n", {"n": 1, "answerless_vote": True})
    assert last.scores == [[0.5, 0.5]]


@pytest.mark.parametrize(
    "said_by_world", [("a\n\nb", False), ("a\n\nb", True), ("a\n\n", True), (1, True), ("a", "yes")]
)
def test_what_cannot_be_a_step_is_refused(said_by_world: Any) -> None:
    world = TextWorld(lambda *_: said_by_world, lambda _: 0.5)
    with pytest.raises(WorldError, match="continues ''"):
        search_in(world, "best_of_n", {"n": 1})


def test_a_score_out_of_range_is_refused() -> None:
    with pytest.raises(ProtocolError, match="text world gave score 2"):
        search_in(TextWorld(three_deep, lambda _: 2), "best_of_n", {"n": 1})


# Records ------------------------------------------------------------------------------------


def test_a_record_says_what_happened_round_by_round() -> None:
    children = {"": "xxyz", "x\n\n": "1p", "y\n\n": "q2"}
    scores = {"x\n\n": 0.9, "y\n\n": 0.8, "z\n\n": 0.1, "x\n\n1": 0.3, "y\n\n2": 0.7}

    def step(prefix: str, index: int) -> tuple[str, bool]:
        text = children[prefix][index]
        return text, text.isdigit()

    world = TextWorld(step, lambda prefix: scores.get(prefix, 0.5))
    options = {"n": 4, "beam_width": 2, "max_steps": 2, "answerless_vote": True, "judge": "best"}
    record = search_in(world, "beam_search", options)
    first, second = record.rounds
    assert first.sampled_from == [""] * 4
    assert first.sampled == ["x\n\n", "x\n\n", "y\n\n", "z\n\n"]
    assert (first.merged, first.kept, first.pruned) == (["x\n\n"], ["x\n\n", "y\n\n"], ["z\n\n"])
    assert second.sampled_from == ["x\n\n", "y\n\n", "x\n\n", "y\n\n"]
    assert second.completed == record.completed == ["x\n\n1", "y\n\n2"]
    assert second.pruned == ["y\n\nq\n\n", "x\n\np\n\n"]
    assert record.completions == ["y\n\n2", "x\n\n1"]
    assert record.scores == [[0.8, 0.7], [0.9, 0.3]]
    assert record.pred == "y\n\n2"
    assert json.loads(json.dumps(record.to_dict())) == record.to_dict()


def test_rounds_name_what_was_looked_at_ahead() -> None:
    record = search_in(TextWorld(three_deep, lambda _: 0.5), "dvts", BEAM | {"lookahead": 2})
    assert record.rounds[0].looked_ahead == ["a\n\nb\n\nThe answer is 1."] * 4
    assert len(record.rounds) == 3


def test_differences_name_the_place_and_both_sides() -> None:
    record = search_in(TextWorld(three_deep, lambda _: 0.5), "best_of_n", {"n": 2})
    assert differences(record, record.to_dict()) == []
    assert differences(record, {"pred": record.pred, "scores": [[0.5, 0.5, 0.5 + 1e-12]] * 2}) == []
    assert differences(record, {"pred": "b"}) == [f"pred: got {record.pred!r}, expected 'b'"]
    [found] = differences(record, {"scores": [[0.5, 0.4, 0.5], [0.5, 0.5, 0.5]]})
    assert found == "scores 0 1: got 0.5, expected 0.4"
    assert differences(record, {"rounds": [{"kept": ["a"]}]})[0].startswith("rounds 0 kept: got []")
    assert differences(record, {"rounds": []})[0].startswith("rounds: got [")
    assert differences(record, {"prde": "b"}) == ["prde: nothing of this name is recorded"]


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_every_strategy_runs_in_a_world_of_texts(name: str) -> None:
    def step(prefix: str, index: int) -> tuple[str, bool]:
        ended = chance("end", prefix, index) < 0.4
        return (f"The answer is {index}." if ended else f"step {index}"), ended

    world = TextWorld(step, lambda prefix: chance("score", prefix))
    record = search_in(world, name, {"max_steps": 6})
    assert record.rounds[0].sampled
    assert record.pred in record.completions
    assert record == search_in(world, name, {"max_steps": 6})


# Cases --------------------------------------------------------------------------------------


def case_values(**changes: Any) -> dict[str, Any]:
    values = {
        "name": "two samples",
        "strategy": "best_of_n",
        "config": {"n": 2, "agg_strategy": "min"},
        "steps": [["", 0, "a\n\n", False], ["", 1, "no", True], ["a\n\n", 0, "yes", True]],
        "scores": {"a\n\n": 0.75, "a\n\nyes": 0.5, "no": 0.25},
        "expected": {"completions": ["a\n\nyes", "no"], "pred": "a\n\nyes"},
    }
    return values | changes


def write(path: Path, *cases: object) -> Path:
    path.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    return path


def test_a_case_is_replayed_as_published() -> None:
    case = Case.model_validate(case_values())
    record = replay(case)
    assert differences(record, case.expected) == []
    assert record.options["answerless_vote"] is True
    assert record.votes["best"] == [["", 0.5, 2]]


def test_what_was_not_recorded_is_named() -> None:
    with pytest.raises(WorldError, match="Sample 2 of '' was not recorded"):
        replay(Case.model_validate(case_values(config={"n": 3})))
    with pytest.raises(WorldError, match="score of 'no' was not recorded"):
        replay(Case.model_validate(case_values(scores={"a\n\n": 1, "a\n\nyes": 1})))


def test_published_options_take_either_names_and_have_the_defaults_of_the_reference() -> None:
    config = {"n": 8, "num_iterations": 7, "agg_strategy": "prod", "sort_completed": True}
    options = published_options("beam_search", config)
    assert (options["n"], options["max_steps"], options["aggregate"]) == (8, 7, "prod")
    assert options["sort_completed"] is True
    assert options["filter_duplicates"] is False
    assert published_options("dvts", {"max_steps": 7})["max_steps"] == 7
    assert published_options("dvts", {})["n"] == published_options("best_of_n", {})["n"] == 4
    assert published_options("dvts", {})["max_steps"] == 40
    with pytest.raises(OptionError, match="temperature"):
        published_options("dvts", {"temperature": 0.8})


@pytest.mark.parametrize("line", ["{", "[]", '{"strategy": "dvts"}', "[" * 5000])
def test_a_line_that_is_no_case_is_named(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "cases.jsonl", case_values())
    path.write_text(path.read_text() + "\n" + line + "\n")
    with pytest.raises(CaseError, match=r"Line 3 of cases\.jsonl"):
        list(read_cases(path))


def test_the_command_says_how_many_agree_and_where_the_others_differ(tmp_path: Path) -> None:
    good, out = case_values(), tmp_path / "ours.jsonl"
    agreed = invoke("fidelity", str(write(tmp_path / "a.jsonl", good, good)), "--out", str(out))
    assert agreed.exit_code == 0
    assert "2 of 2 agree." in said(agreed)
    assert [json.loads(line)["pred"] for line in out.read_text().splitlines()] == ["a\n\nyes"] * 2
    wrong = case_values(name="", expected={"pred": "no"})
    lost = case_values(name="lost", config={"n": 3})
    path = write(tmp_path / "b.jsonl", good, wrong, lost)
    differed = invoke("fidelity", str(path))
    assert differed.exit_code == 1
    assert "1 of 3 agree." in said(differed)
    assert "case 2: pred: got" in said(differed)
    assert "lost: Sample 2 of '' was not recorded." in said(differed)
    values = json.loads(invoke("fidelity", str(path), "--json").stdout)
    assert values["agree"] == 1
    assert [len(case["differences"]) for case in values["cases"]] == [0, 1, 1]


@pytest.mark.parametrize("case", [case_values(strategy="beem"), case_values(config={"n": 0}), {}])
def test_a_bad_case_is_a_usage_error(tmp_path: Path, case: object) -> None:
    result = invoke("fidelity", str(write(tmp_path / "bad.jsonl", case)))
    assert result.exit_code == 2
