"""The fold over the log: what it adds up to, and which logs it refuses."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import fields

import pytest

from search_core.log.cost import Cost
from search_core.log.events import (
    EVENT_KINDS,
    Allocated,
    BackedUp,
    Compared,
    Completed,
    Decided,
    Event,
    Finished,
    Graded,
    Merged,
    ModelRecord,
    Noted,
    ProblemRecord,
    Sampled,
    Scored,
    Share,
    Spent,
    Started,
    Verdict,
    Voted,
    Warned,
)
from search_core.log.tree import LogError, Tree

Made = Callable[[int], Event]


def header(seq: int = 0) -> Started:
    model = ModelRecord(name="model")
    return Started(
        seq=seq,
        t=0,
        run="run",
        problem=ProblemRecord(text="What is it?"),
        solver=model,
        verifier=model,
        strategy="greedy",
        options={},
        sampling={},
        seed=0,
        limits={},
    )


def make(kind: type[Event], **fields: object) -> Made:
    return lambda seq: kind(seq=seq, t=seq, **fields)  # type: ignore[arg-type]


def sampled(node_id: str) -> Made:
    return make(Sampled, id=node_id, text=f"step {node_id}", tokens=2, logprob=-1)


def scored(node_id: str, score: float = 0.5) -> Made:
    return make(Scored, id=node_id, verifier="v", score=score, aggregate=score)


def decided(kept: str = "", pruned: str = "", rule: str = "top_k") -> Made:
    return make(
        Decided,
        round=1,
        rule=rule,
        why="So.",
        kept=tuple(Verdict(i, 1, 0.0) for i in kept.split()),
        pruned=tuple(Verdict(i, 2, -0.1) for i in pruned.split()),
    )


def completed(node_id: str) -> Made:
    return make(Completed, id=node_id, answer="5", group=0)


def finished(chosen: str | None = None) -> Made:
    return make(Finished, status="completed", chosen=chosen)


def tree_of(*made: Made) -> Tree:
    return Tree.from_events([header(), *(m(seq) for seq, m in enumerate(made, start=1))])


def test_states_from_sampling_to_the_end() -> None:
    steps: list[Made] = [sampled("0"), scored("0"), decided("0"), sampled("0.0"), completed("0.0")]
    states = [
        [node.state for node in tree_of(*steps[:length]).steps()]
        for length in range(len(steps) + 1)
    ]
    assert states == [
        [],
        ["frontier"],
        ["candidate"],
        ["kept"],
        ["kept", "frontier"],
        ["kept", "completed"],
    ]


def test_everything_that_is_said_about_a_node() -> None:
    tree = tree_of(
        sampled("0"),
        sampled("1"),
        scored("0", 0.25),
        decided(kept="", pruned="0"),
        make(BackedUp, id="1", visits=3, value=0.5),
        completed("1"),
        make(Graded, right=("1",), wrong=("0",)),
        make(Voted, method="best", tally=(), chosen="1"),
        finished("1"),
    )
    pruned, solution = tree.nodes["0"], tree.nodes["1"]
    assert (pruned.score, pruned.rank, pruned.margin, pruned.decision) == (0.25, 2, -0.1, 0)
    assert (solution.visits, solution.value, solution.answer) == (3, 0.5, "5")
    assert (pruned.right, solution.right) == (False, True)
    assert tree.votes["best"].chosen == "1"
    assert tree.root.children == ["0", "1"]
    assert tree.root.text == "What is it?"


def test_path() -> None:
    tree = tree_of(sampled("2"), sampled("2.1"), sampled("2.1.0"))
    assert [node.id for node in tree.path("2.1.0")] == ["2", "2.1", "2.1.0"]
    assert [node.depth for node in tree.path("2.1.0")] == [1, 2, 3]
    assert tree.path("root") == []
    with pytest.raises(LogError, match="'7'"):
        tree.path("7")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("top_k", False),
        ("out_of_steps", True),
        ("too_long", True),
        ("given_up", True),
        ("run_ended", True),
    ],
)
def test_unfinished(rule: str, expected: bool) -> None:
    tree = tree_of(sampled("0"), sampled("1"), decided(pruned="0", rule=rule), completed("1"))
    assert tree.unfinished(tree.nodes["0"]) == expected
    assert not tree.unfinished(tree.nodes["1"])
    assert not tree.unfinished(tree.root)


def test_rounds_and_cost() -> None:
    assert tree_of().rounds == 0
    spent = {"round": 1, "call": "sample", "requests": 1}
    tree = tree_of(
        make(Spent, **spent, generated=3, solver_flops=5.0, seconds=0.5),
        make(Spent, **spent, verified=4, verifier_flops=7.0, seconds=0.25),
    )
    assert (tree.cost.generated, tree.cost.verified, tree.cost.flops) == (3, 4, 12.0)
    assert tree.cost.seconds == 0.75


def test_what_could_not_be_compared_is_undecided_until_it_was() -> None:
    steps: list[Made] = [sampled(str(index)) for index in range(4)]
    for index, older in enumerate([(), (0,), (0, 1), ()]):
        group = min(index, 2)
        fields = {"id": str(index), "answer": f"x+{index}", "group": group, "undecided": older}
        steps.append(make(Completed, **fields))
    tree = tree_of(*steps)
    assert tree.undecided == {(0, 1), (0, 2), (1, 2)}
    tree = tree_of(*steps, make(Compared, first=0, second=1, equal=False))
    assert tree.undecided == {(0, 2), (1, 2)}
    assert [node.group for node in tree.steps()] == [0, 1, 2, 2]
    # An equal class is a part of the older one, and what that one was found to be is true of it.
    tree = tree_of(*steps, make(Compared, first=0, second=2, equal=True))
    assert tree.undecided == {(0, 1)}
    assert [node.group for node in tree.steps()] == [0, 1, 0, 0]
    assert tree.to_dict()["undecided"] == [(0, 1)]


def test_a_reference_that_could_not_be_compared_is_neither_right_nor_wrong() -> None:
    tree = tree_of(sampled("0"), completed("0"), make(Graded, undecided=("0",)))
    node = tree.nodes["0"]
    assert (node.right, node.right_undecided) == (None, True)


MORE: list[Made] = [
    scored("0"),
    sampled("0.0"),
    sampled("0.1"),
    make(Merged, id="0.1", into="0.0"),
    make(Allocated, round=1, rule="softmax", shares=(Share("0", 1.0, 2),)),
    decided("0"),
    make(BackedUp, id="0", visits=3, value=0.5),
    make(Completed, id="0.0", answer="x+1", group=1, undecided=(0,)),
    make(Compared, first=0, second=1, equal=True),
    make(Graded, right=("0.0",)),
    make(Voted, method="majority", tally=(), chosen=None),
    make(Noted, id="0", action="kept"),
    make(Warned, message="A batch was split."),
    make(Spent, round=1, call="sample", requests=1, generated=3),
    finished(),
]
"""One event of every kind but the header, as they may follow the first step."""


def test_a_copy_is_independent() -> None:
    """Whatever happens to a tree, its copy stays as it was; and the other way round."""
    for left, right in itertools.permutations(range(2)):
        trees = [tree_of(sampled("0"))]
        trees.append(trees[0].copy())
        for seq, made in enumerate(MORE, start=2):
            trees[left].apply(made(seq))
            assert trees[right] == tree_of(sampled("0"))
        assert trees[left] == tree_of(sampled("0"), *MORE)


def test_a_copy_shares_nothing_that_can_change() -> None:
    tree = tree_of(sampled("0"), *MORE)
    copy = tree.copy()
    assert copy == tree
    pairs = [(getattr(tree, part.name), getattr(copy, part.name)) for part in fields(tree)]
    pairs += [(tree.remembered[kind], copy.remembered[kind]) for kind in tree.remembered]
    pairs += [(tree.nodes[key], copy.nodes[key]) for key in tree.nodes]
    pairs += [(node.children, copy.nodes[key].children) for key, node in tree.nodes.items()]
    for held, copied in pairs:
        assert held is not copied or isinstance(held, int | Cost)  # these never change


def test_the_events_above_are_of_every_kind() -> None:
    kinds = {made(seq).kind for seq, made in enumerate(MORE)}
    assert kinds | {"started", "sampled"} == set(EVENT_KINDS)


BROKEN: dict[str, tuple[list[Made], str]] = {
    "a second header": ([header], "exactly one 'started'"),
    "a class younger than itself": (
        [sampled("0"), make(Completed, id="0", answer="x", group=1, undecided=(1,))],
        "class 1 is not younger",
    ),
    "a doubt about no answer": (
        [sampled("0"), make(Completed, id="0", undecided=(0,))],
        "class None is not younger",
    ),
    "classes compared for nothing": (
        [make(Compared, first=0, second=1, equal=True)],
        "classes 0 and 1 for nothing",
    ),
    "a node sampled twice": ([sampled("0"), sampled("0")], "sampled twice"),
    "the root sampled": ([sampled("root")], "sampled twice"),
    "an unknown parent": ([sampled("0.0")], "'0', never sampled"),
    "a score of nothing": ([scored("0")], "never sampled"),
    "a decision on nothing": ([decided("0")], "never sampled"),
    "a decision on the root": ([decided("root")], "already kept"),
    "a node kept twice": ([sampled("0"), decided("0"), decided("0")], "already kept"),
    "a node kept and pruned": ([sampled("0"), decided("0", "0")], "already kept"),
    "a pruned node completed": ([sampled("0"), decided("", "0"), completed("0")], "pruned"),
    "a completed node merged": (
        [sampled("0"), sampled("1"), completed("0"), make(Merged, id="0", into="1")],
        "already completed",
    ),
    "a node merged into nothing": ([sampled("0"), make(Merged, id="0", into="1")], "never"),
    "a node merged into itself": ([sampled("0"), make(Merged, id="0", into="0")], "itself"),
    "the root completed": ([completed("root")], "already kept"),
    "statistics of nothing": ([make(BackedUp, id="3", visits=1, value=0)], "never sampled"),
    "a grade of nothing": ([make(Graded, wrong=("3",))], "never sampled"),
    "nothing chosen by vote": ([make(Voted, method="best", tally=(), chosen="3")], "never"),
    "an open step chosen by vote": (
        [sampled("0"), make(Voted, method="best", tally=(), chosen="0")],
        "no solution",
    ),
    "nothing chosen at the end": ([finished("3")], "never sampled"),
    "the root chosen at the end": ([finished("root")], "no solution"),
    "more after the end": ([finished(), sampled("0")], "after the run finished"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_logs_that_contradict_themselves(name: str) -> None:
    made, message = BROKEN[name]
    with pytest.raises(LogError, match=message):
        tree_of(*made)


def test_a_log_starts_with_its_header() -> None:
    with pytest.raises(LogError, match="exactly one 'started'"):
        Tree.from_events([sampled("0")(0)])


@pytest.mark.parametrize("seq", [0, 2, 17])
def test_holes_and_repeats(seq: int) -> None:
    with pytest.raises(LogError, match="hole"):
        Tree.from_events([header(), sampled("0")(seq)])
