"""The tree in other formats."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import pytest

from search_core.log.events import Sampled
from search_core.log.export import export_graphml, tree_to_networkx
from search_core.log.traces import read_trace
from search_core.log.tree import Tree
from tests.test_tree import completed, decided, finished, header, make, scored
from tests.test_tree import sampled as sampled_step

GOLDEN = sorted(Path(__file__).with_name("golden").glob("*.jsonl"))
HOSTILE = {
    "<img src=x onerror=alert(1)> & ]]> \"'": None,
    "tab\tand\nline": None,
    "nul \0 bell \x07 escape \x1b": "nul � bell � escape �",
    "no character \ufffe \uffff": "no character � �",
    "🌳 é 中": None,
    "": None,
}


def one_step(text: str) -> Tree:
    step = make(Sampled, id="0", text=text, tokens=1, logprob=0.0)
    return Tree.from_events([header(), step(1)])


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_networkx_has_every_node_and_field(path: Path) -> None:
    tree = read_trace(path).tree
    graph = tree_to_networkx(tree)
    assert list(graph.nodes) == list(tree.nodes)
    assert nx.is_arborescence(graph)
    assert set(graph.edges) == {(n.parent, n.id) for n in tree.steps()}
    for node in tree.nodes.values():
        fields = graph.nodes[node.id]
        assert fields["state"] == node.state
        assert fields["text"] == node.text
        assert fields.get("aggregate") == node.aggregate
        assert fields.get("right") == node.right
        assert ("answer" in fields) == (node.answer is not None)
        assert None not in fields.values()


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_graphml_comes_back_as_the_same_graph(path: Path, tmp_path: Path) -> None:
    tree = read_trace(path).tree
    export_graphml(tree, tmp_path / "tree.graphml")
    again = nx.read_graphml(tmp_path / "tree.graphml")
    graph = tree_to_networkx(tree)
    assert dict(again.nodes(data=True)) == dict(graph.nodes(data=True))
    assert set(again.edges) == set(graph.edges)


@pytest.mark.parametrize("text", HOSTILE)
def test_graphml_takes_any_text(text: str, tmp_path: Path) -> None:
    export_graphml(one_step(text), tmp_path / "tree.graphml")
    again = nx.read_graphml(tmp_path / "tree.graphml")
    expected = HOSTILE[text]
    assert (again.nodes["0"]["text"] or "") == (text if expected is None else expected)


def test_values_are_json_and_say_how_it_ended() -> None:
    steps = [
        sampled_step("0"),
        sampled_step("1"),
        scored("0"),
        decided("0"),
        completed("1"),
        finished("1"),
    ]
    tree = Tree.from_events([header(), *(made(seq) for seq, made in enumerate(steps, start=1))])
    values = json.loads(json.dumps(tree.to_dict(), allow_nan=False))
    assert [node["id"] for node in values["nodes"]] == ["root", "0", "1"]
    assert [node["state"] for node in values["nodes"]] == ["kept", "kept", "completed"]
    assert (values["status"], values["chosen"], values["rounds"]) == ("completed", "1", 1)
    assert values["seq"] == 6
    unfinished = Tree.from_events([header()]).to_dict()
    assert unfinished["status"] is None
    assert unfinished["chosen"] is None
