"""Recorded cases: a world as tables, what to run in it, and what came out elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from search_core.fidelity.record import SearchRecord
from search_core.fidelity.searching import search_in
from search_core.fidelity.text_world import IndexBy, Onward, TextWorld, WorldError
from search_core.log.events import ScoreValue
from search_core.strategies import OptionError, get_strategy

# search-and-learn's own defaults (its `Config`), by our names, and its names for our options.
_DEFAULTS: dict[str, Any] = {"n": 4, "beam_width": 4, "aggregate": "last"}
_OUR_NAMES = {"num_iterations": "max_steps", "agg_strategy": "aggregate"}


class CaseError(ValueError):
    """A line of a file of cases is no case; the message says which line and why."""


class Case(BaseModel):
    """One recorded case; one line of JSON.

    Attributes:
        strategy: best_of_n, beam_search or dvts, or any other of ours.
        config: search-and-learn's settings by its own names (n, beam_width, num_iterations,
            agg_strategy, lookahead, filter_duplicates, sort_completed), or our options by
            ours. What is not there has search-and-learn's default.
        index_by, onward: What the sample index counts.
        steps: [prefix, sample index, text, whether it ended] of every sample.
        scores: The score of every prefix.
        expected: What to hold the search against, as `SearchRecord` names it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    strategy: str
    config: dict[str, bool | int | float | str] = {}
    index_by: IndexBy = "text"
    onward: Onward = "first"
    steps: list[tuple[str, int, str, bool]]
    scores: dict[str, ScoreValue]
    expected: dict[str, Any] = {}

    def world(self) -> TextWorld:
        """The recorded solver and verifier."""
        steps = {(prefix, index): (text, ended) for prefix, index, text, ended in self.steps}

        def step(prefix: str, index: int) -> tuple[str, bool]:
            if (prefix, index) not in steps:
                raise WorldError(f"Sample {index} of {prefix!r:.200} was not recorded.")
            return steps[prefix, index]

        def score(prefix: str) -> float:
            if prefix not in self.scores:
                raise WorldError(f"The score of {prefix!r:.200} was not recorded.")
            return self.scores[prefix]

        return TextWorld(step, score)


def published_options(strategy: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Options that make a strategy do what search-and-learn does with these settings.

    An empty step does not end a solution here, though the published code asks for it: its
    solver returns the delimiter with the step, so the text that it looks at is never empty
    but at an end.

    Raises:
        OptionError: There is no such strategy or option.
    """
    chosen = get_strategy(strategy)
    known = {spec.name for spec in chosen.options.specs()}
    asked = {_OUR_NAMES.get(name, name): value for name, value in config.items()}
    values = _DEFAULTS | dict(chosen.as_published) | {"empty_ends": False}
    values = {name: value for name, value in values.items() if name in known} | asked
    chosen.options.from_values(values)
    return values


def replay(case: Case) -> SearchRecord:
    """Run a case as published.

    Raises:
        OptionError: There is no such strategy or option.
        WorldError: The search asked for what was not recorded: it went another way.
    """
    options = published_options(case.strategy, case.config)
    return search_in(
        case.world(), case.strategy, options, index_by=case.index_by, onward=case.onward
    )


def read_cases(path: Path) -> Iterator[Case]:
    """The cases of a file, one JSON object a line.

    Raises:
        CaseError: A line is no case.
        OSError: The file cannot be read.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield Case.model_validate(json.loads(line))
                except (json.JSONDecodeError, ValidationError, RecursionError) as error:
                    reason = str(error).replace("\n", " ")[:300]
                    raise CaseError(f"Line {number} of {path.name} is no case: {reason}") from None


__all__ = ["Case", "CaseError", "OptionError", "published_options", "read_cases", "replay"]
