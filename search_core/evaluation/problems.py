"""The problems of an evaluation: drawn from the embedded families, or read from a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from search_core.problem import Problem


def draw_problems(
    families: Sequence[str], levels: Sequence[int] | None, count: int, seed: int, split: str
) -> list[Problem]:
    """`count` problems of each family, in equal parts of each level.

    Args:
        families: Names of embedded families.
        levels: Levels to draw; None for all of a family's. What a family lacks is left to
            the others; at least one family must have each.
        count: Problems of each family, at least 1. Where it cannot be divided evenly, the
            first levels get one more.
        seed: Same seed, same problems.
        split: "train", "verifier" or "test".

    Raises:
        ValueError: A family, level, split or count does not exist.
    """
    from search_core.embedded import FAMILIES, generate

    if count < 1:
        raise ValueError(f"The count of problems is {count}; it must be at least 1.")
    unknown = [name for name in families if name not in FAMILIES]
    if unknown or not families:
        raise ValueError(
            f"Got families {', '.join(unknown) or '(none)'}; expected {', '.join(FAMILIES)}."
        )
    problems: list[Problem] = []
    for name in families:
        family_levels = FAMILIES[name].levels
        chosen = [level for level in levels or family_levels if level in family_levels]
        if not chosen:
            raise ValueError(
                f"Got level {', '.join(map(str, levels or ()))}; {name} has "
                f"{family_levels.start} to {family_levels.stop - 1}."
            )
        for place, level in enumerate(chosen):
            share = count // len(chosen) + (place < count % len(chosen))
            problems += generate(name, level, share, seed, split)
    return problems


def problem_line(problem: Problem) -> str:
    """One line of NDJSON, without the line break; fields that are unknown are left out."""
    values = {name: value for name, value in asdict(problem).items() if value is not None}
    return json.dumps(values, ensure_ascii=False)


def read_problems(path: Path) -> list[Problem]:
    """Problems from a file that `problem_line` could have written.

    Raises:
        ValueError: A line is no problem, or has no reference answer to grade by.
        OSError: The file cannot be read.
    """
    problems = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            problems.append(_problem(line, f"{path}, line {number}"))
    if not problems:
        raise ValueError(f"{path} holds no problem; expected one JSON object per line.")
    return problems


def _problem(line: str, where: str) -> Problem:
    try:
        values = json.loads(line)
    except ValueError as error:
        raise ValueError(f"{where} is not JSON ({error}); expected one problem.") from error
    if not isinstance(values, dict) or not isinstance(values.get("text"), str):
        raise ValueError(f'{where} has no "text"; expected {{"text": …, "answer": …}}.')
    if not isinstance(values.get("answer"), str | int | float):
        raise ValueError(f'{where} has no "answer", so nothing can be right or wrong.')
    family, level = values.get("family"), values.get("level")
    if not isinstance(family, str | None) or not isinstance(level, int | None):
        raise ValueError(f'{where}: "family" must be text and "level" a whole number.')
    return Problem(values["text"], str(values["answer"]), family, level)
