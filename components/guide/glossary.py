"""The glossary: one file of terms, for the page, for the guide, and for whoever explains something.

`python -m components.guide.glossary` writes the guide's page of it anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import fill

from components.guide.pages import FOLDER
from components.places import GUIDE

TERMS = FOLDER.parent / "glossary.json"
PAGE = FOLDER / "glossary.md"
_WIDTH = 110
_HEAD = """# Glossary

One word for one thing, and the field's own where it has one. On the page each of these words
explains itself where it is pointed at, focused or tapped.
"""


class GlossaryError(ValueError):
    """The file of terms is not as it must be; the message says where."""


@dataclass(frozen=True)
class Term:
    """One word of the field.

    Attributes:
        name: Identifier: what `data-term` says on the page.
        term: The word itself.
        says: What it means, in one plain sentence.
        where: Where it is to be seen on the page; "" where it is nowhere.
        link: A page of the guide, and a section of it: `slug#section` or `slug`.
        group: The heading that it stands under.
    """

    name: str
    term: str
    says: str
    where: str
    link: str
    group: str


@cache
def read_glossary(path: Path = TERMS) -> tuple[Term, ...]:
    """All terms, in the order of reading.

    Raises:
        GlossaryError: A name is there twice, or a term lacks what it needs.
    """
    terms: dict[str, Term] = {}
    for group in json.loads(path.read_text(encoding="utf-8"))["groups"]:
        for entry in group["terms"]:
            try:
                term = Term(**{"where": "", **entry}, group=group["title"])
            except TypeError as error:
                raise GlossaryError(f"{path}: {entry} is no term: {error}.") from error
            if term.name in terms:
                raise GlossaryError(f"{path}: {term.name} is there twice; give each one name.")
            terms[term.name] = term
    return tuple(terms.values())


def terms_of_page() -> dict[str, dict[str, str]]:
    """The terms as `assets/js/guide/terms.js` takes them, by name."""
    return {
        term.name: {
            "term": term.term,
            "says": term.says,
            "where": term.where,
            "address": f"{GUIDE.address}{term.link}",
        }
        for term in read_glossary()
    }


def glossary_page() -> str:
    """The guide's page of all terms, as Markdown."""
    lines = [_HEAD]
    group = ""
    for term in read_glossary():
        if term.group != group:
            group = term.group
            lines += [*([""] if len(lines) > 1 else []), f"## {group}", ""]
        where = f" *On the page: {_inside(term.where)}*" if term.where else ""
        slug, _, section = term.link.partition("#")
        address = f"{slug}.md#{section}" if section else f"{slug}.md"
        line = f"- [**{term.term}**]({address}): {_inside(term.says)}{where}"
        lines.append(fill(line, _WIDTH, subsequent_indent="  ", break_on_hyphens=False))
    return "\n".join(lines) + "\n"


def _inside(sentence: str) -> str:
    """A sentence that goes on after a colon; what is an abbreviation keeps its capitals."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]


if __name__ == "__main__":
    PAGE.write_text(glossary_page(), encoding="utf-8")
