"""The guide's pages as text: what an index lists, what becomes of Markdown, where links lead."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from components.guide import GuideError, read_guide
from components.guide.links import Links
from components.guide.markdown import Rendered, render

INDEX = """# Guide

Begin anywhere.

## First steps

- [Use it](use.md): press *Run*.

## Models

- [Verifiers](verifiers.md): what scores.
- [Servers](servers.md): `vLLM` and others.
"""


def repository(root: Path, **pages: str) -> Path:
    """A repository with a guide of three pages; its folder of pages."""
    folder = root / "assets" / "guide"
    folder.mkdir(parents=True)
    texts = {"index": INDEX, "use": "# Use\n", "verifiers": "# V\n", "servers": "# S\n"} | pages
    for slug, text in texts.items():
        (folder / f"{slug}.md").write_text(text, encoding="utf-8")
    return folder


def rendered(root: Path, text: str, address: str = "") -> Rendered:
    guide = read_guide(repository(root))
    return render(text, Links(guide, address, root))


def test_the_index_lists_the_pages_in_order(tmp_path: Path) -> None:
    guide = read_guide(repository(tmp_path))
    assert [page.slug for page in guide.pages] == ["use", "verifiers", "servers"]
    assert list(guide.groups()) == ["First steps", "Models"]
    page = guide.page("use")
    assert page is not None
    assert (page.title, page.summary) == ("Use it", "press *Run*.")
    assert guide.page("nothing") is None


def test_every_page_has_its_neighbours(tmp_path: Path) -> None:
    guide = read_guide(repository(tmp_path))
    found = {
        slug: tuple(page.slug if page else None for page in guide.neighbours(slug))
        for slug in ("index", "use", "verifiers", "servers")
    }
    assert found == {
        "index": (None, "use"),
        "use": (None, "verifiers"),
        "verifiers": ("use", "servers"),
        "servers": ("verifiers", None),
    }


@pytest.mark.parametrize(
    ("pages", "message"),
    [
        ({"index": "# Guide\n"}, "lists no page"),
        ({"index": INDEX + "- [Gone](gone.md): not there.\n"}, "gone.md"),
        ({"index": INDEX + "- [No summary](use.md)\n"}, "line 13"),
        ({"index": INDEX + "- [Twice](use.md): again.\n"}, "more than once"),
        ({"index": INDEX + "- [Out](../../README.md): elsewhere.\n"}, "line 13"),
    ],
)
def test_a_broken_index_is_refused(tmp_path: Path, pages: Mapping[str, str], message: str) -> None:
    with pytest.raises(GuideError, match=message):
        read_guide(repository(tmp_path, **pages))


def test_a_guide_without_an_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match="no index"):
        read_guide(tmp_path)


@pytest.mark.parametrize(
    ("written", "href"),
    [
        ("verifiers.md", "verifiers"),
        ("verifiers.md#add-a-format", "verifiers#add-a-format"),
        ("./verifiers.md", "verifiers"),
        ("index.md", "./"),
        ("#here", "#here"),
        ("https://arxiv.org/abs/1", "https://arxiv.org/abs/1"),
        ("../models/small/README.md", None),
        ("../../../../etc/passwd", None),
        ("/etc/passwd", None),
        ("//example.org/x", None),
        ("ftp://example.org/x", None),
        ("ftp:verifiers.md", None),
        ("gone.md", None),
    ],
)
def test_where_a_link_leads(tmp_path: Path, written: str, href: str | None) -> None:
    html = rendered(tmp_path, f"Look [there]({written}).").html
    assert ("<a " in html) == (href is not None)
    assert href is None or f'href="{href}"' in html
    assert "there" in html


def test_a_file_of_the_repository_is_named_or_linked(tmp_path: Path) -> None:
    text = "See [its card](../models/small/README.md#use) and [app.py](../../app.py)."
    alone = rendered(tmp_path / "alone", text)
    assert "assets/models/small/README.md" in alone.html
    assert alone.html.count("app.py") == 1
    assert alone.files == {"assets/models/small/README.md", "app.py"}
    known = rendered(tmp_path / "known", text, "https://example.org/blob/main/").html
    assert 'href="https://example.org/blob/main/assets/models/small/README.md#use"' in known
    assert 'href="https://example.org/blob/main/app.py"' in known


def test_pictures_of_the_repository_are_shown(tmp_path: Path) -> None:
    text = "![Steps](../results/a.svg) ![Far](https://example.org/x.png) ![Key](../../key.pem)"
    folder = repository(tmp_path)
    (tmp_path / "assets" / "results").mkdir()
    (tmp_path / "assets" / "results" / "a.svg").write_text("<svg/>")
    (tmp_path / "key.pem").write_text("secret")
    found = render(text, Links(read_guide(folder), "", tmp_path))
    assert found.images == {"assets/results/a.svg"}
    assert '<img src="images/assets/results/a.svg" alt="Steps"' in found.html
    assert "Far" in found.html
    assert "example.org" not in found.html
    assert "key.pem" not in found.html


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Add a format", "add-a-format"),
        ("What is *sent*, and why?", "what-is-sent-and-why"),
        ("`trl:line` or 8 bits", "trlline-or-8-bits"),
        ("Self-revision", "self-revision"),
        ("Größe", "größe"),
    ],
)
def test_headings_have_the_anchors_that_code_hosts_make(
    tmp_path: Path, heading: str, expected: str
) -> None:
    found = rendered(tmp_path, f"# Page\n\n## {heading}\n")
    assert found.headings[1].anchor == expected
    assert f'<h2 id="{expected}">' in found.html
    assert f'href="#{expected}"' in found.html


def test_no_two_headings_share_an_anchor(tmp_path: Path) -> None:
    found = rendered(tmp_path, "# P\n\n## Options\n\n## Options\n\n## !\n")
    assert [heading.anchor for heading in found.headings] == [
        *("p", "options", "options-1", "section"),
    ]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '# <b onclick="alert(1)">x</b>',
        '```"><script>alert(1)</script>\ncode\n```',
        "![<img src=x onerror=alert(1)>](../results/none.png)",
        '[x](https://example.org/"onmouseover="alert(1))',
        "| <i onclick=alert(1)> |\n|---|\n| <script>alert(1)</script> |",
        "[<script>alert(1)</script>](../x.md)",
    ],
)
def test_markup_in_a_page_stays_text(tmp_path: Path, hostile: str) -> None:
    html = rendered(tmp_path, f"# P\n\n{hostile}\n").html
    for tag in ("<script", "<img", "<b ", "<i "):
        assert tag not in html
    assert 'onmouseover="' not in html


@pytest.mark.parametrize("scheme", ["javascript:", "JaVaScRiPt:", "vbscript:", "data:text/html,"])
def test_a_link_that_would_run_something_leads_nowhere(tmp_path: Path, scheme: str) -> None:
    html = rendered(tmp_path, f"[x]({scheme}alert(1)) <{scheme}alert(1)>").html
    assert "href" not in html


def test_a_column_without_a_name_has_no_empty_heading(tmp_path: Path) -> None:
    html = rendered(tmp_path, "| | a |\n|---|---|\n| b | c |\n").html
    assert html.count("<th>") == html.count("</th>") == 1
    assert html.count("<td>") == html.count("</td>") == 3


def test_tables_and_code_have_frames_that_scroll(tmp_path: Path) -> None:
    html = rendered(tmp_path, "| a |\n|---|\n| b |\n\n```python\nx < 1\n```\n").html
    assert '<div class="wide" data-wide="Table"><table>' in html
    assert '<pre data-wide="Code" data-language="python"><code>x &lt; 1\n</code></pre>' in html


REAL = read_guide()


@cache
def real_page(slug: str) -> Rendered:
    return render(REAL.text(slug), Links(REAL))


@pytest.mark.parametrize("slug", [page.slug for page in REAL.pages])
def test_no_level_of_headings_is_left_out(slug: str) -> None:
    levels = [heading.level for heading in real_page(slug).headings]
    assert levels[0] == 1
    assert 1 not in levels[1:]
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("slug", [page.slug for page in REAL.pages])
def test_every_picture_of_a_real_page_is_shown_and_described(slug: str) -> None:
    html = real_page(slug).html
    assert html.count("<img ") == REAL.text(slug).count("![")
    assert 'alt=""' not in html
