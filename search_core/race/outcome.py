"""Who won a race, in plain words: who is right, who was cheapest of those, where they part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from search_core.picture.numbers import format_count, format_flops

_Row = Mapping[str, Any]

_STOPPED = "stopped before its end"
"""What such a lane has by then is no verdict on its strategy."""

_GROUPS: tuple[tuple[Callable[[_Row], bool], str], ...] = (
    (lambda row: row["status"] == "cancelled", _STOPPED),
    (lambda row: row["right"] is True, "right"),
    (lambda row: row["answer"] is None, "without an answer"),
    (lambda row: row["right"] is False, "wrong"),
    (lambda row: True, "undecided"),
)
"""What a lane came to; the first that holds."""


def outcome(rows: Sequence[_Row], partings: Sequence[Mapping[str, Any] | None]) -> str:
    """What came of a race, in two or three sentences.

    Args:
        rows: Of each lane its row of the table.
        partings: Of each lane but the first, where it parts from the first; None: nowhere.
    """
    named = _named(rows)
    known = any(row["known"] for row in rows)
    told = _verdicts(rows, named) if known else _answers(rows)
    return " ".join(filter(None, (told, _cheapest(rows, named), _parting(partings))))


def _named(rows: Sequence[_Row]) -> list[str]:
    """In a sentence: "Beam search (N 16)". Lanes that are the same are told apart by number."""
    names = [row["name"] for row in rows]
    return [
        _bracketed(name) if names.count(name) == 1 else f"lane {place}"
        for place, name in enumerate(names, start=1)
    ]


def _bracketed(name: str) -> str:
    title, comma, rest = name.partition(", ")
    return f"{title} ({rest})" if comma else title


def _verdicts(rows: Sequence[_Row], names: Sequence[str]) -> str:
    groups: dict[str, list[str]] = {words: [] for _, words in _GROUPS}
    for row, name in zip(rows, names, strict=True):
        groups[next(words for holds, words in _GROUPS if holds(row))].append(name)
    groups[_STOPPED] = groups.pop(_STOPPED)  # told last
    told = {words: lanes for words, lanes in groups.items() if lanes}
    if list(told) == ["right"]:
        return f"{_all(rows)} are right."
    if not groups["right"]:
        sentence = "No lane is right"
        rest = {words: lanes for words, lanes in told.items() if words != "wrong"}
        if rest:
            sentence += ": " + "; ".join(_are(lanes, words) for words, lanes in rest.items())
        return f"{sentence}."
    return _sentence("; ".join(_are(lanes, words) for words, lanes in told.items()))


def _answers(rows: Sequence[_Row]) -> str:
    """Of a problem whose answer is not known there is only who agrees."""
    answers = {row["answer"] for row in rows}
    if answers == {None}:
        return "No lane found an answer."
    if len(answers) == 1:
        agree = f"{_all(rows)} give the same answer"
    else:
        agree = "The lanes give different answers"
    return f"{agree}; which is right is not known."


def _cheapest(rows: Sequence[_Row], names: Sequence[str]) -> str:
    """Of several lanes that are right, the one with the fewest tokens and the fewest FLOPs."""
    lanes = zip(names, rows, strict=True)
    right = [(name, row) for name, row in lanes if row["right"] and row["status"] != "cancelled"]
    # A lane that took steps over from another run has in its row only what was new of its work.
    if len(right) < 2 or any(row["again"] for _, row in right):
        return ""
    tokens = min(row["tokens"] for _, row in right)
    writers = {name for name, row in right if row["tokens"] == tokens}
    works = {name: _work(row) for name, row in right}
    known = [work for work in works.values() if work is not None]
    told = f"{format_count(tokens)} tokens"
    workers = writers
    if len(known) == len(right):
        workers = {name for name, work in works.items() if work == min(known)}
        told += f" and {format_flops(min(known))}"
    both = [name for name, _ in right if name in writers & workers]
    if len(both) == len(right):
        return f"They cost the same: {told} each."
    if both:
        return f"Cheapest of these: {_listed(both)}, with {told}."
    fewest, least = ([name for name in works if name in some] for some in (writers, workers))
    return (
        f"Of these {_listed(fewest)} wrote the fewest tokens, {format_count(tokens)}; "
        f"{_listed(least)} took the least work, {format_flops(min(known))}."
    )


def _work(row: _Row) -> float | None:
    """FLOPs of solver and verifier; None where a foreign solver's are not known."""
    solver: float = row["solver_flops"]
    verifier: float = row["verifier_flops"]
    return None if row["tokens"] and not solver else solver + verifier


def _parting(partings: Sequence[Mapping[str, Any] | None]) -> str:
    parted = [parting for parting in partings if parting]
    if not parted:
        return "Their trees are the same to the end."
    first = min(min(parting["rounds"]) for parting in parted)
    return (
        f"They part in round {first}."
        if len(partings) == 1
        else f"They first part in round {first}."
    )


def _all(rows: Sequence[_Row]) -> str:
    return "Both lanes" if len(rows) == 2 else f"All {len(rows)} lanes"


def _are(lanes: Sequence[str], words: str) -> str:
    one, more = ("was", "were") if words == _STOPPED else ("is", "are")
    return f"{_listed(lanes)} {one if len(lanes) == 1 else more} {words}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
