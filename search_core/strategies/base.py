"""What a strategy is: a generator that asks for samples and scores, and decides.

A strategy never calls a model. It yields requests; the runner answers each with a tuple of
nodes (empty for decisions). It imports no torch, no network and no clock, so the same
strategy runs on the embedded models, on a GPU, on a server, on a recording, or on a fake.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from search_core.log.events import Aggregate, Ended, Judged, VoteMethod
from search_core.records import quickly_made
from search_core.scoring import best_first
from search_core.strategies.options import StrategyOptions


@quickly_made
@dataclass(frozen=True, slots=True)
class NodeView:
    """What a strategy may know of a node. It never learns what is right or wrong.

    Attributes:
        aggregate: In [0, 1], or None before the node was scored.
        ended: How its step ended: "step", "end" (the solution is finished), "length", or in one
            of the ways in which it was not written to its end (`StepSample.ended`).
        seed: The node's own seed (0 to 2**63 - 1): what a strategy draws by, with
            `search_core.seeds.unit_numbers`, where its method is random.
        logprob: Sum of the log-probabilities of the step's tokens; None: not known.
        group: Of a completed solution, the number of its answer, by first appearance: equal
            answers have equal numbers. None before, and without an answer.
        place: In the answer to `Sample`, the place of its parent among those of the request. Not a
            part of what the node is.
    """

    id: str
    depth: int
    text: str
    path_text: str
    ended: Ended
    aggregate: float | None
    seed: int = 0
    logprob: float | None = 0.0
    group: int | None = None
    place: int = field(default=0, compare=False)

    @property
    def cut_off(self) -> bool:
        """Whether its step was not written to its end: half a step is neither judged nor
        continued."""
        return self.ended not in ("step", "end")

    @property
    def value(self) -> float:
        """The aggregate of a scored node.

        Raises:
            ValueError: The node was not scored.
        """
        if self.aggregate is None:
            raise ValueError(f"Node {self.id} was not scored; yield Score first.")
        return self.aggregate

    @property
    def likelihood(self) -> float:
        """The log-probability where one is needed (`Strategy.logprobs_if`).

        Raises:
            ValueError: It is not known.
        """
        if self.logprob is None:
            raise ValueError(f"The solver gave no log-probability of node {self.id}.")
        return self.logprob


Nodes = tuple[NodeView, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """Sample one child of each parent (name a parent k times for k children).

    With `to_end`, go on from each child until its path ends or has `max_steps` steps, and
    answer with the last nodes. `temperature` replaces the run's own.

    The answer has one node for each parent, in their order; a person who steers may have had more
    written, which come after those (`NodeView.place` says where each belongs).

    Attributes:
        rollout: Only to see where the parents lead: nobody decides on such nodes, and the
            search does not go on from them; those that end may be completed.
        after: For each parent, the end of an earlier attempt that the solver reads before it
            writes (self-revision), with all attempts that this one had read; None for none.
        attempts_seen: The most of these attempts that it reads, the latest ones; 0: all.
    """

    parents: Nodes
    to_end: bool = False
    max_steps: int = 0
    temperature: float | None = None
    rollout: bool = False
    after: tuple[NodeView | None, ...] = ()
    attempts_seen: int = 0


Placement = Callable[[Sequence[str], str], int]
"""Where a new piece of a stream belongs: given all pieces before it and itself, the index of
the piece that it continues; -1 for the problem."""


@dataclass(frozen=True, slots=True)
class Continue:
    """Write the next piece of one long stream; answer with it, in its place in the tree.

    Attributes:
        stream: All pieces so far, in the order in which they were written: the solver reads
            them all, in this order, and not only the path to the new piece.
        place: Says where in the tree the new piece belongs.
        forced: How the piece must begin ("Wait"); "" leaves that to the solver.
        temperature: Replaces the run's own.
    """

    stream: Nodes
    place: Placement
    forced: str = ""
    temperature: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Score these nodes' paths, as far as they are not scored; answer with them, scored.

    With `ends`, each node is judged by the path to its end, the last node of a rollout (or
    the node itself): the scores on the way are aggregated up to there.
    """

    nodes: Nodes
    aggregate: Aggregate
    ends: Nodes = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class Decide:
    """Keep some nodes, prune others, and say why. Each node is decided once.

    The answer is who goes on: those that were kept, in their order, unless a person who steers
    decided otherwise.
    """

    rule: str
    why: str
    kept: Nodes = ()
    pruned: Nodes = ()
    ranked: bool = False
    """True: kept, then pruned, is the order from best to worst."""
    cutoff: float | None = None
    """The aggregate that a node had to reach, where the rule ranks."""
    subtree: int | None = None
    revisable: bool = False
    """True: the strategy goes by the answer, so what is pruned here may be kept by a person."""
    room: int | None = None
    """The most that can go on, whoever decides; None: as many as one likes."""
    ranks: tuple[int, ...] = ()
    """Of kept, then pruned, where others are ranked among them; (): counted from 1."""


@dataclass(frozen=True, slots=True)
class Resolve:
    """A decision about the search itself, and not about nodes: to stop, or how to go on."""

    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Allocate:
    """Say how a budget is shared out: a weight (0 to 1) and a number of copies for each node.

    Finished paths may have a share too. `effective` is the effective sample size, where the
    method speaks of it.
    """

    rule: str
    nodes: Nodes
    weights: tuple[float, ...]
    copies: tuple[int, ...]
    effective: float | None = None


@dataclass(frozen=True, slots=True)
class BackUp:
    """Write down nodes' statistics: of each, how often it was visited, and its mean value."""

    statistics: tuple[tuple[NodeView, int, float], ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """These nodes repeat others word for word: (duplicate, original) pairs."""

    pairs: tuple[tuple[NodeView, NodeView], ...]


@dataclass(frozen=True, slots=True)
class Complete:
    """These paths are solutions; answer with them, the number of their answer known.

    `unfinished`: taken although they never ended.
    """

    nodes: Nodes
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Choose:
    """Judge the candidates, in this order, and choose the answer. The last request.

    With `answerless`, candidates without an answer vote for the empty one; else for none.
    """

    candidates: Nodes
    method: VoteMethod
    answerless: bool = False


Request = (
    Sample | Continue | Score | Decide | Resolve | Allocate | BackUp | Merge | Complete | Choose
)
Plan = Generator[Request, Nodes, None]


StrategyKind = Literal["vote", "prune", "tree", "think"]
"""How a strategy spends compute; the page groups the strategies by it."""
KINDS: dict[StrategyKind, str] = {
    "vote": "Sample and vote",
    "prune": "Prune as you go",
    "tree": "Tree policies",
    "think": "Think longer",
}


@dataclass(frozen=True)
class Strategy:
    """A search method as people meet it.

    Attributes:
        name: Machine name.
        title: Name on the page.
        does: What it does, in one plain sentence.
        does_not: What it does not do, in one plain sentence.
        source: Where it comes from.
        options: Its options class.
        plan: The algorithm: takes the root and the options.
        kind: How it spends compute.
        pseudocode: The algorithm in a few lines, as the page shows it.
        as_published: Option values that reproduce the published code, accidents included.
        uses_verifier: Whether it reads scores.
        asks_about: "solutions" if it has finished solutions scored and nothing else, which an
            outcome verifier can do; "steps" if it needs scores on the way.
        whole_solutions_if: Option values with which it asks about solutions all the same.
        revises: Whether the solver must be able to read its earlier attempts.
        writes: "solutions" if it has nothing but whole solutions written, from the problem on;
            "steps" if it goes on from single ones.
        logprobs_if: Option values with which it goes by the solver's log-probabilities; {}: never.
    """

    name: str
    title: str
    does: str
    does_not: str
    source: str
    options: type[StrategyOptions]
    plan: Callable[[NodeView, Any], Plan]
    kind: StrategyKind = "prune"
    pseudocode: str = ""
    as_published: Mapping[str, Any] = field(default_factory=dict)
    uses_verifier: bool = True
    asks_about: Judged = "steps"
    whole_solutions_if: Mapping[str, Any] = field(default_factory=dict)
    revises: bool = False
    writes: Literal["steps", "solutions"] = "steps"
    logprobs_if: Mapping[str, Any] = field(default_factory=dict)

    def reads_logprobs(self, options: StrategyOptions | None = None) -> bool:
        """Whether it goes by log-probabilities with these options (without any: the usual)."""
        return _match(options or self.options(), self.logprobs_if)

    def asks(self, options: StrategyOptions | None = None) -> Judged:
        """What it has scored with these options (without any: with the usual ones)."""
        whole = _match(options or self.options(), self.whole_solutions_if)
        return "solutions" if whole else self.asks_about


def _match(options: StrategyOptions, wanted: Mapping[str, Any]) -> bool:
    """Whether the options have these values; never where none is said."""
    return bool(wanted) and all(getattr(options, name) == value for name, value in wanted.items())


def keep_best(
    nodes: Sequence[NodeView],
    count: int,
    rule: str,
    why: str,
    *,
    later_wins_ties: bool = False,
    cutoff: float | None = None,
    subtree: int | None = None,
) -> Decide:
    """Keep the `count` nodes with the highest aggregates, prune the others.

    The cut-off is the lowest aggregate that was kept, unless one is given.
    """
    order = best_first([node.value for node in nodes], later_wins_ties=later_wins_ties)
    ranked = [nodes[index] for index in order]
    kept, pruned = tuple(ranked[:count]), tuple(ranked[count:])
    if cutoff is None and kept:
        cutoff = kept[-1].value
    return Decide(rule, why, kept, pruned, True, cutoff, subtree)


def in_order(nodes: Sequence[NodeView], chosen: Nodes) -> Nodes:
    """The chosen nodes in the order in which they were sampled."""
    ids = {node.id for node in chosen}
    return tuple(node for node in nodes if node.id in ids)


_CUT_OFF: dict[Ended, tuple[str, str]] = {
    "length": ("too_long", "The step hit the length limit before it ended."),
    "aborted": ("given_up", "The step was given up by whoever wrote it, before it ended."),
    "filtered": ("given_up", "A content filter stopped the step before it ended."),
    "unknown": ("given_up", "Nobody said how the step ended, so it may be half a step."),
}
"""What to say of a step that was cut off: rule and sentence, by how it ended."""


def cut_off(nodes: Iterable[NodeView]) -> Iterator[Decide]:
    """Prune those of the steps that were cut off: half a step cannot be judged or continued."""
    those = [node for node in nodes if node.cut_off]
    if not those:
        return
    for ended, (rule, why) in _CUT_OFF.items():
        yield Decide(rule, why, pruned=tuple(node for node in those if node.ended == ended))


def out_of_steps(nodes: Sequence[NodeView], max_steps: int) -> Decide:
    """Prune paths that are not finished when the steps run out."""
    why = f"The path was not finished after {max_steps} steps, the most that were allowed."
    return Decide("out_of_steps", why, pruned=tuple(nodes))


def split_duplicates(
    nodes: Sequence[NodeView],
) -> tuple[list[NodeView], tuple[tuple[NodeView, NodeView], ...]]:
    """The first node of each path text, and (duplicate, original) pairs of the others."""
    first: dict[str, NodeView] = {}
    pairs = []
    for node in nodes:
        original = first.setdefault(node.path_text, node)
        if original is not node:
            pairs.append((node, original))
    return list(first.values()), tuple(pairs)
