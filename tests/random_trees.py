"""Trees of any shape, in any mixture of states: no strategy would grow most of them."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from search_core.log.events import event_from_dict
from search_core.log.tree import Tree

_MODEL = {"name": "a model"}
_DEEPEST = 190


def tree_of(
    size: int,
    reach: int,
    seed: int,
    texts: tuple[str, ...] = ("a step",),
    strategy: str = "beam_search",
) -> Tree:
    """A finished tree.

    Args:
        size: Steps.
        reach: Among how many of the newest nodes a step's parent is drawn: 1 gives a chain, as
            many as there are steps a bush.
        seed: Of everything random.
        texts: What steps, and answers, say.
        strategy: Its name in the log, which a stranger may have written.
    """
    chance = random.Random(seed)
    tree, ids, children = Tree(), ["root"], {"root": 0}
    _apply(
        tree,
        kind="started",
        run="r",
        problem={"text": texts[0], "answer": "1"},
        solver=_MODEL,
        verifier=_MODEL,
        strategy=strategy,
        options={},
        sampling={},
        seed=0,
        limits={},
    )
    for _ in range(size):
        parent = chance.choice(ids[-reach:])
        if parent.count(".") + 1 >= _DEEPEST:
            parent = "root"
        number = f"{children[parent]}"
        node = number if parent == "root" else f"{parent}.{number}"
        children[parent] += 1
        children[node] = 0
        ids.append(node)
        _apply(tree, kind="sampled", id=node, text=chance.choice(texts), tokens=3, logprob=-1.0)
        if chance.random() < 0.8:
            _apply(tree, kind="scored", id=node, score=chance.random())
    leaves = [node for node in ids[1:] if not children[node]]
    for node in ids[1:]:
        _settle(tree, node, leaves, chance, texts)
    solutions = [node.id for node in tree.steps() if node.state == "completed"]
    chosen = chance.choice(solutions) if solutions and chance.random() < 0.8 else None
    answer = tree.nodes[chosen].answer if chosen else None
    _apply(tree, kind="graded", right=solutions[::2], wrong=solutions[1::2])
    _apply(tree, kind="finished", status="completed", chosen=chosen, answer=answer)
    return tree


def trees(largest: int = 150, texts: tuple[str, ...] = ("a step",)) -> st.SearchStrategy[Tree]:
    """Trees of one step and more."""
    return st.builds(
        tree_of,
        size=st.integers(1, largest),
        reach=st.sampled_from([1, 2, 3, 10, 40, largest]),
        seed=st.integers(0, 10_000),
        texts=st.just(texts),
    )


def _settle(
    tree: Tree, node: str, leaves: list[str], chance: random.Random, texts: tuple[str, ...]
) -> None:
    luck = chance.random()
    if node in leaves and luck < 0.3:
        answer = chance.choice(texts)[:900] if chance.random() < 0.9 else None
        _apply(tree, kind="completed", id=node, answer=answer)
    elif luck < 0.4 and len(leaves) > 1:
        other = leaves[0] if leaves[0] != node else leaves[-1]
        _apply(tree, kind="merged", id=node, into=other)
    elif luck < 0.9:
        key = "kept" if luck < 0.6 else "pruned"
        _apply(tree, kind="decided", round=1, rule="top_k", why="so", **{key: [[node, 1, 0.0]]})


def _apply(tree: Tree, **values: Any) -> None:
    seq = tree.seq + 1
    tree.apply(event_from_dict({"seq": seq, "t": float(seq), **values}))
