"""The test before and after: both forms are right, and no wording gives an answer away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from search_core.lessons import LessonError, read_lessons
from search_core.lessons.examination import (
    FORMS,
    MOST_LONGER,
    QUESTIONS,
    ExamNode,
    ExamQuestion,
    nodes_of,
    read_examination,
)
from search_core.lessons.terms import terms_in

LESSONS = read_lessons()
EXAMINATION = read_examination()
BOTH = [pytest.param(EXAMINATION.a, id="a"), pytest.param(EXAMINATION.b, id="b")]


def test_both_forms_are_about_the_lessons_that_there_are() -> None:
    numbers = {read.number for read in LESSONS}
    for form in (EXAMINATION.a, EXAMINATION.b):
        assert len(form) == QUESTIONS == 6
        assert {number for question in form for number in question.lessons} == numbers


def test_the_forms_ask_the_same_with_other_numbers() -> None:
    for one, other in zip(EXAMINATION.a, EXAMINATION.b, strict=True):
        assert (one.table is None) == (other.table is None)
        assert (one.tree is None) == (other.tree is None)
        assert (one.table, one.tree) != (other.table, other.tree)
        assert one.options != other.options
        assert one.options[one.right - 1] != other.options[other.right - 1]


# What is right is worked out anew, from what the question shows -----------------------------------


def _column(question: ExamQuestion, number: int) -> list[str]:
    assert question.table is not None
    return [row[number] for row in question.table.rows]


def _steps(question: ExamQuestion) -> list[ExamNode]:
    assert question.tree is not None
    return question.tree


def _score(node: ExamNode) -> float:
    assert node.score is not None
    return node.score


def voted(question: ExamQuestion) -> str:
    """In how many rows right attempts are more than those that share the commonest mistake."""
    rows = [[int(cell.removesuffix(" %")) for cell in pair] for pair in _parts_of(question)]
    assert all(right != wrong and right + wrong <= 100 for right, wrong in rows)
    halves = str(sum(right > 50 for right, _ in rows))
    assert halves in question.options, "who takes a majority for more than half is offered that"
    found = str(sum(right > wrong for right, wrong in rows))
    assert found not in (halves, str(len(rows)))
    return found


def _parts_of(question: ExamQuestion) -> list[tuple[str, str]]:
    return list(zip(_column(question, 1), _column(question, 2), strict=True))


def best_score(question: ExamQuestion) -> str:
    scores = [float(score) for score in _column(question, -1)]
    return _column(question, 0)[scores.index(max(scores))]


def beam(question: ExamQuestion) -> str:
    """How many steps are written: all first ones, and what follows the two that are kept."""
    steps = sorted(_steps(question), key=_score)
    assert max(map(_score, steps[0].then)) > max(_score(n) for s in steps[1:] for n in s.then)
    return str(len(steps) + sum(len(step.then) for step in steps[-2:]))


def kept_by_dvts(question: ExamQuestion) -> str:
    """Of the options the one that is best in its subtree; and the form tells nothing: as many are
    offered of each subtree, and one of them would be kept if all were ranked together."""
    subtrees = _steps(question)
    offered = [{node.name for node in step.then} & {*question.options} for step in subtrees]
    assert len({*map(len, offered)}) == 1
    steps = sorted((node for step in subtrees for node in step.then), key=_score)
    by_beam = {node.name for node in steps[-len(subtrees) :]} & {*question.options}
    (found,) = {max(step.then, key=_score).name for step in subtrees} & {*question.options}
    assert len(by_beam) == 1
    assert found not in by_beam
    return found


def overrated(question: ExamQuestion) -> str:
    """Where the score is most above the share of rollouts that are right. It is neither the highest
    score, nor the lowest share, nor the largest gap of both kinds."""
    scores = [float(score) for score in _column(question, 1)]
    pairs = zip(_column(question, 3), _column(question, 2), strict=True)
    shares = [int(right) / int(rollouts) for right, rollouts in pairs]
    gaps = [score - share for score, share in zip(scores, shares, strict=True)]
    place = gaps.index(max(gaps))
    assert place not in (
        scores.index(max(scores)),
        shares.index(min(shares)),
        gaps.index(max(gaps, key=abs)),
    )
    return _column(question, 0)[place]


def fair_line(question: ExamQuestion) -> str:
    work = sum(
        int(parameters.removesuffix("B")) * (int(answer) + int(dead))
        for parameters, answer, dead in zip(
            *(_column(question, number) for number in (1, 2, 3)), strict=True
        )
    )
    assert "once in 100 tokens" in question.ask
    return f"{work // 100}B"


WORKED_OUT: tuple[Callable[[ExamQuestion], str], ...] = (
    *(voted, best_score, beam, kept_by_dvts, overrated, fair_line),
)


@pytest.mark.parametrize("form", BOTH)
def test_what_is_called_right_is_what_the_table_or_the_tree_gives(
    form: list[ExamQuestion],
) -> None:
    for question, work_out in zip(form, WORKED_OUT, strict=True):
        assert question.options[question.right - 1] == work_out(question), question.ask
        if question.table is not None:
            assert len({len(row) for row in question.table.rows}) == 1
        scores = [node.score for node, _ in nodes_of(question.tree or [])]
        assert len(set(scores)) == len(scores), "no two steps are equally good"


# Nobody guesses what is right ---------------------------------------------------------------------


@pytest.mark.parametrize("form", BOTH)
def test_no_place_is_right_more_often_than_chance(form: list[ExamQuestion]) -> None:
    places = [question.right for question in form]
    assert max(places.count(place) for place in places) <= 2


@pytest.mark.parametrize("form", BOTH)
def test_choices_do_not_give_themselves_away(form: list[ExamQuestion]) -> None:
    """Numbers and names: of one length, without a word that hedges, in an order of their own."""
    longest = shortest = 0
    for question in form:
        lengths = [len(option) for option in question.options]
        right = len(question.options[question.right - 1])
        assert max(lengths) - min(lengths) <= MOST_LONGER
        assert all(len(option.split()) == 1 for option in question.options)
        assert question.options == sorted(question.options, key=lambda said: (len(said), said))
        longest += right == max(lengths) and lengths.count(right) == 1
        shortest += right == min(lengths) and lengths.count(right) == 1
    by_chance = sum(1 / len(question.options) for question in form)
    assert longest <= by_chance
    assert shortest <= by_chance


@pytest.mark.parametrize("form", BOTH)
def test_no_simple_rule_answers_more_than_chance(form: list[ExamQuestion]) -> None:
    """The largest, the smallest and the one that stands most often in the question: rules of one
    who understands nothing."""
    largest = sum(question.right == len(question.options) for question in form)
    smallest = sum(question.right == 1 for question in form)
    assert max(largest, smallest) <= 2
    told = [
        _often(question, question.right)
        > max(_often(question, other) for other in _others(question))
        for question in form
    ]
    assert sum(told) <= 1


def _others(question: ExamQuestion) -> list[int]:
    return [place for place in range(1, len(question.options) + 1) if place != question.right]


def _often(question: ExamQuestion, place: int) -> int:
    """How often an option stands in what the question shows."""
    said = [cell for row in question.table.rows for cell in row] if question.table else []
    for node, _ in nodes_of(question.tree or []):
        said += [node.name, *([node.answer] if node.answer else [])]
    return said.count(question.options[place - 1])


@pytest.mark.parametrize("form", BOTH)
def test_every_question_needs_a_word_of_its_lessons(form: list[ExamQuestion]) -> None:
    introduced = {
        read.number: {name for page in read.lesson.pages for name in page.introduces}
        for read in LESSONS
    }
    known = set().union(*introduced.values())
    for question in form:
        head = " ".join(question.table.columns) if question.table else ""
        said = set(terms_in(f"{question.ask} {head}"))
        own = set().union(*(introduced[number] for number in question.lessons))
        assert said & own, f"{question.ask} can be answered without lessons {question.lessons}"
        assert said <= known, f"{question.ask} says what no lesson introduces"


# What may stand in the file -----------------------------------------------------------------------

BREAKS = {
    "right": ("    right: 2\n", "    right: 5\n", "has 4 options, and says that 5 is right"),
    "parallel": ("  - lessons: [3]\n", "  - lessons: [4]\n", "not the same"),
    "a key": ("    right: 2\n", "    rigth: 2\n", "unknown key 'rigth'; known: lessons, ask"),
    "a key of a table": ("      rows:\n", "      lines:\n", "unknown key 'lines'; known: columns"),
    "a key of a tree": (
        "{name: A1, score: 0.20}",
        "{name: A1, scores: 0.20}",
        "unknown key 'scores'; known: name, score, answer, then",
    ),
    "a number of a table": (
        '["18", "0.62",',
        '["18", 0.62,',
        "Input should be a valid string, got 0.62",
    ),
    "a row": (
        '[J, "40 %", "25 %"]',
        '[J, "40 %"]',
        "has 2 cells in row 1, and 3 columns",
    ),
    "a score": ("        score: 0.72\n", "        score: 7.2\n", "less than or equal to 1"),
    "a name twice": ("{name: A2,", "{name: A1,", "has two steps 'A1' in its tree"),
    "too deep": (
        "{name: A1, score: 0.20}",
        "{name: A1, then: [{name: X, then: [{name: Y}]}]}",
        "has a tree of more than 3 steps in a row",
    ),
    "a longer option": ("[P2, P3, Q1, Q2]", "[P2, P3, Q1, Quebec]", "the longest is guessed"),
    "an option twice": ("[P2, P3, Q1, Q2]", "[P2, P3, Q1, Q1]", "has an option twice"),
    "two things": (
        '    options: ["18",',
        '    tree: [{name: J}]\n    options: ["18",',
        "has both table and tree",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_test_is_refused_with_its_line(tmp_path: Path, name: str) -> None:
    old, new, said = BREAKS[name]
    text = FORMS.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "forms.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LessonError, match=r"forms\.yaml, line \d+: ") as caught:
        read_examination(path)
    assert said in str(caught.value)
