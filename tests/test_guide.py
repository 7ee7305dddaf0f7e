"""The guide: its list of pages, its links, and that it speaks only of what there is."""

from __future__ import annotations

import importlib
import importlib.util
import re
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from search_core.strategies import STRATEGIES
from search_core.strategies.options import OptionSpec
from search_core.verifiers.format_table import FORMATS
from tests.pages import (
    GUIDE,
    INDEX,
    PAGES,
    README,
    ROOT,
    TEXTS,
    anchor,
    anchors,
    code_spans,
    headings,
    links,
    prose,
    read,
    section,
    table_rows,
)

LONGEST = 200
"""Lines of a page."""
ENTRY = re.compile(r"- \[([^\]]+)\]\(([a-z_]+)\.md\): (\S.*\.)")
# Parts of the page that have controls or are controls; links from the page lead here.
CONTROLS = (
    *("Problem", "Run", "Recorded examples", "Models", "Strategy", "Options", "Score source"),
    *("Sampling", "Limits", "Seed", "Tree", "Timeline", "Outline", "Inspector", "Answers", "Cost"),
    *("Charts", "Link and file", "Chain of thought", "Keys", "Story"),
)
ids = [page.name for page in TEXTS]


# The list of pages ---------------------------------------------------------------------------


def test_the_index_lists_every_page_once_in_its_form() -> None:
    lines = [line for line in read(INDEX).splitlines() if line.startswith("- ")]
    entries = [ENTRY.fullmatch(line) for line in lines]
    listed = [entry[2] for entry in entries if entry and entry[2] != "search"]
    assert all(entries), [line for line in lines if not ENTRY.fullmatch(line)]
    assert sorted(listed) == sorted(page.stem for page in PAGES if page != INDEX)
    assert len({entry[1] for entry in entries if entry}) == len(entries)


def test_every_entry_stands_under_a_group() -> None:
    before_the_first_group = read(INDEX).split("\n## ")[0]
    assert "\n- " not in before_the_first_group


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_page_is_short_and_begins_with_its_title(page: Path) -> None:
    text = read(page)
    assert text.startswith("# ")
    assert len(re.findall("^# ", prose(page), flags=re.MULTILINE)) == 1
    assert len(text.splitlines()) <= LONGEST


@pytest.mark.parametrize("page", TEXTS, ids=ids)
def test_no_two_headings_of_a_page_share_an_anchor(page: Path) -> None:
    assert len(set(anchors(page))) == len(anchors(page))


# Links ---------------------------------------------------------------------------------------


def test_anchors_are_made_as_code_hosts_make_them() -> None:
    assert anchor("8 and 4 bits") == "8-and-4-bits"
    assert anchor("Best-of-N") == "best-of-n"
    assert anchor("ThinkPRM, one chain") == "thinkprm-one-chain"


@pytest.mark.parametrize("page", TEXTS, ids=ids)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        target = urlsplit(link)
        if target.scheme:
            assert target.scheme == "https", link
            continue
        file = (page.parent / target.path).resolve() if target.path else page
        assert file.exists(), f"{page.name} links {link}: there is no such file"
        assert file.is_relative_to(ROOT), link
        if target.fragment:
            assert target.fragment in anchors(file), f"{page.name} links {link}: no such heading"


# What the pages speak of ---------------------------------------------------------------------


@pytest.mark.parametrize("page", TEXTS, ids=ids)
def test_every_module_that_is_named_exists(page: Path) -> None:
    for name in sorted(set(re.findall(r"\b(?:search_core|components)(?:\.\w+)+", read(page)))):
        assert resolves(name), f"{page.name} speaks of {name}, which does not exist"


def resolves(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        module = ".".join(parts[:length])
        if find_module(module):
            found: object = importlib.import_module(module)
            for attribute in parts[length:]:
                if not hasattr(found, attribute):
                    return False
                found = getattr(found, attribute)
            return True
    return False


def find_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def test_a_name_that_does_not_exist_is_seen() -> None:
    assert resolves("search_core.run.runner")
    assert resolves("search_core.log.tree.Tree.from_events")
    assert not resolves("search_core.runs")
    assert not resolves("search_core.log.tree.Bush")


@cache
def files_of_the_repository() -> frozenset[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        return frozenset(listed.stdout.splitlines())
    found = (path for path in ROOT.rglob("*") if path.is_file() and ".git" not in path.parts)
    return frozenset(path.relative_to(ROOT).as_posix() for path in found)


@pytest.mark.parametrize("page", TEXTS, ids=ids)
def test_every_file_that_is_named_exists(page: Path) -> None:
    for span in code_spans(page):
        for path in re.findall(r"(?:search_core|components|assets|tests)/[\w./*-]*", span):
            assert any(ROOT.glob(path.rstrip("/"))), f"{page.name} names {path}"
        if re.fullmatch(r"\w+\.(?:py|js|mjs|css|sh)", span):
            names = {path.rpartition("/")[2] for path in files_of_the_repository()}
            assert span in names, f"{page.name} names {span}, and no file is called that"


def test_the_layout_names_the_folders_of_the_core() -> None:
    """So that no folder is added, moved or renamed without a word of it here."""
    layout = section(GUIDE / "how_it_is_built.md", "Where things are")
    named = re.findall(r"^  (\w+)/ ", layout, flags=re.MULTILINE)
    there = [path.parent.name for path in (ROOT / "search_core").glob("*/__init__.py")]
    assert sorted(named) == sorted(there)


# Nothing is left out -------------------------------------------------------------------------


def test_every_control_of_the_page_has_a_section() -> None:
    assert set(CONTROLS) <= set(headings(GUIDE / "use.md"))


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_has_its_section_and_its_options(name: str) -> None:
    strategy = STRATEGIES[name]
    page = GUIDE / "strategies.md"
    text = section(page, strategy.title)
    # "Its other options are beam search's", with a link to that section of the page.
    others = [s.title for s in STRATEGIES.values() if f"(#{anchor(s.title)})" in text]
    known = "".join(section(page, title) for title in ("Options they share", *others)) + text
    for spec in strategy.options.specs():
        assert f"`{spec.name}`" in known, f"{strategy.title} has {spec.name}"
    for paper in re.findall(r"arXiv \d{4}\.\d{4,5}", strategy.source):
        assert paper in " ".join(text.split()), paper


def test_there_is_no_section_of_a_strategy_that_is_gone() -> None:
    sections = re.findall("^## (.+)$", read(GUIDE / "strategies.md"), flags=re.MULTILINE)
    assert set(sections) == {
        "Options they share",
        *(strategy.title for strategy in STRATEGIES.values()),
    }


def test_every_option_of_every_strategy_has_its_row() -> None:
    rows = {row[0]: row[1:] for row in table_rows(read(GUIDE / "strategy_options.md"))}
    users: dict[str, list[tuple[str, OptionSpec]]] = {}
    for strategy in STRATEGIES.values():
        for spec in strategy.options.specs():
            users.setdefault(flags_of(spec), []).append((strategy.name, spec))
    assert set(rows) == set(users)
    for flags, (values, defaults, of) in rows.items():
        everyone = len(users[flags]) == len(STRATEGIES)
        names = [name for name, _ in users[flags]]
        assert of == ("every strategy" if everyone else ", ".join(names)), flags
        for name, spec in users[flags]:
            assert value_for(name, defaults) == shown(spec.default), (flags, name)
            assert value_for(name, values) == range_of(spec), (flags, name)


def flags_of(spec: OptionSpec) -> str:
    flag = spec.name.replace("_", "-")
    return f"`--{flag}`, `--no-{flag}`" if spec.kind == "boolean" else f"`--{flag}`"


def value_for(strategy: str, cell: str) -> str:
    """The value of a strategy in "12; 4 (exhaustive)": its own, or else the first."""
    first, *others = cell.split("; ")
    for other in others:
        value, _, names = other.rstrip(")").partition(" (")
        if strategy in names.split(", "):
            return value
    return first


def shown(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, (int, float)) else str(default)


def range_of(spec: OptionSpec) -> str:
    if spec.kind == "choice":
        return ", ".join(spec.choices)
    return "true or false" if spec.kind == "boolean" else f"{spec.minimum:g} to {spec.maximum:g}"


def test_every_verifier_format_has_its_row() -> None:
    rows = table_rows(section(GUIDE / "verifiers.md", "Formats"))
    known = {name for row in FORMATS.values() for name in (row.name, *row.aliases)}
    assert {name for row in rows for name in formats_in(row[0])} == known


def test_the_formats_that_servers_can_read_are_listed() -> None:
    rows = {row[0]: row[1] for row in table_rows(section(GUIDE / "servers.md", "Address"))}
    anywhere, pooled = rows["`format=FORMAT`"].split("over vLLM")
    assert formats_in(anywhere) == {f.name for f in FORMATS.values() if f.servers == "any server"}
    assert formats_in(pooled) == {f.name for f in FORMATS.values() if f.servers == "vLLM"}


def formats_in(cell: str) -> set[str]:
    """The names of formats in a table's cell, without what follows a colon."""
    return {re.split("[:`]", span)[0] for span in re.findall("`([^`]+)`", cell)}


def test_the_readme_leads_to_every_topic() -> None:
    lead = {Path(link).stem for link in links(README) if link.endswith(".md")}
    assert {"use", "strategies", "verifiers", "models", "deploying", "limits"} <= lead
