"""What of a large tree is shown: everything is there or counted, and what matters is there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.log.tree import Tree
from search_core.picture.folding import Shown, fold_to, winning_path
from tests.examples import examples
from tests.random_trees import tree_of, trees

LEVELS = st.sampled_from([8, 12, 32])
MARKS = st.sampled_from([64, 100, 400])


def drawn(shown: Shown) -> list[str]:
    return [mark for children in shown.children.values() for mark in children]


def versions(tree: Tree, marks: int, levels: int) -> list[Shown]:
    return list(fold_to(tree, marks, levels))


@given(trees(largest=300), MARKS, LEVELS)
@examples(50)
def test_shown_steps_and_folds_add_up_to_the_tree(tree: Tree, marks: int, levels: int) -> None:
    for shown in versions(tree, marks, levels):
        ids = drawn(shown)
        assert len(ids) == len(set(ids))
        steps = [mark for mark in ids if mark not in shown.folds]
        assert set(steps) <= set(tree.nodes)
        assert set(shown.folds) == set(ids) - set(steps)
        folded = sum(fold.steps for fold in shown.folds.values())
        assert len(steps) + folded == len(tree.nodes) - 1


@given(trees(largest=300), MARKS, LEVELS)
@examples(50)
def test_it_fits(tree: Tree, marks: int, levels: int) -> None:
    found = versions(tree, marks, levels)
    assert found
    assert all(shown.marks <= marks for shown in found)
    for shown in found:
        depth = {"root": 0}
        for parent, children in walk(shown):
            for child in children:
                depth[child] = depth[parent] + 1
        assert max(depth.values()) <= levels


def walk(shown: Shown) -> list[tuple[str, list[str]]]:
    """Parents before children."""
    waiting, found = ["root"], []
    while waiting:
        parent = waiting.pop()
        children = list(shown.children.get(parent, ()))
        found.append((parent, children))
        waiting += children
    return found


@given(trees(largest=300), MARKS, LEVELS)
@examples(50)
def test_the_way_to_the_answer_can_be_followed(tree: Tree, marks: int, levels: int) -> None:
    way = winning_path(tree)
    for shown in versions(tree, marks, levels):
        ids = set(drawn(shown))
        hidden = [node for node in way if node not in ids]
        # Only the middle of a very long way is folded, and in one mark.
        assert len(hidden) == 0 or len(way) >= levels
        if way:
            assert way[-1] in ids
            assert way[0] in ids
        if hidden:
            start = way.index(hidden[0])
            assert way[start : start + len(hidden)] == hidden
            [bridge] = shown.bridges
            assert shown.children[bridge] == [way[start + len(hidden)]]
            assert bridge in shown.children[way[start - 1]]
            assert shown.folds[bridge].steps >= len(hidden)


def test_a_small_tree_is_shown_as_it_is() -> None:
    tree = tree_of(60, 5, seed=1)
    first = versions(tree, 400, 32)[0]
    assert not first.folds
    assert first.children == {n.id: n.children for n in tree.nodes.values() if n.children}


@pytest.mark.parametrize("seed", range(5))
def test_what_leads_nowhere_is_folded_before_what_leads_on(seed: int) -> None:
    tree = tree_of(300, 40, seed)
    shown = next(found for found in versions(tree, 400, 190) if found.folds)
    for parent, children in shown.children.items():
        there = [tree.nodes[mark] for mark in children if mark in tree.nodes]
        gone = [tree.nodes[node] for node in tree.nodes[parent].children if node not in children]
        if not gone:
            continue
        assert not any(node.children or node.state == "completed" for node in gone)
        # Of those that lead nowhere, the best are shown.
        ends = [node for node in there if not node.children and node.state != "completed"]
        worst = min((node.aggregate or 0.0 for node in ends), default=1.0)
        assert worst >= max(node.aggregate or 0.0 for node in gone)


def test_a_fold_says_the_best_score_inside() -> None:
    tree = tree_of(300, 300, seed=2)
    shown = versions(tree, 64, 8)[-1]
    for parent, children in shown.children.items():
        for mark in children:
            if mark in shown.folds and mark not in shown.bridges:
                gone = [node for node in tree.nodes[parent].children if node not in children]
                inside = [
                    node.aggregate
                    for node in tree.steps()
                    if any(node.id == top or node.id.startswith(f"{top}.") for top in gone)
                    and node.aggregate is not None
                ]
                assert shown.folds[mark].best == max(inside, default=None)
