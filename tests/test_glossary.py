"""The glossary: one file of terms, which page and guide take theirs from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from components.guide import read_guide
from components.guide.controls import control_links
from components.guide.glossary import (
    PAGE,
    GlossaryError,
    glossary_page,
    read_glossary,
    terms_of_page,
)
from components.guide.links import Links
from components.guide.markdown import render
from components.guide.pages import FOLDER
from search_core.picture.palette import STATES

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "assets" / "js").rglob("*.js"))
NAMES = {term.name for term in read_glossary()}
# The words of the field that the project is built on, one for each concept.
NEEDED = (
    *("problem", "step", "node", "path", "solution", "solver", "verifier", "score", "aggregate"),
    *("strategy", "budget", "beam_width", "round", "trace", "reward_to_go"),
)


@pytest.mark.parametrize("name", NEEDED)
def test_every_word_that_the_project_is_built_on_has_an_entry(name: str) -> None:
    assert name in NAMES


def test_every_term_is_one_plain_sentence() -> None:
    for term in read_glossary():
        assert re.fullmatch(r"[^.]{10,170}\.", term.says.replace("0.", "0,")), term.name
        assert not re.search(r"[*_`<>\[\]]", term.says + term.where), term.name


def test_every_state_in_the_picture_is_a_term() -> None:
    # What has come to its end is called an answer.
    assert set(STATES) - {"completed"} - NAMES == set()


def test_every_term_that_the_page_marks_has_an_entry() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    table = (ROOT / "assets" / "js" / "words" / "terms.js").read_text(encoding="utf-8")
    marked = set(re.findall(r'data-term": "(\w+)"', written))
    marked |= set(re.findall(r'^\s+[\w"\- ]+: "(\w+)",$', table, flags=re.M))
    marked |= {link.term for link in control_links()} - {""}
    assert len(marked) > 25
    assert marked - NAMES == set()


def test_every_link_of_a_term_leads_to_a_section_of_the_guide() -> None:
    guide = read_guide()
    sections: dict[str, set[str]] = {}
    for term in read_glossary():
        slug, _, section = term.link.partition("#")
        if slug not in sections:
            assert guide.page(slug), term.name
            page = render(guide.text(slug), Links(guide, slug, FOLDER.parents[1]))
            sections[slug] = {heading.anchor for heading in page.headings} | {""}
        assert section in sections[slug], term.name


def test_the_page_of_the_guide_is_made_from_the_terms() -> None:
    assert PAGE.read_text(encoding="utf-8") == glossary_page(), (
        "python -m components.guide.glossary writes it anew"
    )


def test_the_page_is_told_all_of_them() -> None:
    told = terms_of_page()
    assert set(told) == NAMES
    assert told["verifier"]["address"] == "guide/verifiers"


def test_a_term_that_is_there_twice_or_lacks_something_is_refused(tmp_path: Path) -> None:
    entry = {"name": "a", "term": "A", "says": "One.", "link": "use"}
    for terms in ([entry, entry], [{"name": "b"}], [{**entry, "colour": "red"}]):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        path.write_text(json.dumps({"groups": [{"title": "G", "terms": terms}]}))
        with pytest.raises(GlossaryError, match=path.name):
            read_glossary(path)
