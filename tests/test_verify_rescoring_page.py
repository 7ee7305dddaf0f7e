"""A rescoring as one file: its map says what the page's own says, and a stranger's text is text."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from search_core.cli.verifying.rescoring import values
from search_core.verify.page import rescoring_page
from search_core.verify.page import tree_map as drawing
from search_core.verify.page.tree_map import direction, tree_map
from search_core.verify.rescoring import rescored
from tests.hostile import HOSTILE
from tests.test_verify_page import ALLOWED, read
from tests.test_verify_rescoring import by, trace

ROOT = Path(__file__).resolve().parent.parent
MAP = ROOT / "assets" / "js" / "verify" / "tree_map.js"


def found(name: str = "countdown-dvts") -> dict[str, Any]:
    """A tree scored by the length of its texts."""
    made = rescored(trace(name).events, by(lambda steps: len(steps[-1]) % 10 / 10), name="lengths")
    return values(made)


def test_the_page_says_all_that_the_command_says() -> None:
    told = found()
    page = rescoring_page({**told, "command": "python -m search_core verify rescore <x>"})
    reader = read(page)
    assert reader.tags <= ALLOWED | {"g"}
    text = " ".join(reader.texts)
    for sentence in (told["problem"], *told["sentences"], "verify rescore <x>"):
        assert sentence in text, sentence
    every = page.partition("Every step</summary>")[2].partition("</table>")[0]
    assert every.count("<tr><th") - 1 == len(told["nodes"])
    assert "script" not in reader.tags
    assert not re.search(r'(?:src|href)="', page)


def test_the_map_is_that_of_the_place() -> None:
    """Which way each step went, and its row, as the page's own module says."""
    nodes = found()["nodes"]
    code = (
        f"import {{ direction, layout }} from '{MAP}';"
        "const nodes = JSON.parse(process.argv[1]);"
        "const { places } = layout(nodes);"
        "console.log(JSON.stringify(nodes.map((node) => "
        "[direction(node), places[node.id].x, places[node.id].y])));"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "-e", code, json.dumps(nodes)],
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = [tuple(each) for each in json.loads(done.stdout)]
    places = drawing._places(nodes)
    assert [(direction(node), *places[node["id"]]) for node in nodes] == theirs
    assert len({way for way, *_ in theirs}) > 1


def test_a_tree_that_is_too_large_is_told_of_and_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_core.verify.page.rescoring.MOST", 3)
    page = rescoring_page(found())
    assert "is not drawn" in page
    assert "<svg" not in page


@pytest.mark.parametrize("text", HOSTILE[:-1])
def test_a_strangers_text_is_only_ever_text(text: str) -> None:
    told = found()
    told |= {"problem": text, "by": text, "was": text, "sentences": [text], "command": text}
    told["nodes"][0]["text"] = text
    reader = read(rescoring_page({**told, "input": {"name": text, "sha256": text}}))
    assert reader.tags <= ALLOWED | {"g"}
    assert "onerror" not in reader.attributes
    assert "onload" not in reader.attributes


def test_a_tree_without_a_step_that_both_scored_makes_a_page() -> None:
    nodes = [{**node, "now": None} for node in found()["nodes"]]
    assert {direction(node) for node in nodes} == {"none"}
    assert tree_map(nodes, (), (), "nothing").count("<g ") == len(nodes)
