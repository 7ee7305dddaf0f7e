"""A run in a terminal: bounded, aligned, and with the run's own numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given

from search_core import SearchResult, Tree, search
from search_core.log.traces import read_trace
from search_core.picture import outline, summary
from search_core.picture.text import columns, one_line, printable
from tests.examples import examples
from tests.fakes import World
from tests.hostile import HOSTILE, HostileWorld, beam
from tests.random_trees import tree_of, trees

TRACES = sorted((Path(__file__).resolve().parents[1] / "assets" / "traces").glob("*.jsonl"))
_MARKS = "○●■×◆=~★▽"


def tree_lines(text: str) -> list[str]:
    """The lines of the tree, without the heading and the key."""
    parts = text.split("\n\n")
    return parts[1].split("\n") if len(parts) > 1 else []


def steps_told(lines: list[str]) -> int:
    """How many steps there are a line for, or counted in a fold."""
    total = 0
    for line in lines:
        mark = re.search(rf"[{_MARKS}]", line)
        assert mark, line
        fold = re.search(r"▽ ([\d,]+) steps?", line)
        total += int(fold.group(1).replace(",", "")) if fold else 1
    return total


@given(trees(largest=300))
@examples(40)
def test_any_tree_fits_a_terminal_and_no_step_is_lost(tree: Tree) -> None:
    text = outline(tree)
    lines = text.split("\n")
    assert len(lines) <= 50
    assert all(columns(line) <= 80 for line in lines)
    assert steps_told(tree_lines(text)) == len(tree.nodes) - 1


@given(trees(largest=60, texts=HOSTILE))
@examples(25)
def test_hostile_text_cannot_steer_a_terminal(tree: Tree) -> None:
    text = outline(tree)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", text)
    assert all(columns(line) <= 80 for line in text.split("\n"))


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_it_says_answer_votes_and_cost(path: Path) -> None:
    tree = read_trace(path).tree
    assert tree.finished
    head = dict(line.split(maxsplit=1) for line in outline(tree).split("\n\n")[0].split("\n"))
    right = tree.nodes[tree.finished.chosen or ""].right
    assert head["Answer"] == f"{tree.finished.answer} {'✓ right' if right else '✗ wrong'}"
    assert f"{len(tree.nodes) - 1} steps" in head["Search"]
    assert head["Votes"].startswith(f"{tree.finished.method} vote: {tree.finished.answer} (")
    assert head["Tokens"].startswith(f"{tree.cost.generated:,} tokens written")
    assert "FLOPs solver" in head["Compute"]


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_the_key_explains_the_marks_that_occur(path: Path) -> None:
    text = outline(read_trace(path).tree)
    key = dict(entry.split(" ", 1) for entry in text.split("\n\n")[2].split("  "))
    marks = {re.search(rf"[{_MARKS}]", line).group() for line in tree_lines(text)}  # type: ignore[union-attr]
    assert set(key) == marks
    assert key["★"] == "chosen"


def test_a_step_without_siblings_stands_below_its_parent_and_branches_are_indented() -> None:
    chain = tree_lines(outline(tree_of(5, 1, seed=2)))
    assert not any("─" in line for line in chain) or len({line[:1] for line in chain}) > 1
    lines = tree_lines(outline(read_trace(TRACES[0]).tree))
    assert lines[0].startswith("├─ ")
    assert any(line.startswith("│  ├─ ") for line in lines)
    assert any(line.startswith("└─ ") for line in lines)


def test_a_result_prints_its_outline_and_names_itself_on_one_line(tmp_path: Path) -> None:
    world = World(seed=3, ends=0.3)
    result = search(
        "What is it?", "best_of_n", solver=world.solver(), verifier=world.verifier(), n=4
    )
    assert str(result) == outline(result.tree)
    assert repr(result) == f"<SearchResult: {summary(result.tree)}>"
    assert "\n" not in repr(result)
    assert f"answer {result.answer}" in repr(result)
    assert "Best-of-N" in repr(result)
    result.save(tmp_path / "run.jsonl")
    again = SearchResult.load(tmp_path / "run.jsonl")
    assert (again.events, again.tree) == (result.events, result.tree)
    assert again.picture() == result.picture()


def test_a_hostile_result_names_itself_on_one_short_line() -> None:
    run = beam(HostileWorld(seed=1, ends=0.2))
    words = repr(SearchResult(run.events, run.tree))
    assert len(words) < 250
    assert not re.search("[\x00-\x1f\u202a-\u202e]", words)


def test_logs_without_steps_can_be_printed() -> None:
    run = beam(World())
    assert outline(Tree()) == "a log without a header."
    begun = outline(Tree.from_events(run.events[:1]))
    assert "interrupted" in begun
    assert "Answer   none" in begun


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("a  b\n c", 20, "a b c"),
        ("abcdef", 4, "abc…"),
        ("漢字漢字", 6, "漢字…"),
        ("a\u202eb\x00c", 10, "a\ufffdb\ufffdc"),
        ("👩\u200d👧", 9, "👩\u200d👧"),
        ("e\u0301" * 3, 3, "e\u0301" * 3),
        ("\ufffe\ud800\ue000", 9, "\ufffd" * 3),
    ],
)
def test_one_line_holds_what_can_be_seen(text: str, limit: int, expected: str) -> None:
    assert one_line(text, limit) == expected
    assert columns(expected) <= limit


def test_line_breaks_stay_only_where_they_are_wanted() -> None:
    assert printable("a\nb") == "a\ufffdb"
    assert printable("a\nb", keep="\n") == "a\nb"
