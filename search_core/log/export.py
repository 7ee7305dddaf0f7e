"""The tree for graph tools: networkx, GraphML."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from search_core.log.tree import Tree


def tree_to_networkx(tree: Tree) -> Any:
    """A `networkx.DiGraph`: edges from parent to child, every field a node attribute.

    Fields that are None are left out, so that `networkx.write_graphml` takes the graph.
    Control characters that XML cannot hold become U+FFFD.
    """
    import networkx as nx

    graph = nx.DiGraph()
    for node in tree.nodes.values():
        fields = {
            key: _xml_safe(value) if isinstance(value, str) else value
            for key, value in asdict(node).items()
            if value is not None and key not in {"id", "parent", "children"}
        }
        graph.add_node(node.id, **fields)
        if node.parent is not None:
            graph.add_edge(node.parent, node.id)
    return graph


def _xml_safe(text: str) -> str:
    return "".join(c if c in "\t\n\r" or _xml_allows(ord(c)) else "\ufffd" for c in text)


def _xml_allows(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def export_graphml(tree: Tree, path: str | Path) -> None:
    """Write the tree as GraphML, for graph tools such as Gephi and yEd.

    Raises:
        OSError: The file cannot be written.
    """
    with Path(path).open("wb") as file:
        write_graphml(tree, file)


def write_graphml(tree: Tree, file: IO[bytes]) -> None:
    """The same into an open file."""
    import networkx as nx

    nx.write_graphml(tree_to_networkx(tree), file)
