"""The README: short, with a picture and the two commands, and a reason for each dependency."""

from __future__ import annotations

import re

from tests.pages import GUIDE, README, ROOT, links, pictures, read

TEXT = read(README)


def test_it_is_short() -> None:
    assert len(TEXT.splitlines()) <= 150


def test_the_two_commands_stand_in_blocks_of_their_own() -> None:
    assert "```bash\npip install -r requirements.txt && python app.py\n```" in TEXT
    assert "```bash\nbash tests/run.sh\n```" in TEXT


def test_there_is_a_picture_and_its_file() -> None:
    shown = pictures(README)
    assert shown
    for path in shown:
        assert (ROOT / path).is_file(), f"the README shows {path}, which is missing"


def test_there_are_five_things_to_try() -> None:
    assert re.findall(r"^(\d)\. \*\*", TEXT, flags=re.MULTILINE) == list("12345")


def test_it_leads_to_the_guide() -> None:
    assert f"{GUIDE.relative_to(ROOT)}/index.md" in links(README)


def test_every_dependency_has_one_line() -> None:
    names = {
        re.split(r"[=<>\[]", line)[0].strip()
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    }
    explained = re.findall(r"^- `([\w-]+)`: \S", TEXT, flags=re.MULTILINE)
    assert sorted(explained) == sorted(names)


def test_the_folders_that_it_names_are_there() -> None:
    layout = TEXT.split("## How it is laid out")[1].split("```")[1]
    named = [line.split()[0] for line in layout.strip().splitlines()]
    assert len(named) >= 5
    for name in named:
        assert (ROOT / name).exists(), name
