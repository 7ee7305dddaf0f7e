"""Holds what lessons say to their runs, to what was measured, and to the glossary.

Nothing here runs a model: what a step is worth is computed exactly, as the problems are those of
the embedded families.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from search_core.lessons.measured import MeasuredError, read_measured
from search_core.lessons.moments import MomentError, cursor_of
from search_core.lessons.reading import LessonError, Place, ReadLesson
from search_core.lessons.runs import LessonRun
from search_core.lessons.schema import Facts, Page, Question, ReckonedWork, RunRecipe
from search_core.lessons.terms import glossary_terms, terms_in
from search_core.log.events import Started
from search_core.log.traces import TraceError, read_trace

_NUMBERS = re.compile(r"\d+(?:\.\d+)?")
Mistake = tuple[Place, str]


def check_lessons(lessons: Sequence[ReadLesson]) -> dict[str, LessonRun]:
    """Check every page of every lesson, in the order of reading.

    Returns:
        The runs that the lessons show, by the name of their trace.

    Raises:
        LessonError: Something is not as it is said; the message names file and line.
    """
    runs: dict[str, LessonRun] = {}
    recipes: dict[str, RunRecipe] = {}
    known: set[str] = set()
    for read in lessons:
        for name, recipe in read.lesson.traces.items():
            if recipes.setdefault(name, recipe) != recipe:
                raise read.error(("traces", name), f"{name} is another run in an earlier lesson.")
            if name not in runs:
                runs[name] = _run(read, name, recipe)
        for number, page in enumerate(read.lesson.pages):
            for place, said in _mistakes(page, read, runs, known):
                raise read.error(("pages", number, *place), said)
            known |= set(page.introduces)
        unused = set(read.lesson.traces) - {page.trace for page in read.lesson.pages}
        if unused:
            name = min(unused)
            raise read.error(("traces", name), f"no page shows {name}.")
    return runs


def _run(read: ReadLesson, name: str, recipe: RunRecipe) -> LessonRun:
    path = read.trace_path(name)
    again = "Record it: python -m search_core lessons record"
    try:
        trace = read_trace(path)
    except (OSError, TraceError) as error:
        raise read.error(("traces", name), f"{path} cannot be read: {error} {again}") from error
    for key, got, expected in _differences(recipe, trace.started):
        said = f"{path} has {key} {got!r}, expected {expected!r}. {again}"
        raise read.error(("traces", name, key), said)
    return LessonRun(trace)


def _differences(recipe: RunRecipe, header: Started) -> Iterator[tuple[str, Any, Any]]:
    """What of a recipe a recorded run was not made from."""
    yield from (
        (key, got, expected)
        for key, got, expected in (
            ("problem", header.problem.text, recipe.problem),
            ("strategy", header.strategy, recipe.strategy),
            ("seed", header.seed, recipe.seed),
            ("solver", header.solver.name, f"solver-{recipe.solver}"),
            ("verifier", header.verifier.name, f"verifier-{recipe.verifier}"),
        )
        if got != expected
    )
    options = {key: header.options.get(key) for key in recipe.options}
    if options != recipe.options:
        yield "options", options, recipe.options


def _mistakes(
    page: Page, read: ReadLesson, runs: dict[str, LessonRun], known: set[str]
) -> Iterator[Mistake]:
    yield from _about_terms(page, known)
    if page.measured is not None:
        try:
            measured = read_measured(page.measured)
        except MeasuredError as error:
            yield ("measured",), str(error)
            return
        yield from _about_numbers(page, measured.numbers)
    if page.reckoned is not None:
        yield from _about_numbers(page, _reckoned_numbers(page.reckoned))
    if page.trace is None:
        return
    if page.trace not in read.lesson.traces:
        names = ", ".join(read.lesson.traces) or "none"
        yield ("trace",), f"no trace is called {page.trace!r}; this file has {names}."
        return
    run = runs[page.trace]
    try:
        end = cursor_of(page.to, run.events)
        begin = cursor_of(page.from_ or page.to, run.events)
    except MomentError as error:
        yield ("to",), str(error)
        return
    if begin > end:
        yield ("from",), f"{page.from_!r} comes after {page.to!r}; a page plays forward."
    there = run.tree_at(end).nodes
    for name in ("lit", "faded", "points", "rollouts"):
        for node_id in getattr(page, name):
            if node_id not in there:
                yield (name,), f"the tree has no step {node_id!r} at {page.to!r}."
                return
    if page.facts is not None:
        yield from ((("facts", *place), said) for place, said in _about_facts(page.facts, run))
    if "share" in page.shows and not page.lit:
        yield ("shows",), "share counts among the steps that are lit; name them in lit."
    yield from _about_rollouts(page, read.lesson.traces.get(page.trace), run)
    if "noise" in page.shows and run.header.strategy != "best_of_n":
        yield ("shows",), "noise leaves only the steps of best_of_n as they are; show such a run."
    if page.question is not None:
        yield from (
            (("question", *place), said)
            for place, said in _about_question(page.question, run, there, end)
        )
    shares = page.facts.shares.values() if page.facts else ()
    yield from _about_numbers(page, _numbers_of(run).union(*map(_share_numbers, shares)))


def _about_rollouts(page: Page, recipe: RunRecipe | None, run: LessonRun) -> Iterator[Mistake]:
    """Only what goes on can be rolled out, and it is shown beside a score."""
    if page.rollouts and recipe is not None and recipe.solver != "small":
        yield ("rollouts",), f"are written by the small solver; the run is of {recipe.solver!r}."
    for node_id in page.rollouts:
        node = run.tree.nodes[node_id]
        if node.ended != "step" or node.score is None:
            yield ("rollouts",), f"step {node_id!r} has ended, or has no score; choose another."


def _about_terms(page: Page, known: set[str]) -> Iterator[Mistake]:
    """No term before its page, and none is introduced that is not said there."""
    says = page.question.says if page.question else ""
    texts: list[tuple[Place, str]] = [(("caption",), page.caption)]
    if page.question is not None:
        texts += [(("question", "ask"), page.question.ask), (("question", "says"), says)]
    if page.measured is not None:
        labels = (*page.measured.bars, *page.measured.against, *page.measured.ceiling)
        texts += [(("measured", "bars"), label) for label in labels]
    texts += [(("reckoned",), label) for label in page.reckoned or ()]
    for name in page.introduces:
        if name not in glossary_terms():
            yield ("introduces",), f"the glossary has no term {name!r}."
        elif name in known:
            yield ("introduces",), f"{name!r} was introduced on an earlier page."
        elif not any(name in terms_in(text) for _, text in texts):
            yield ("introduces",), f"{name!r} is introduced and not said on this page."
    for place, text in texts:
        for name in terms_in(text):
            if name not in known and name not in page.introduces:
                word = glossary_terms()[name]
                yield place, f"says {word!r}, a term that no page has introduced: {name}."


def _about_facts(facts: Facts, run: LessonRun) -> Iterator[Mistake]:
    if facts.answers and facts.answers != run.answers:
        yield ("answers",), f"got {facts.answers}, the run has {run.answers}."
    for method, answer in facts.chosen.items():
        if run.chosen_by(method) != answer:
            yield ("chosen",), f"{method} chooses {run.chosen_by(method)!r}, not {answer!r}."
    if facts.right is not None and facts.right != run.problem.answer:
        yield ("right",), f"the right answer is {run.problem.answer!r}, not {facts.right!r}."
    for who, work in facts.work.items():
        if run.work_of(who) != work:
            yield ("work", who), f"the {who} does {run.work_of(who)} MFLOPs, not {work}."
    if facts.steps is not None and facts.steps != len(list(run.tree.steps())):
        yield ("steps",), f"the run has {len(list(run.tree.steps()))} steps, not {facts.steps}."
    for node_id, share in facts.shares.items():
        if node_id in run.tree.nodes and run.share_of(node_id) != share:
            yield ("shares", node_id), f"{run.share_of(node_id)} are right, not {share}."
    named = {*facts.shares, *facts.scores, *facts.pruned, *facts.false_steps, *facts.true_steps}
    for node_id in sorted(named - set(run.tree.nodes)):
        yield (), f"the run has no step {node_id!r}."
        return
    for node_id, score in facts.scores.items():
        got = run.score_of(node_id)
        if got is None or f"{got:.2f}" != f"{score:.2f}":
            yield ("scores", node_id), f"step {node_id} has the score {got}, not {score}."
    for node_id in facts.pruned:
        if run.tree.nodes[node_id].state != "pruned":
            yield ("pruned",), f"step {node_id} is {run.tree.nodes[node_id].state}, not pruned."
    for node_id in facts.false_steps:
        if run.holds(node_id):
            yield ("false_steps",), f"step {node_id} holds."
    for node_id in facts.true_steps:
        if not run.holds(node_id):
            yield ("true_steps",), f"step {node_id} does not hold."


def _about_question(
    question: Question, run: LessonRun, there: dict[str, Any], end: int
) -> Iterator[Mistake]:
    for node_id in question.options:
        if node_id not in there:
            yield ("options",), f"the tree has no step {node_id!r} when the question is asked."
            return
    try:
        if cursor_of(question.reveal, run.events) < end:
            yield ("reveal",), f"{question.reveal!r} comes before the question."
    except MomentError as error:
        yield ("reveal",), str(error)
    right = right_options(question, run)
    if len(right) != 1:
        yield ("options",), f"of {question.options} {right} are right, expected exactly one."


def right_options(question: Question, run: LessonRun) -> list[str]:
    """The options that are right, as far as the exact checker and the reference know."""
    if question.about == "keep":
        return [node_id for node_id in question.options if run.holds(node_id)]
    return [node_id for node_id in question.options if run.first_mistake(node_id) == node_id]


def _numbers_of(run: LessonRun) -> set[str]:
    """Every number that the words of a page may take from its run."""
    texts = [run.problem.text, run.problem.answer or ""]
    texts += [node.text for node in run.tree.steps()]
    found = {number for text in texts for number in _NUMBERS.findall(text)}
    scores = (run.score_of(node.id) for node in run.tree.steps())
    found |= {f"{score:.2f}" for score in scores if score is not None}
    counts = [*run.answers.values(), sum(run.answers.values()), len(run.answers)]
    counts += [len(list(run.tree.steps())), run.work_of("solver"), run.work_of("verifier")]
    return found | {str(count) for count in counts} | {"0", "1"}


def _share_numbers(share: str) -> set[str]:
    right, everyone = share.split(" of ")
    return {right, everyone, f"{int(right) / int(everyone):.2f}"}


def _reckoned_numbers(reckoned: Mapping[str, ReckonedWork]) -> set[str]:
    works = [(work.solver, work.verifier) for work in reckoned.values()]
    return {
        str(part) for solver, verifier in works for part in (solver, verifier, solver + verifier)
    }


def _about_numbers(page: Page, numbers: set[str]) -> Iterator[Mistake]:
    """Numbers in digits are those of the run, or of what was measured."""
    numbers = numbers.union(*(citation.numbers for citation in page.cites))
    texts: list[tuple[Place, str]] = [(("caption",), page.caption)]
    if page.question is not None:
        texts += [
            (("question", "says"), page.question.says),
            (("question", "ask"), page.question.ask),
        ]
    for place, text in texts:
        for number in _NUMBERS.findall(text):
            if number not in numbers:
                yield place, f"says {number}, which is not in the run, nor measured."


__all__ = ["LessonError", "check_lessons", "right_options"]
