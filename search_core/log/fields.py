"""What the fields of events may hold: bounded, so that a stranger's trace is bounded too."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

ROOT = "root"
MAX_DEPTH = 200
MAX_TEXT = 200_000
MAX_REASON = 4000
MAX_ANSWER_TEXT = 10_000

# A node's id is its path of child indices, so it depends on nothing but the search itself.
_INDEX = "[0-9]{1,5}"
_ID = rf"^(root|{_INDEX}(\.{_INDEX}){{0,{MAX_DEPTH - 1}}})$"
NodeId = Annotated[str, Field(pattern=_ID, max_length=6 * MAX_DEPTH)]
Name = Annotated[str, Field(max_length=200)]
Line = Annotated[str, Field(max_length=1000)]
AnswerText = Annotated[str, Field(max_length=MAX_ANSWER_TEXT)]
"""A whole answer: what is cut off cannot tell answers apart."""
Reason = Annotated[str, Field(max_length=MAX_REASON)]
Text = Annotated[str, Field(max_length=MAX_TEXT)]
Count = Annotated[int, Field(ge=0, le=10**15)]
Amount = Annotated[float, Field(ge=0, le=1e30, allow_inf_nan=False)]
Real = Annotated[float, Field(allow_inf_nan=False)]
ScoreValue = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Value = bool | int | Real | Line | None
Rule = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]

Ended = Literal["step", "end", "length", "aborted", "filtered", "unknown"]
"""How a sampled step ended: by the step delimiter; with the solution; at the length limit; given up
by whoever wrote it; stopped by a content filter; or nobody said how."""
Repeats = Literal["", "step", "phrase"]
"""What a step repeats: an earlier step of its path, or one phrase within itself over and over."""
Thought = Literal["", "open", "whole"]
"""Whether a step is what the model thinks before it answers: it ends inside of a thought, or a
thought ends in it."""
VoteMethod = Literal["majority", "weighted", "best"]
Status = Literal["completed", "cancelled", "failed", "out_of_budget"]
Aggregate = Literal["last", "min", "prod", "mean"]
Role = Literal["step", "rollout"]
"""What a sampled node is: a step of the search, or a look at where a step leads (lookahead,
MCTS by rollout), which the search judges by and does not go on from."""
StepsBy = Literal["continued", "asked", "whole"]
"""How a solver wrote steps after others: it went on from its own text; each was asked for in a turn
of its own, with the steps so far shown (an approximation); or whole solutions were written, and
told apart at their blank lines."""
Judged = Literal["steps", "solutions"]
"""What a verifier judges: every step (a process verifier), or finished solutions only."""


def parent_of(node_id: str) -> str:
    """Id of a node's parent."""
    return node_id.rpartition(".")[0] or ROOT
