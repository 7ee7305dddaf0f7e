"""The report as one file: whole, with scripts that its policy names, and a stranger's text is
only text."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from search_core.labelled import LabelledSolution
from search_core.verify.card import JudgedVerifier
from search_core.verify.page import report_page
from search_core.verify.report import ReportSettings, make_report
from tests.hostile import HOSTILE
from tests.labelled_rows import random_rows

VOID = {"meta"}
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "header", "nav", "main", "footer"),
    *("section", "h1", "h2", "h3", "p", "a", "ul", "li", "span", "div", "pre", "dl", "dt", "dd"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "details", "summary"),
    "script",
    *("svg", "desc", "rect", "path", "polyline", "polygon", "text"),
}


class Reader(HTMLParser):
    """Elements, their attributes, all text, and whether everything that opens is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


def report(names: tuple[str, ...] = ("mine", "theirs"), **more: Any) -> dict[str, Any]:
    rows = [
        (row.solution, {name: row.scores for name in names if None not in row.scores})
        for row in random_rows(2, 80)
    ]
    verifiers = [JudgedVerifier(name) for name in names]
    return make_report(rows, verifiers, ReportSettings(draws=20), more)


def test_the_page_has_every_part_and_its_own_scripts_alone() -> None:
    page = report_page(report(command="python -m search_core verify", versions={"numpy": "2"}))
    found = read(page)
    assert found.tags <= ALLOWED
    assert not any(name.startswith("on") for name in found.attributes)
    text = " ".join(found.texts)
    for part in ("At a glance", "ProcessBench", "PRMBench", "Hard2Verify", "Thresholds",
                 "Ranking within a problem", "Best-of-N", "Cuts", "Reliability",
                 "Length and repetition", "Mistakes, the surest first", "Side by side",
                 "How it was made"):  # fmt: skip
        assert part in text, part
    assert "default-src 'none'" in page
    # The rows that can be labelled are data, and each script is one that the policy names.
    assert re.findall("<script[^>]*>", page) == [
        '<script type="application/json" id="mistakes">',
        *['<script type="module">'] * 2,
    ]
    scripts = re.findall('<script type="module">(.*?)</script>', page, re.DOTALL)
    digests = [
        base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in scripts
    ]
    named = " ".join(f"'sha256-{digest}'" for digest in digests)
    assert f'script-src {named}"' in html.unescape(page)
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert page == report_page(
        report(command="python -m search_core verify", versions={"numpy": "2"})
    )


@pytest.mark.parametrize("text", HOSTILE[:-1])
def test_hostile_text_is_only_ever_text(text: str) -> None:
    solution = LabelledSolution(text, text, (text, "b"), labels=(0.0, 1.0), family=text,
                                category=text, split=text)  # fmt: skip
    values = make_report(
        [(solution, {text: (0.9, 0.1)})],
        [JudgedVerifier(text, about={"revision": text})],
        ReportSettings(draws=5),
        {"input": {"name": text, "kind": text, "rows_left_out": 1, "rows_left_out_named": [text]},
         "command": text, "refused": {text: {"solutions": 1, "first": text, "why": text}}},
    )  # fmt: skip
    page = report_page(values)
    found = read(page)
    assert found.tags <= ALLOWED
    assert "onerror" not in found.attributes
    assert "onload" not in found.attributes
    assert "\u202e" not in page
    assert "\x00" not in page


def test_texts_of_others_are_laid_out_in_their_own_direction() -> None:
    page = report_page(report())
    for element in ('<p class="problem"', '<td class="words"'):
        assert f'{element} dir="auto">' in page
        assert f"{element}>" not in page


def test_a_huge_step_does_not_make_a_huge_page() -> None:
    solution = LabelledSolution("a", "p" * 50_000, ("x" * 500_000,), labels=(0.0,))
    values = make_report([(solution, {"v": (0.9,)})], [JudgedVerifier("v")],
                         ReportSettings(draws=5), {})  # fmt: skip
    page = report_page(values)
    assert len(page) < 60_000
    assert "(500,000 characters)" in page


def test_what_is_undefined_or_missing_is_said_to_be() -> None:
    rows = [(LabelledSolution("a", "p", ("x", "y")), {"v": (0.5, 0.5)})]
    values = make_report(rows, [JudgedVerifier("v")], ReportSettings(draws=5), {})
    text = " ".join(read(report_page(values)).texts)
    assert "cannot be told" in text
    only_right = [(LabelledSolution("a", "p", ("x",), labels=(1.0,)), {"v": (0.9,)})]
    values = make_report(only_right, [JudgedVerifier("v")], ReportSettings(draws=5), {})
    assert "undefined" in " ".join(read(report_page(values)).texts)


@pytest.mark.parametrize(("problems", "cautioned"), [(19, True), (20, False)])
def test_a_few_problems_prove_nothing_and_the_page_says_so(problems: int, cautioned: bool) -> None:
    rows = [
        (LabelledSolution(f"{n}", f"{n} + 1?", ("a",), (1.0,), group=f"{n}"), {"mine": [0.5]})
        for n in range(problems)
    ]
    page = report_page(make_report(rows, [JudgedVerifier("mine")], ReportSettings(draws=5), {}))
    assert ("prove nothing" in page) is cautioned


def test_every_threshold_is_there_to_choose_and_the_cards_own_is_named() -> None:
    values = report(("mine",))
    page = report_page(values)
    found = values["cards"]["mine"]
    box = page.partition('class="by-threshold"')[2].partition("</table>")[0]
    assert box.startswith(f' data-used="{found["threshold"]:g}"')
    thresholds = re.findall('scope="row"[^>]*>([0-9.]+)</th>', box)
    assert thresholds == [f"{point['threshold']:g}" for point in found["thresholds"]["points"]]
    assert f"{found['threshold']:g}" in thresholds


def test_edits_that_change_nothing_are_told_of_in_plain_words_at_the_top() -> None:
    def edit(name: str, made: int, lowered: float) -> dict[str, Any]:
        share = {"value": lowered, "low": lowered, "high": lowered}
        never = {**share, "value": 0.0}
        about = {"name": name, "made": made, "must_change": False, "unnoticed": None}
        return {**about, "change": share, "lowered": share, "inflated": never}

    values = report(("mine",))
    edits = [edit("padding", 30, 0.9), edit("terms swapped", 10, 0.5)]
    values["cards"]["mine"]["stress"] = {"said": "Made.", "edits": edits}
    text = " ".join(read(report_page(values)).texts)
    assert "80 % of edits that change nothing lower its score." in text
    assert text.count("Of 40 edits that change nothing that counts (wording, order), 80 %") == 2
    assert "a low score may be for the way a step is written, not for a mistake." in text
    values["cards"]["mine"]["stress"]["edits"] = [edit("padding", 30, 0.1)]
    text = " ".join(read(report_page(values)).texts)
    assert "edits that change nothing lower its score" not in text
    # One kind among many that move nothing is named.
    values["cards"]["mine"]["stress"]["edits"] = [edit("padding", 90, 0.0), edit("split", 10, 0.9)]
    text = " ".join(read(report_page(values)).texts)
    assert 'The edit "split" changes nothing that counts, and lowers 90 % of its scores.' in text
    assert 'The edit "padding"' not in text
