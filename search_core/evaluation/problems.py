"""The problems of an evaluation that are drawn from the embedded families."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

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
