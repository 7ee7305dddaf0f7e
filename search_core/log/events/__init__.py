"""The kinds of events: everything that can happen in a run, as small frozen typed records.

A kind is one class: its fields, what it does to the tree (`apply_to`), and beside it how older
versions of it are read (`migrations`). A new one is written where its like is and named below;
the page's fold, `assets/js/log/tree.js`, gets one case for it, and a test holds both sides
together. `event.py` is what all share, `coding.py` their JSON. Begin with `steps.py`.
"""

from search_core.log.events.accounts import Spent, Warned
from search_core.log.events.coding import (
    UnknownKind,
    event_from_dict,
    event_to_dict,
    event_to_json,
)
from search_core.log.events.decisions import Allocated, Decided, Share, Verdict
from search_core.log.events.event import EVENT_KINDS, Event
from search_core.log.events.header import FORMAT, VERSION, ModelRecord, ProblemRecord, Started
from search_core.log.events.made_up_logprobs import without_made_up_logprobs
from search_core.log.events.migrations import EVERY_KIND, migrated, migrates
from search_core.log.events.outcome import Finished, Graded, Tally, Voted
from search_core.log.events.steps import (
    BackedUp,
    Compared,
    Completed,
    Merged,
    Noted,
    Sampled,
    Scored,
)
from search_core.log.fields import (
    MAX_DEPTH,
    MAX_REASON,
    MAX_TEXT,
    ROOT,
    Aggregate,
    Ended,
    Judged,
    NodeId,
    Role,
    ScoreValue,
    Status,
    StepsBy,
    VoteMethod,
    parent_of,
)

__all__ = [
    "EVENT_KINDS",
    "EVERY_KIND",
    "FORMAT",
    "MAX_DEPTH",
    "MAX_REASON",
    "MAX_TEXT",
    "ROOT",
    "VERSION",
    "Aggregate",
    "Allocated",
    "BackedUp",
    "Compared",
    "Completed",
    "Decided",
    "Ended",
    "Event",
    "Finished",
    "Graded",
    "Judged",
    "Merged",
    "ModelRecord",
    "NodeId",
    "Noted",
    "ProblemRecord",
    "Role",
    "Sampled",
    "ScoreValue",
    "Scored",
    "Share",
    "Spent",
    "Started",
    "Status",
    "StepsBy",
    "Tally",
    "UnknownKind",
    "Verdict",
    "VoteMethod",
    "Voted",
    "Warned",
    "event_from_dict",
    "event_to_dict",
    "event_to_json",
    "migrated",
    "migrates",
    "parent_of",
    "without_made_up_logprobs",
]
