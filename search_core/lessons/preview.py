"""A lesson as text: every page with its words, its tree and its question, to be read through."""

from __future__ import annotations

from collections.abc import Iterator

from search_core.lessons.checking import right_options
from search_core.lessons.measured import read_measured
from search_core.lessons.moments import cursor_of
from search_core.lessons.reading import ReadLesson
from search_core.lessons.runs import LessonRun
from search_core.lessons.schema import Page, Question
from search_core.picture import outline


def preview(read: ReadLesson, runs: dict[str, LessonRun]) -> str:
    """The lesson page by page.

    Args:
        runs: As `check_lessons` gives them.
    """
    head = f"Lesson {read.number}: {read.lesson.title}\n{read.lesson.summary}"
    pages = enumerate(read.lesson.pages, 1)
    return "\n\n".join([head, *("\n".join(_page(number, page, runs)) for number, page in pages)])


def _page(number: int, page: Page, runs: dict[str, LessonRun]) -> Iterator[str]:
    yield f"Page {number}: {page.caption}"
    if page.introduces:
        yield f"  new: {', '.join(page.introduces)}"
    if page.measured is not None:
        for bar in read_measured(page.measured).bars:
            work = f", {bar.gigaflops} GFLOPs" if bar.gigaflops else ""
            yield f"  {bar.percent:3d} %{work}  {bar.label}  ({bar.row})"
    for label, reckoned in (page.reckoned or {}).items():
        yield f"  {reckoned.solver} + {reckoned.verifier}  {label}"
    for citation in page.cites:
        yield f"  source: {citation.source}, {citation.address}"
    if page.score:
        yield "  the score of what was predicted"
    if page.trace is None:
        return
    run = runs[page.trace]
    cursor = cursor_of(page.to, run.events)
    yield f"  {page.trace}, {page.from_ or page.to} to {page.to}:"
    yield from (f"  | {line}" for line in outline(run.tree_at(cursor)).splitlines())
    if page.question is not None:
        yield from _question(page.question, run)


def _question(question: Question, run: LessonRun) -> Iterator[str]:
    yield f"  asks: {question.ask}"
    right = right_options(question, run)
    for node_id in question.options:
        score = run.score_of(node_id)
        said = "" if score is None else f", verifier {score:.2f}"
        mark = "right" if node_id in right else "wrong"
        yield f"    ({mark}{said}) {run.tree.nodes[node_id].text}"
    yield f"  says: {question.says}"
