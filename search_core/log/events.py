"""The event log: everything that happens in a run, as small frozen typed records.

A run is an append-only list of events. `seq` counts from 0 without holes; `t` is seconds
since the start. Every view (tree, picture, table, trace file) is a fold over this list.
Optional fields that hold their default are left out of the JSON, so a live page pays
only for what is said.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    model_serializer,
)

FORMAT = "espalier-trace"
VERSION = 1
ROOT = "root"
MAX_DEPTH = 200
MAX_TEXT = 200_000
MAX_REASON = 4000

# A node's id is its path of child indices, so it depends on nothing but the search itself.
_INDEX = "[0-9]{1,5}"
_ID = rf"^(root|{_INDEX}(\.{_INDEX}){{0,{MAX_DEPTH - 1}}})$"
NodeId = Annotated[str, Field(pattern=_ID, max_length=6 * MAX_DEPTH)]
Name = Annotated[str, Field(max_length=200)]
Line = Annotated[str, Field(max_length=1000)]
Reason = Annotated[str, Field(max_length=MAX_REASON)]
Text = Annotated[str, Field(max_length=MAX_TEXT)]
Count = Annotated[int, Field(ge=0, le=10**15)]
Amount = Annotated[float, Field(ge=0, le=1e30, allow_inf_nan=False)]
Real = Annotated[float, Field(allow_inf_nan=False)]
Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Value = bool | int | Real | Line | None
Rule = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]

Ended = Literal["step", "end", "length"]
VoteMethod = Literal["majority", "weighted", "best"]
Status = Literal["completed", "cancelled", "failed", "out_of_budget"]
Aggregate = Literal["last", "min", "prod", "mean"]
Role = Literal["step", "rollout"]
"""What a sampled node is: a step of the search, or a look at where a step leads (lookahead,
MCTS by rollout), which the search judges by and does not go on from."""
Judged = Literal["steps", "solutions"]
"""What a verifier judges: every step (a process verifier), or finished solutions only."""


def parent_of(node_id: str) -> str:
    """Id of a node's parent."""
    return node_id.rpartition(".")[0] or ROOT


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProblemRecord(_Record):
    """The problem of a run. See `search_core.problem.Problem`."""

    text: Text
    answer: Line | None = None
    family: Name | None = None
    level: int | None = None


class ModelRecord(_Record):
    """Identity of a solver or a verifier.

    `revision` is a commit or a content hash, `parameters` a count (None: unknown).
    """

    name: Name
    revision: Name = ""
    parameters: Count | None = None
    dtype: Name = ""
    device: Name = ""
    prompt: Text = ""
    """System prompt before the problem."""
    scores: Judged = "steps"
    """What a verifier judges; the JSON says it only where it is not the usual."""

    @model_serializer(mode="wrap")
    def _without_the_usual(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = dump(self)
        if self.scores == "steps":
            values.pop("scores", None)
        return values


class Event(_Record):
    """What all events share."""

    seq: Count
    """Position in the log, from 0, without holes."""
    t: Amount
    """Seconds since the run started."""


class Started(Event):
    """The header: what is being run, with everything needed to run it again."""

    kind: Literal["started"] = "started"
    format: Literal["espalier-trace"] = "espalier-trace"
    version: int = VERSION
    run: Name
    problem: ProblemRecord
    solver: ModelRecord
    verifier: ModelRecord
    strategy: Name
    options: dict[Name, Value]
    sampling: dict[Name, Value]
    seed: int
    limits: dict[Name, Value]
    created: Name = ""
    """ISO 8601 time in UTC, or empty."""


class Sampled(Event):
    """The solver wrote one step: a new node."""

    kind: Literal["sampled"] = "sampled"
    id: NodeId
    """Says the parent too: it is the id without its last index."""
    text: Text
    """The step without its delimiter."""
    tokens: Count
    """Tokens that the solver generated for it, the delimiter included."""
    logprob: Real
    """Sum of the log-probabilities of those tokens."""
    ended: Ended = "step"
    """How it ended: step delimiter, end of the solution, or the length limit."""
    prefilled: Count = 0
    """Prompt tokens computed for it (its share, where a prompt was shared)."""
    reused: Count = 0
    """Prompt tokens served from a cache."""
    flops: Amount = 0.0
    role: Role = "step"
    after: NodeId | None = None
    """The last node that the solver had read besides the path: the end of the attempt that it
    revises, or the step before in one long stream, where that is not the parent."""
    forced: Line = ""
    """How the text begins, where that was put into the solver's mouth (budget forcing)."""

    @property
    def parent(self) -> str:
        """Id of the parent."""
        return parent_of(self.id)


class Scored(Event):
    """A verifier scored one step, given all before it."""

    kind: Literal["scored"] = "scored"
    id: NodeId
    verifier: Name = ""
    """Who scored; empty: the run's own verifier."""
    score: Score
    aggregate: Score | None = None
    """The path's scores in one number, as the strategy aggregates them; None: the score itself."""
    ahead: NodeId | None = None
    """The end of the rollout up to which the aggregate goes; None: it ends at this node."""
    tokens: Count = 0
    """Tokens that the verifier read for it, or wrote."""
    flops: Amount = 0.0
    reason: Reason = ""
    """What the verifier wrote before it judged; of a long text the end."""


class Verdict(NamedTuple):
    """One node's place in a decision; `[id, rank, margin]` in JSON."""

    id: NodeId
    rank: int | None = None
    """1 is best; None where the rule does not rank."""
    margin: Real | None = None
    """Aggregate minus the cut-off: at least 0 for a kept node, at most 0 for a pruned one."""


class Decided(Event):
    """A strategy kept some nodes and pruned others; without nodes, it decided how the search
    goes on, or that it stops."""

    kind: Literal["decided"] = "decided"
    round: Count
    rule: Rule
    """Machine name of the rule, e.g. "top_k"."""
    why: Line
    """The rule in one plain sentence."""
    cutoff: Real | None = None
    """The lowest aggregate that was kept; None where the rule does not rank."""
    subtree: Count | None = None
    """Number of the subtree that was judged, where subtrees are judged apart (DVTS)."""
    kept: tuple[Verdict, ...] = ()
    pruned: tuple[Verdict, ...] = ()


class Share(NamedTuple):
    """What one path gets of a budget; `[id, weight, copies]` in JSON."""

    id: NodeId
    weight: Score
    """Its part of the whole, 0 to 1."""
    copies: Count
    """How many next steps (REBASE) or particles it gets."""


class Allocated(Event):
    """A strategy shared its budget out among paths, finished ones among them."""

    kind: Literal["allocated"] = "allocated"
    round: Count
    rule: Rule
    """Machine name of the rule, e.g. "systematic"."""
    effective: Amount | None = None
    """Effective sample size, 1 / sum of the squared weights, where the method speaks of it;
    particles are counted one by one, also where several are at the same node."""
    shares: tuple[Share, ...]


class Merged(Event):
    """A node repeats another one word for word and is not continued."""

    kind: Literal["merged"] = "merged"
    id: NodeId
    into: NodeId


class Completed(Event):
    """A path became a solution."""

    kind: Literal["completed"] = "completed"
    id: NodeId
    answer: Line | None = None
    """The extracted answer; None: none was found."""
    group: Count | None = None
    """Equivalence class of the answer; None when there is no answer."""
    unfinished: bool = False
    """True: taken as a candidate although it never ended (published DVTS does so)."""


class BackedUp(Event):
    """A tree policy updated a node's statistics (MCTS)."""

    kind: Literal["backed_up"] = "backed_up"
    id: NodeId
    visits: Count
    value: Real


class Noted(Event):
    """A person touched a node."""

    kind: Literal["noted"] = "noted"
    id: NodeId
    action: Literal["kept", "pruned", "edited", "injected"]
    text: Text = ""


class Warned(Event):
    """Something went otherwise than planned, and the run went on (a batch was split)."""

    kind: Literal["warned"] = "warned"
    message: Line


class Spent(Event):
    """What one batched model call cost."""

    kind: Literal["spent"] = "spent"
    round: Count
    call: Literal["sample", "score"]
    requests: Count
    generated: Count = 0
    prefilled: Count = 0
    reused: Count = 0
    verified: Count = 0
    """Tokens that the verifier read, or wrote before it judged."""
    solver_flops: Amount = 0.0
    verifier_flops: Amount = 0.0
    seconds: Amount = 0.0


class Tally(NamedTuple):
    """One answer's votes; `[group, answer, votes, solutions]` in JSON."""

    group: int
    answer: Line
    votes: Real
    solutions: int


class Voted(Event):
    """All candidates judged by one method."""

    kind: Literal["voted"] = "voted"
    method: VoteMethod
    tally: tuple[Tally, ...]
    """Best first; ties in order of first appearance."""
    chosen: NodeId | None = None
    """The solution chosen: of the winning answer, the best-scoring one (majority: the first)."""


class Graded(Event):
    """Solutions held against the reference; written after all decisions, seen by none."""

    kind: Literal["graded"] = "graded"
    right: tuple[NodeId, ...] = ()
    wrong: tuple[NodeId, ...] = ()


class Finished(Event):
    """The last event of every run."""

    kind: Literal["finished"] = "finished"
    status: Status
    message: Line = ""
    method: VoteMethod | None = None
    """The vote that chose."""
    chosen: NodeId | None = None
    answer: Line | None = None


AnyEvent = Annotated[
    Started
    | Sampled
    | Scored
    | Decided
    | Allocated
    | Merged
    | Completed
    | BackedUp
    | Noted
    | Warned
    | Spent
    | Voted
    | Graded
    | Finished,
    Field(discriminator="kind"),
]

_ADAPTER: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


def event_to_dict(event: Event) -> dict[str, Any]:
    """The event as JSON-ready values, defaults left out (the header is kept whole)."""
    values = event.model_dump(mode="json", exclude_defaults=not isinstance(event, Started))
    kind = getattr(event, "kind")  # noqa: B009  (declared on every concrete event)
    return {"seq": event.seq, "t": event.t, "kind": kind, **values}


def event_to_json(event: Event) -> str:
    """One line of NDJSON, without the line break."""
    return json.dumps(
        event_to_dict(event), ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


def event_from_dict(values: object) -> AnyEvent:
    """Validate JSON values as an event.

    Raises:
        pydantic.ValidationError: The values are not an event of this version.
    """
    return _ADAPTER.validate_python(values)
