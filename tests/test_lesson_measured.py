"""What lessons say was measured, reckoned or counted is held to the file, the card or the run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from search_core.lessons import FOLDER, LessonError, check_lessons, read_lessons, shown_lessons
from search_core.lessons.measured import MeasuredError, read_measured
from search_core.lessons.runs import LessonRun
from search_core.lessons.schema import Citation, MeasuredRows, Page
from search_core.log.traces import read_trace

REAL = {read.number: read for read in read_lessons()}


def rows(data: str, *names: str, **more: object) -> MeasuredRows:
    bars = dict(zip("abcdef", names, strict=False))
    return MeasuredRows.model_validate({"data": data, "bars": bars, **more})


def test_a_card_is_read_by_family_with_its_intervals() -> None:
    names = [f"n={count} best by score" for count in (1, 4, 16, 32)]
    found = read_measured(rows("verifier-early", *names, family="word"))
    assert [bar.percent for bar in found.bars] == [43, 32, 20, 12]
    assert all(bar.low < bar.value < bar.high for bar in found.bars)
    assert found.problems == 60
    assert found.data == "assets/models/verifier-early/espalier.json"
    assert found.guide == "results_models"
    with pytest.raises(MeasuredError, match="a card has no average family"):
        read_measured(rows("verifier-early", *names))


def test_a_stream_is_measured_by_how_long_it_had_to_go_on() -> None:
    found = read_measured(rows("solver-stream", "greedy at 1", "greedy at 40", family="countdown"))
    assert [bar.percent for bar in found.bars] == [69, 34]
    assert found.problems == 320


def test_a_family_has_its_own_problems_and_work() -> None:
    names = ("best_of_n@4/best", "greedy (solver-large)")
    whole, word = (
        read_measured(rows("evaluation.json", *names, family=family, quantity="flops"))
        for family in ("average", "word")
    )
    assert (whole.problems, word.problems) == (900, 300)
    assert [bar.gigaflops for bar in whole.bars] == ["4.6", "5.3"]
    # Lesson 10 says of word problems: for less work than one answer of the large solver.
    four, large = (float(bar.gigaflops) for bar in word.bars)
    assert four < large


def test_what_the_last_lessons_say_of_work_is_so() -> None:
    expressions = read_measured(
        rows(
            "evaluation.json",
            "best_of_n@64/best",
            "greedy (solver-large)",
            family="expression",
            quantity="flops",
        )
    )
    many, once = (float(bar.gigaflops) for bar in expressions.bars)
    assert round(many / once) == 8
    traces = {
        name: LessonRun(read_trace(FOLDER / "traces" / f"{name}.jsonl"))
        for name in ("adam-judged", "adam-beam", "adam-large")
    }
    work = {name: run.work_of("solver") + run.work_of("verifier") for name, run in traces.items()}
    assert 0.6 < work["adam-beam"] / work["adam-judged"] < 0.7  # "a third less"
    judge = traces["adam-judged"].work_of("verifier") / work["adam-judged"]
    assert 0.4 < judge < 0.5  # "nearly half is the verifier's"
    sizes = [traces[name].header.solver.parameters for name in ("adam-large", "adam-judged")]
    assert 4.5 < sizes[0] / sizes[1] < 5  # type: ignore[operator]  # "nearly five times"


def test_what_is_compared_without_a_number_is_measured_too() -> None:
    names = ("best_of_n@16/best", "beam_search@16/weighted", "dvts@16/weighted")
    best, beam, dvts = read_measured(rows("evaluation.json", *names, quantity="flops")).bars
    # "Its solver writes less, and its verifier reads more"; "beam search costs most", "DVTS costs
    # least, and is right no less often".
    assert beam.solver_flops < best.solver_flops
    assert beam.verifier_flops > best.verifier_flops
    assert float(dvts.gigaflops) < float(best.gigaflops) < float(beam.gigaflops)
    assert dvts.percent >= beam.percent
    # "4 attempts, for less work than one answer of the large solver".
    pair = ("best_of_n@4/best", "greedy (solver-large)")
    words = read_measured(rows("evaluation.json", *pair, family="word", quantity="flops"))
    small, large = (float(bar.gigaflops) for bar in words.bars)
    assert small < large


def test_what_no_choice_can_exceed_is_no_bar_among_the_others() -> None:
    names = ("best_of_n@16/majority", "best_of_n@16/best")
    found = read_measured(rows("evaluation.json", *names, ceiling={"most": "best_of_n@16/any"}))
    assert found.ceiling is not None
    assert [bar.row for bar in found.bars] == list(names)
    assert max(bar.percent for bar in found.bars) < found.ceiling.percent == 84
    assert "84" in found.numbers
    lessons = shown_lessons(list(REAL.values()))["lessons"]
    pages = [page for lesson in lessons for page in lesson["pages"]]
    of_any = [
        bar
        for page in pages
        for bar in page.get("measured", {}).get("bars", [])
        if bar["row"].endswith(("/any", " oracle"))
    ]
    assert of_any == []
    assert sum("ceiling" in page.get("measured", {}) for page in pages) == 2


def test_the_intervals_that_are_said_to_overlap_do() -> None:
    names = ("single_stream (solver-stream, countdown)", "best_of_n@16/best")
    stream, many = read_measured(rows("strategies.json", *names, family="countdown")).bars
    assert stream.high > many.low


def test_rollouts_are_bars_with_the_score_that_was_given() -> None:
    measured = rows(
        "evaluation.json", "0.0 to 0.1", "0.9 to 1.0", family="word", quantity="rollouts"
    )
    low, high = read_measured(measured).bars
    assert 0 < low.low == low.high < 0.1
    assert 0.9 < high.low < 1
    assert low.value < 0.1 < 0.9 < high.value
    with pytest.raises(MeasuredError, match="rollouts are told by family"):
        read_measured(measured.model_copy(update={"family": "average"}))


def test_a_curve_needs_work_and_is_sent_with_its_line() -> None:
    against = {"large": "n=4 majority"}
    names = ("n=1 majority", "n=4 majority")
    with pytest.raises(MeasuredError, match="says nothing of FLOPs"):
        read_measured(rows("verifier-early", *names, family="word", against=against))
    pages = shown_lessons(list(REAL.values()))["lessons"][9]["pages"]
    curves = [page["measured"] for page in pages if "measured" in page]
    assert len(curves) == 3
    assert all(curve["against"]["percent"] > 0 for curve in curves)
    assert [curve["problems"] for curve in curves] == [900, 300, 300]


def test_what_is_reckoned_says_from_what() -> None:
    reckoned = {"caption": "One.", "reckoned": {"a": {"solver": 1}}}
    with pytest.raises(ValidationError, match="reckons and cites nothing"):
        Page.model_validate(reckoned)
    for address in ("http://arxiv.org/abs/1", "https://example.org/x", "javascript:alert(1)"):
        with pytest.raises(ValidationError, match="should match pattern"):
            Citation.model_validate({"source": "x", "address": address})


LIES = {
    7: ("work: {solver: 939,", "work: {solver: 938,", "the solver does 939 MFLOPs, not 938"),
    8: ('shares: {"0": 5 of 7}', 'shares: {"0": 6 of 7}', "5 of 7 are right, not 6 of 7"),
    9: ("steps: 26", "steps: 25", "the run has 26 steps, not 25"),
    10: ("it is 78 against 58", "it is 79 against 58", "says 79, which is not"),
}


@pytest.mark.parametrize("number", LIES)
def test_a_lesson_that_lies_is_refused(tmp_path: Path, number: int) -> None:
    old, new, said = LIES[number]
    (tmp_path / "traces").symlink_to(FOLDER / "traces")
    for read in REAL.values():
        shutil.copy(read.path, tmp_path / read.path.name)
    path = tmp_path / REAL[number].path.name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(LessonError) as caught:
        check_lessons(read_lessons(tmp_path))
    assert said in str(caught.value)
    assert f"{path.name}, line " in str(caught.value)


def test_share_counts_only_over_steps_that_are_lit(tmp_path: Path) -> None:
    (tmp_path / "traces").symlink_to(FOLDER / "traces")
    text = (FOLDER / "1_one_guess.yaml").read_text(encoding="utf-8")
    path = tmp_path / "1_one_guess.yaml"
    path.write_text(text.replace("to: start\n", "to: start\n    shows: [share]\n", 1), "utf-8")
    with pytest.raises(LessonError, match="share counts among the steps that are lit"):
        check_lessons(read_lessons(tmp_path))
