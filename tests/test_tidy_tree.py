"""Properties of the tidy layout, over random trees and extreme ones."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.picture.tidy_tree import tidy_layout
from tests.growth import takes_linear_time

Children = dict[int, list[int]]


@st.composite
def trees(draw: st.DrawFn) -> Children:
    """Node n hangs below an earlier node; later parents make deep trees, early ones wide."""
    size = draw(st.integers(1, 60))
    reach = draw(st.integers(1, 60))
    children: Children = defaultdict(list)
    for node in range(1, size):
        children[draw(st.integers(max(0, node - reach), node - 1))].append(node)
    return dict(children)


@given(trees())
def test_every_level_is_apart_and_in_order(children: Children) -> None:
    points = tidy_layout(children, 0)
    levels: dict[int, list[int]] = {0: [0]}
    for depth in range(max(point.y for point in points.values()) + 1):
        level = levels[depth]
        assert all(points[node].y == depth for node in level)
        for left, right in pairwise(level):
            assert points[right].x - points[left].x >= 1 - 1e-9
        levels[depth + 1] = [child for node in level for child in children.get(node, ())]
    assert len(points) == sum(map(len, levels.values()))


@given(trees())
def test_parents_stand_in_the_middle_above_their_children(children: Children) -> None:
    points = tidy_layout(children, 0)
    assert points[0] == (0, 0)
    for parent, below in children.items():
        middle = (points[below[0]].x + points[below[-1]].x) / 2
        assert points[parent].x == pytest.approx(middle, abs=1e-6)


@given(trees())
def test_the_mirrored_tree_is_the_mirrored_picture(children: Children) -> None:
    """Left and right are treated alike where every node has at most two children."""
    pairs = {parent: below[:2] for parent, below in children.items()}
    points = tidy_layout(pairs, 0)
    mirrored = tidy_layout({parent: below[::-1] for parent, below in pairs.items()}, 0)
    assert {node: -point.x for node, point in points.items()} == pytest.approx(
        {node: point.x for node, point in mirrored.items()}, abs=1e-6
    )


def test_small_subtrees_between_large_ones_spread_evenly() -> None:
    wide = [10, 11, 12, 13, 14]
    points = tidy_layout({0: [1, 2, 3, 4], 1: wide, 4: [node + 10 for node in wide]}, 0)
    steps = [points[right].x - points[right - 1].x for right in (2, 3, 4)]
    assert steps == pytest.approx([5 / 3] * 3)


def test_subtrees_move_together_as_far_as_their_outlines_allow() -> None:
    """A leaf beside a branch stands above the branch's own leaves, not beside all of them."""
    points = tidy_layout({0: [1, 2], 1: [3, 4, 5]}, 0)
    assert points[2].x - points[1].x == 1


def test_a_chain_does_not_recurse() -> None:
    size = 10_000
    points = tidy_layout({node: [node + 1] for node in range(size)}, 0)
    assert len(points) == size + 1
    assert all(point.x == 0 for point in points.values())


def test_time_grows_with_the_size_only() -> None:
    """A comb (a long spine with a leaf at each joint) is what copied outlines choke on."""

    def lay_out(size: int) -> None:
        tidy_layout({node: [node + 1, node + size + 1] for node in range(size)}, 0)

    assert takes_linear_time(lay_out, 5_000)
