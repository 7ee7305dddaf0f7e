"""Events about one node: it was written, scored, merged, completed, visited, touched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

from pydantic import Field

from search_core.log.events.event import Event
from search_core.log.fields import (
    Amount,
    AnswerText,
    Count,
    Ended,
    Line,
    Name,
    NodeId,
    Real,
    Reason,
    Repeats,
    Role,
    ScoreValue,
    Text,
    Thought,
    Value,
    parent_of,
)
from search_core.log.nodes import SETTLED_STATES, LogError, Node, NodeTable


class Sampled(Event):
    """The solver wrote one step: a new node."""

    kind: Literal["sampled"] = "sampled"
    id: NodeId
    """Says the parent too: it is the id without its last index."""
    text: Text
    """The step without its delimiter."""
    tokens: Count
    """Tokens that the solver generated for it, the delimiter included."""
    logprob: Real | None
    """Sum of the log-probabilities of those tokens; None: the solver did not give all of them."""
    ended: Ended = "step"
    """How it ended."""
    prefilled: Count = 0
    """Prompt tokens computed for it (its share, where a prompt was shared)."""
    reused: Count = 0
    """Prompt tokens served from a cache."""
    flops: Amount = 0.0
    role: Role = "step"
    after: NodeId | None = None
    """The last node that the solver had read besides the path: the end of the attempt that it
    revises, or the step before in one long stream, where that is not the parent."""
    repeats: Repeats = ""
    """What it repeats; "": nothing that was noticed, or nobody looked."""
    thought: Thought = ""
    """Whether it is thought; "": it is not, or nobody knows."""
    forced: Line = ""
    """How the text begins, where that was put into the solver's mouth (budget forcing)."""
    by: Name = ""
    """The person who wrote it; "": the solver did."""
    again: bool = False
    """Whether it was written in an earlier run and taken from there: it cost nothing now."""

    @property
    def parent(self) -> str:
        """Id of the parent."""
        return parent_of(self.id)

    def apply_to(self, tree: NodeTable) -> None:
        self.put_all(tree, (self.values(),))

    @staticmethod
    def put_all(tree: NodeTable, many: Iterable[tuple[Any, ...]]) -> None:
        """Do what events of these values, each in the order of the fields, do. Raises as
        `apply_to`."""
        nodes = tree.nodes
        for (
            key,
            text,
            tokens,
            logprob,
            ended,
            prefilled,
            reused,
            flops,
            role,
            after,
            repeats,
            thought,
            forced,
            by,
            again,
        ) in many:
            if key in nodes:  # before anything else: the root's parent is the root
                raise LogError(f"Node {key!r} is sampled twice.")
            if after is not None:
                tree.node(after)
            above = parent_of(key)
            parent = nodes.get(above) or tree.node(above)
            parent.children.append(key)
            # By place, as of all that a run makes thousands of: names take half as long again.
            nodes[key] = Node(
                key,
                parent.id,
                text,
                parent.depth + 1,
                [],
                "rollout" if role == "rollout" else "frontier",
                tokens,
                logprob,
                ended,
                role,
                repeats,
                thought,
                after,
                forced,
                by,
                again,
                prefilled,
                reused,
                flops,
            )


class Scored(Event):
    """A verifier scored one step, given all before it."""

    kind: Literal["scored"] = "scored"
    id: NodeId
    verifier: Name = ""
    """Who scored; empty: the run's own verifier."""
    score: ScoreValue
    aggregate: ScoreValue | None = None
    """The path's scores in one number, as the strategy aggregates them; None: the score itself."""
    ahead: NodeId | None = None
    """The end of the rollout up to which the aggregate goes; None: it ends at this node."""
    tokens: Count = 0
    """Tokens that the verifier read for it, or wrote."""
    flops: Amount = 0.0
    reason: Reason = ""
    """What the verifier wrote before it judged; of a long text the end."""
    again: bool = False
    """Whether it was scored in an earlier run: it cost nothing now."""

    def apply_to(self, tree: NodeTable) -> None:
        self.put_all(tree, (self.values(),))

    @staticmethod
    def put_all(tree: NodeTable, many: Iterable[tuple[Any, ...]]) -> None:
        """Do what events of these values, each in the order of the fields, do. Raises as
        `apply_to`."""
        nodes = tree.nodes
        for key, _, score, aggregate, ahead, tokens, flops, reason, _ in many:
            node = nodes.get(key) or tree.node(key)
            node.score = score
            node.aggregate = score if aggregate is None else aggregate
            node.ahead = ahead
            node.verifier_tokens, node.verifier_flops = tokens, flops
            node.reason = reason
            if node.state == "frontier":
                node.state = "candidate"


class Merged(Event):
    """A node repeats another one word for word and is not continued."""

    kind: Literal["merged"] = "merged"
    id: NodeId
    into: NodeId

    def apply_to(self, tree: NodeTable) -> None:
        if self.into == self.id:
            raise LogError(f"Node {self.id!r} is merged into itself.")
        tree.node(self.into)
        tree.settle(self.id, "merged").merged_into = self.into


class Completed(Event):
    """A path became a solution."""

    kind: Literal["completed"] = "completed"
    id: NodeId
    answer: AnswerText | None = None
    """The extracted answer, whole; None: none was found."""
    group: Count | None = None
    """Equivalence class of the answer; None when there is no answer."""
    unfinished: bool = False
    """True: taken as a candidate although it never ended (published DVTS does so)."""
    undecided: tuple[Count, ...] = ()
    """Older classes of which it could not be decided whether the answer belongs to them; it
    began a class of its own. A `compared` event says so when it was decided after all."""

    def apply_to(self, tree: NodeTable) -> None:
        node = tree.settle(self.id, "completed", unless=SETTLED_STATES)
        node.answer, node.group = self.answer, self.group
        if self.undecided:
            tree.doubt(self.undecided, self.group)


class Compared(Event):
    """Two classes of answers that could not be compared before, and now were."""

    kind: Literal["compared"] = "compared"
    first: Count
    """The older class."""
    second: Count
    """The younger one: if they are equal, its solutions belong to the first from now on."""
    equal: bool

    def apply_to(self, tree: NodeTable) -> None:
        tree.decide(self.first, self.second, equal=self.equal)


class BackedUp(Event):
    """A tree policy updated a node's statistics (MCTS)."""

    kind: Literal["backed_up"] = "backed_up"
    id: NodeId
    visits: Count
    value: Real

    def apply_to(self, tree: NodeTable) -> None:
        self.put_all(tree, (self.values(),))

    @staticmethod
    def put_all(tree: NodeTable, many: Iterable[tuple[Any, ...]]) -> None:
        """Do what events of these values, each in the order of the fields, do. Raises as
        `apply_to`."""
        nodes = tree.nodes
        for key, visits, value in many:
            node = nodes.get(key) or tree.node(key)
            node.visits, node.value = visits, value


class Noted(Event):
    """A person acted on a node of a run (`search_core.acts`), and the search was driven again.

    It stands at the beginning of the log that came of it, before the node that it is about. Where
    the act takes effect, the log says so again: a step has its author in `by`, a decision its rule.
    """

    remembered: ClassVar[bool] = True

    kind: Literal["noted"] = "noted"
    id: NodeId
    action: Literal["kept", "pruned", "grown", "edited", "injected", "went_on", "changed"]
    text: Text = ""
    """Of a step that was edited or injected."""
    author: Name = ""
    """Who did it, as they call themselves; "": a person who did not say."""
    count: Count = 0
    """How many more next steps were wanted."""
    ends: bool = False
    """Whether the step that was written ends the solution."""
    of: Name = ""
    """Id of the run that it was done to."""
    changed: dict[Name, Value] = Field(default_factory=dict, max_length=16)
    """Options that the whole search has otherwise, as What if changes them."""
