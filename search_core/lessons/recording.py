"""Records the runs of lessons from their recipes, with the embedded models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from search_core.lessons.reading import ReadLesson
from search_core.lessons.schema import RunRecipe
from search_core.search import SearchResult, search


def record_run(recipe: RunRecipe) -> SearchResult:
    """One run, as its recipe says; its steps are the same each time.

    Raises:
        OptionError, ValueError: The recipe names no strategy, or an option that it has not.
    """
    options: dict[str, Any] = dict(recipe.options)
    return search(
        recipe.problem,
        recipe.strategy,
        solver=recipe.solver,
        verifier=recipe.verifier,
        seed=recipe.seed,
        **options,
    )


def record_lessons(
    lessons: Sequence[ReadLesson],
    names: Sequence[str] = (),
    heard: Callable[[str], None] = lambda _: None,
) -> None:
    """Record the runs of these names, or all, each once.

    Args:
        heard: Told, in a line, of each that was recorded.

    Raises:
        LessonError: A recipe cannot be run, or no lesson has a trace of a name.
        OSError: A trace cannot be written.
    """
    recorded: set[str] = set()
    for read in lessons:
        for name, recipe in read.lesson.traces.items():
            if name in recorded or (names and name not in names):
                continue
            try:
                result = record_run(recipe)
            except ValueError as error:
                raise read.error(("traces", name), str(error)) from error
            path = read.trace_path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            result.save(path)
            recorded.add(name)
            heard(f"{name}: {len(result.tree.nodes) - 1} steps, the answer {result.answer}")
    for name in names:
        if name not in recorded:
            known = sorted({trace for read in lessons for trace in read.lesson.traces})
            raise lessons[0].error(("traces",), f"no trace {name!r:.50}; known: {known}.")
