"""Lessons as the browser takes them: moments are counted, what is true is worked out.

    {"lessons": [{"number", "title", "summary", "pages": [page]}], "forms": {"a": […], "b": […]}}

A page is `{"caption": [[text, term]], "introduces", "trace", "from", "to", "seconds", "strong",
"points", "shows", "noise", "rollouts", "question", "measured", "reckoned", "cites",
"score"}`; the keys of what it has not are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from search_core.lessons import noise
from search_core.lessons.checking import check_lessons, right_options
from search_core.lessons.examination import read_examination
from search_core.lessons.measured import Bar, read_measured
from search_core.lessons.moments import cursor_of
from search_core.lessons.reading import ReadLesson
from search_core.lessons.rollouts import DRAWS, EACH, MOST
from search_core.lessons.runs import LessonRun
from search_core.lessons.schema import MeasuredRows, Page, Question
from search_core.lessons.terms import parts_of


def shown_lessons(lessons: Sequence[ReadLesson]) -> dict[str, Any]:
    """All lessons, checked.

    Raises:
        LessonError: One of them is broken.
    """
    runs = check_lessons(lessons)
    return {
        "lessons": [
            {
                "number": read.number,
                "title": read.lesson.title,
                "summary": read.lesson.summary,
                "pages": [_page(page, runs) for page in read.lesson.pages],
            }
            for read in lessons
        ],
        "forms": read_examination().model_dump(),
    }


def _page(page: Page, runs: dict[str, LessonRun]) -> dict[str, Any]:
    shown: dict[str, Any] = {"caption": _parts(page.caption), "introduces": list(page.introduces)}
    if page.score:
        shown["score"] = True
    if page.measured is not None:
        shown["measured"] = _bars(page.measured)
    if page.reckoned is not None:
        shown["reckoned"] = [
            {"label": _parts(label), "solver": work.solver, "verifier": work.verifier}
            for label, work in page.reckoned.items()
        ]
    if page.cites:
        shown["cites"] = [
            {"source": citation.source, "address": citation.address} for citation in page.cites
        ]
    if page.trace is not None:
        shown |= _tree(page, runs[page.trace])
    return shown


def _tree(page: Page, run: LessonRun) -> dict[str, Any]:
    points = [{"id": node_id, "label": label} for node_id, label in page.points.items()]
    shown: dict[str, Any] = {
        "trace": page.trace,
        "from": cursor_of(page.from_ or page.to, run.events),
        "to": cursor_of(page.to, run.events),
        "seconds": page.seconds,
        "points": points,
        "shows": list(page.shows),
    }
    if page.lit:
        shown["strong"] = sorted(run.with_ways(page.lit))
    if page.faded:
        shown["strong"] = sorted({node.id for node in run.tree.steps()} - run.below(page.faded))
    if "noise" in page.shows:
        shown["noise"] = {"levels": list(noise.LEVELS), "draws": noise.DRAWS}
    if page.rollouts:
        shown["rollouts"] = {
            "each": EACH,
            "draws": DRAWS,
            "most": MOST,
            "steps": [_rolled(node_id, run) for node_id in page.rollouts],
        }
    if page.question is not None:
        shown["question"] = _question(page.question, run)
    return shown


def _rolled(node_id: str, run: LessonRun) -> dict[str, Any]:
    """A step, the verifier's score, and how many of the recorded rollouts arrive."""
    right, everyone = run.share_of(node_id).split(" of ")
    return {
        "id": node_id,
        "text": run.tree.nodes[node_id].text,
        "score": run.score_of(node_id),
        "right": int(right),
        "all": int(everyone),
    }


def _question(question: Question, run: LessonRun) -> dict[str, Any]:
    """`same` says which option a click on another step means; `scores` are the verifier's, where
    it has any."""
    scores = {node_id: run.score_of(node_id) for node_id in question.options}
    return {
        "ask": _parts(question.ask),
        "about": question.about,
        "options": [
            {"id": node_id, "text": run.tree.nodes[node_id].text} for node_id in question.options
        ],
        "same": {other: node_id for node_id in question.options for other in run.same_as(node_id)},
        "right": right_options(question, run)[0],
        "scores": {} if None in scores.values() else scores,
        "sure": question.sure,
        "reveal": cursor_of(question.reveal, run.events),
        "says": _parts(question.says),
    }


def _bars(measured: MeasuredRows) -> dict[str, Any]:
    found = read_measured(measured)
    shown: dict[str, Any] = {
        "problems": found.problems,
        "command": found.command,
        "data": found.data,
        "guide": found.guide,
        "quantity": measured.quantity,
        "bars": [_bar(bar) for bar in found.bars],
    }
    if found.against is not None:
        shown["against"] = _bar(found.against)
    if found.ceiling is not None:
        shown["ceiling"] = _bar(found.ceiling)
    return shown


def _bar(bar: Bar) -> dict[str, Any]:
    return {
        "label": _parts(bar.label),
        "row": bar.row,
        "percent": bar.percent,
        "low": bar.low,
        "high": bar.high,
        "solver": bar.solver_flops,
        "verifier": bar.verifier_flops,
    }


def _parts(text: str) -> list[list[str]]:
    return [[part.text, part.term] for part in parts_of(text)]
