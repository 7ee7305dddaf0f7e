"""What lanes are called: by their strategy, and by what tells them from each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search_core.log.events import Started
from search_core.picture.numbers import counted
from search_core.strategies import STRATEGIES


def lane_names(headers: Sequence[Started], acts: Sequence[int] = ()) -> list[str]:
    """A name for each lane; no two are the same unless the lanes are.

    Args:
        acts: By how many acts of a person each was steered; none unless given.
    """
    facts = [_facts(header) for header in headers]
    steered = [f"steered by {counted(number, 'act')}" if number else "" for number in acts]
    titles = [_title(header) for header in headers]
    names = []
    for title, own in zip(titles, facts, strict=True):
        rivals = [other for name, other in zip(titles, facts, strict=True) if name == title]
        # An option tells lanes of one strategy apart; N and the models any two.
        told = [
            words
            for key, words in own.items()
            if any(
                key in other and other[key] != words
                for other in (facts if key in ("n", "solver", "verifier") else rivals)
            )
        ]
        names.append(", ".join([title, *told]))
    steered += [""] * (len(names) - len(steered))
    return [", ".join(filter(None, both)) for both in zip(names, steered, strict=True)]


def _title(header: Started) -> str:
    known = STRATEGIES.get(header.strategy)
    return known.title if known else header.strategy


def _facts(header: Started) -> Mapping[str, str]:
    known = STRATEGIES.get(header.strategy)
    labels = {spec.name: spec.label for spec in known.options.specs()} if known else {}
    facts = {
        name: f"N {value}" if name == "n" else f"{labels.get(name, name).lower()} {_word(value)}"
        for name, value in header.options.items()
    }
    facts["solver"] = header.solver.name
    # What reads no scores has no verifier of its own.
    if known is None or known.uses_verifier:
        facts["verifier"] = header.verifier.name
    return facts


def _word(value: Any) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else f"{value}"
