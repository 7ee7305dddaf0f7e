"""Which words of a text are terms of the glossary, `assets/glossary.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

GLOSSARY = Path(__file__).resolve().parents[2] / "assets" / "glossary.json"


@dataclass(frozen=True)
class TextPart:
    """A piece of a text.

    Attributes:
        term: Name of the term that it is; "" where it is none.
    """

    text: str
    term: str = ""


@cache
def glossary_terms(path: Path = GLOSSARY) -> dict[str, str]:
    """What each term is called, by its name."""
    groups = json.loads(path.read_text(encoding="utf-8"))["groups"]
    return {entry["name"]: entry["term"] for group in groups for entry in group["terms"]}


def parts_of(text: str) -> list[TextPart]:
    """The text in pieces; what is a term stands alone, also in the plural."""
    return list(_parts(text))


def terms_in(text: str) -> list[str]:
    """Names of the terms in a text, in the order in which they come."""
    return list(dict.fromkeys(part.term for part in _parts(text) if part.term))


def _parts(text: str) -> Iterator[TextPart]:
    pattern, names = _pattern()
    end = 0
    for found in pattern.finditer(text):
        if found.start() > end:
            yield TextPart(text[end : found.start()])
        yield TextPart(found[0], names[found["term"].lower()])
        end = found.end()
    if end < len(text):
        yield TextPart(text[end:])


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern for all terms, the longest first: "beam width" is not "beam"."""
    # "Budget N" is called budget in a sentence.
    names = {re.sub(r" [A-Z]$", "", term).lower(): name for name, term in glossary_terms().items()}
    words = "|".join(re.escape(word) for word in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?P<term>{words})s?(?![\w-])", re.IGNORECASE), names
