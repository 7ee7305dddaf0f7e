"""Lessons as data: those that are shipped are true, and a broken one is named with its line."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from search_core.lessons import (
    FOLDER,
    LessonError,
    check_lessons,
    read_lessons,
    reading,
    shown_lessons,
)
from search_core.lessons.checking import right_options
from search_core.lessons.moments import MomentError, cursor_of
from search_core.lessons.preview import preview
from search_core.lessons.reading import ReadLesson
from search_core.lessons.recording import record_lessons
from search_core.lessons.schema import MOST_WORDS, words_in
from search_core.lessons.terms import parts_of, terms_in
from search_core.log.traces import read_trace

REAL = read_lessons()
FIRST = REAL[0].path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The first lesson and its run, to be broken."""
    shutil.copytree(FOLDER / "traces", tmp_path / "traces")
    shutil.copy(FIRST, tmp_path / FIRST.name)
    return tmp_path


def edited(folder: Path, old: str, new: str) -> int:
    """Replace a text of the first lesson; the line where it stands."""
    path = folder / FIRST.name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def refusal(folder: Path) -> str:
    with pytest.raises(LessonError) as caught:
        check_lessons(read_lessons(folder))
    return str(caught.value)


def test_the_lessons_that_are_shipped_are_as_they_say() -> None:
    runs = check_lessons(REAL)
    assert [read.number for read in REAL] == list(range(1, len(REAL) + 1))
    recorded = {path.stem for path in (FOLDER / "traces").glob("*.jsonl")}
    assert recorded == set(runs), "a run is recorded that no lesson shows"


def test_every_page_has_at_most_forty_words() -> None:
    for read in REAL:
        for page in read.lesson.pages:
            assert 0 < words_in(page.caption) <= MOST_WORDS == 40


def test_no_term_is_said_before_its_page() -> None:
    known: set[str] = set()
    for read in REAL:
        for page in read.lesson.pages:
            known |= set(page.introduces)
            asked = f"{page.question.ask} {page.question.says}" if page.question else ""
            assert set(terms_in(f"{page.caption} {asked}")) <= known
    assert {"problem", "solver", "verifier", "majority_vote", "pruned"} <= known


BREAKS = {
    "an unknown key": ("    to: start\n", "    too: start\n", "unknown key 'too'; known: caption"),
    "an unknown trace": (
        "    trace: maya-once\n",
        "    trace: maya\n",
        "no trace is called 'maya'",
    ),
    "a moment that is none": ("    to: start\n", "    to: round 77\n", "and no 'round 77'"),
    "a word for none": ("    to: start\n", "    to: tomorrow\n", "no moment 'tomorrow'"),
    "a step that is not there": (
        'options: ["0", "0.0", "0.0.0"]',
        'options: ["0", "5.0", "0.0.0"]',
        "no step '5.0'",
    ),
    "two right options": (
        'options: ["0", "0.0", "0.0.0"]',
        'options: ["0.0", "0.0.0"]',
        "expected exactly one",
    ),
    "a wrong count": ("answers: {61: 1}", "answers: {61: 2}", "the run has {'61': 1}"),
    "a true step called false": ('right: "23"', 'right: "24"', "the right answer is '23'"),
    "a number from nowhere": ("The solver says 61", "The solver says 62", "says 62, which is not"),
    "a term too early": ("Here is a problem.", "Here is a problem for the verifier.", "'Verifier'"),
    "a term that is not said": (
        "introduces: [problem, answer]",
        "introduces: [problem, answer, score]",
        "'score' is introduced and not said",
    ),
    "too many words": ("Here is a problem.", "Here is a problem. " + "word " * 40, "has 54 words"),
    "something that is no YAML": ("pages:\n", "pages: [\n", "this is no YAML"),
    "another seed than was recorded": ("    seed: 2\n", "    seed: 3\n", "has seed 2, expected 3"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_lesson_is_refused_with_its_file_and_line(folder: Path, name: str) -> None:
    old, new, said = BREAKS[name]
    line = edited(folder, old, new)
    message = refusal(folder)
    assert said in message
    assert f"{FIRST.name}, line " in message
    # What is wrong on another line than the key that says so is named nearby.
    told = int(message.split(", line ")[1].split(":")[0])
    assert abs(told - line) <= 16


def test_a_key_that_stands_twice_is_refused(folder: Path) -> None:
    line = edited(folder, "    to: start\n", "    to: start\n    to: end\n")
    assert f"line {line + 1}: 'to' stands here twice" in refusal(folder)


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("&it [*it]\n", "line 2: what stands here is used once more"),
        ("[&it [a], *it]\n", "line 2: what stands here is used once more"),
        ("[" * 100_000, "nested too deeply|exceeded maximum nesting depth"),
        ("[" * 900 + "]" * 900, "nested too deeply"),
    ],
    ids=["in itself", "twice", "deep", "deep enough for YAML"],
)
def test_what_has_no_end_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, loader: str, written: str, said: str
) -> None:
    monkeypatch.setattr(reading, "_LOADER", getattr(yaml, loader))
    (folder / FIRST.name).write_text("title: One guess\npages: " + written, encoding="utf-8")
    with pytest.raises(LessonError, match=said):
        read_lessons(folder)


def test_lessons_have_numbers_without_a_gap(folder: Path) -> None:
    shutil.copy(FIRST, folder / "3_a_gap.yaml")
    assert "has no lesson 2" in refusal(folder)
    (folder / "3_a_gap.yaml").rename(folder / "1_again.yaml")
    assert "is lesson 1 already" in refusal(folder)
    (folder / "1_one_guess.yaml").rename(folder / "guess.yaml")
    assert "expected a name like" in refusal(folder)


def test_a_run_that_is_missing_says_how_it_is_recorded(folder: Path) -> None:
    (folder / "traces" / "maya-once.jsonl").unlink()
    assert "python -m search_core lessons record" in refusal(folder)


def test_moments_are_places_in_the_log() -> None:
    events = read_trace(FOLDER / "traces" / "make-31.jsonl").events
    at = {name: cursor_of(name, events) for name in ("start", "vote", "end")}
    assert at["start"] == 1
    assert at["end"] == len(events)
    assert events[at["vote"]].kind == "voted"
    assert events[cursor_of("step 3", events) - 1].kind == "sampled"
    written, scored, over = (
        cursor_of(f"round 1{part}", events) for part in (" written", " scored", "")
    )
    assert events[written].kind == "scored"
    assert events[scored].kind == "decided"
    assert events[over].kind == "sampled"
    assert at["start"] < written < scored < over < at["vote"]
    with pytest.raises(MomentError, match="There is no moment 'step 3 written'"):
        cursor_of("step 3 written", events)


def test_terms_are_found_whole_and_in_the_plural() -> None:
    parts = [
        (part.text, part.term) for part in parts_of("Two majority votes, a budget, no voters.")
    ]
    assert parts == [
        ("Two ", ""),
        ("majority votes", "majority_vote"),
        (", a ", ""),
        ("budget", "budget"),
        (", no voters.", ""),
    ]


def test_a_brier_score_is_not_the_score_of_a_step() -> None:
    assert terms_in("The Brier score is small.") == ["brier_score"]
    assert terms_in("Beam search keeps its score.") == ["beam_search", "score"]


def test_no_question_asks_for_what_a_page_before_has_said() -> None:
    """No page before says of the right step that it is right or wrong, nor the right answer."""
    runs = check_lessons(REAL)
    said: set[tuple[str, str]] = set()
    for read in REAL:
        for page in read.lesson.pages:
            if page.trace is None:
                continue
            run = runs[page.trace]
            problem, nodes = run.problem.text, run.tree.nodes
            if page.question is not None and not page.question.ask.startswith("You know"):
                (right,) = right_options(page.question, run)
                told = nodes[right].answer or nodes[right].text
                assert (problem, told) not in said, f"{read.path.name}: {page.question.ask}"
            if page.facts is not None:
                named = [*page.facts.true_steps, *page.facts.false_steps, *page.facts.pruned]
                said |= {(problem, nodes[one].text) for one in [*named, *page.facts.scores]}
                said |= {(problem, page.facts.right or "")}


def test_the_browser_gets_the_truth_from_the_checker_and_the_score_from_the_run() -> None:
    pages = [page for lesson in shown_lessons(REAL)["lessons"] for page in lesson["pages"]]
    questions: list[dict[str, Any]] = [page["question"] for page in pages if "question" in page]
    assert len(questions) >= 4
    for page in pages:
        if "question" in page:
            question = page["question"]
            options = [option["id"] for option in question["options"]]
            assert question["right"] in options
            assert page["to"] <= question["reveal"]
            assert {question["same"][node_id] for node_id in options} == set(options)
            assert set(question["scores"]) in (set(), set(options))
    counted = [question for question in questions if question["sure"]]
    assert all(question["scores"] for question in counted)
    # In one of them the verifier is right, in another it is fooled: both can be learned.
    best = [max(one["scores"], key=one["scores"].get) == one["right"] for one in counted]
    assert True in best
    assert False in best


def test_a_page_that_fades_draws_the_rest_strongly() -> None:
    read = REAL[2]
    strong = set(shown_lessons(REAL)["lessons"][2]["pages"][4]["strong"])
    assert strong > set(read.lesson.pages[4].lit)
    assert strong == {"0", "0.0", "0.0.0", "0.0.0.0", "2", "2.0", "2.0.0"}


def test_every_page_is_in_the_preview() -> None:
    runs = check_lessons(REAL)
    for read in REAL:
        text = preview(read, runs)
        assert text.count("\nPage ") == len(read.lesson.pages)
        for page in read.lesson.pages:
            assert page.caption in text


@pytest.mark.models
def test_a_run_is_recorded_as_it_is_kept(folder: Path) -> None:
    before = read_trace(folder / "traces" / "maya-once.jsonl")
    (folder / "traces" / "maya-once.jsonl").unlink()
    lessons: list[ReadLesson] = read_lessons(folder)
    heard: list[str] = []
    record_lessons(lessons, ["maya-once"], heard.append)
    check_lessons(lessons)
    after = read_trace(folder / "traces" / "maya-once.jsonl")
    assert [node.text for node in after.tree.steps()] == [node.text for node in before.tree.steps()]
    assert heard == ["maya-once: 3 steps, the answer 61"]
    with pytest.raises(LessonError, match="no trace 'nobody'"):
        record_lessons(lessons, ["nobody"])


def test_keys_are_read_as_text() -> None:
    values = yaml.safe_load(FIRST.read_text(encoding="utf-8"))
    assert values["pages"][3]["facts"]["answers"] == {61: 1}
    facts = REAL[0].lesson.pages[3].facts
    assert facts is not None
    assert facts.answers == {"61": 1}
