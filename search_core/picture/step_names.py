"""Steps by the names that the tree gives them: how deep they stand, and which branch they are."""

from __future__ import annotations

from search_core.log.events import ROOT
from search_core.log.tree import Tree


def step_name(node_id: str, tree: Tree | None = None) -> str:
    """Such as "step 2, branch 3", as the tree on the page counts them, from 1 on.

    Args:
        tree: In which the step is; without one the name is read from the id alone.
    """
    if node_id == ROOT:
        return "the problem"
    node = None if tree is None else tree.nodes.get(node_id)
    if tree is None or node is None or node.parent is None:
        *_, last = parts = node_id.split(".")
        known = all(part.isdecimal() for part in parts)
        return f"step {len(parts)}, branch {int(last) + 1}" if known else f"step {node_id}"
    if node.after is not None:
        return f"step {node_id}"  # A piece of one long stream has no branches.
    nodes = tree.nodes
    beside = [each for each in nodes[node.parent].children if nodes[each].role == node.role]
    return f"step {node.depth}, branch {beside.index(node_id) + 1}"


def step_title(node_id: str, tree: Tree | None = None) -> str:
    """The same where a sentence begins with it."""
    name = step_name(node_id, tree)
    return name[0].upper() + name[1:]
