"""A tree as OpenInference spans, for tracing tools such as Phoenix, one JSON object a span.

The run and each round are CHAINs, each sampled step an LLM call, each score an EVALUATOR. A span's
parent is its round, not the step that it follows: a step may be scored in a later round, which a
tree of spans cannot say. Where a step stands in the search tree is in its `metadata`.
Source: github.com/Arize-ai/openinference, spec/.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from search_core.labelled.report import WritingReport
from search_core.log.events import Decided, Event, Sampled, Scored, Spent, Started
from search_core.log.traces import Trace
from search_core.log.tree import Node, Tree

_RUN = "run"


def spans_of_tree(trace: Trace, _: WritingReport) -> Iterator[dict[str, Any]]:
    """The spans of a run, each after its parent."""
    yield from _Spans(trace).all()


class _Spans:
    def __init__(self, trace: Trace) -> None:
        self._trace, self._tree, self._header = trace, trace.tree, trace.started
        self._begin = _begin(self._header)
        self._trace_id = _id(self._header.run, 16)

    def all(self) -> Iterator[dict[str, Any]]:
        header, events = self._header, self._trace.events
        finished = self._tree.finished
        answer = finished.answer if finished else None
        run = {
            "input.value": header.problem.text,
            "output.value": answer,
            "session.id": header.run,
            "metadata": _json({"strategy": header.strategy, "seed": header.seed}),
        }
        yield self._span(_RUN, None, header.strategy, "CHAIN", 0.0, events[-1].t, run)
        for number, members in rounds(events):
            key = f"round {number}"
            start, end = members[0].t, members[-1].t
            yield self._span(key, _RUN, key, "CHAIN", start, end, {"session.id": header.run})
            for event in members:
                if isinstance(event, Sampled):
                    yield self._sample(event, key)
                elif isinstance(event, Scored):
                    yield self._score(event, key)

    def _sample(self, event: Sampled, parent: str) -> dict[str, Any]:
        prefix = [node.text for node in self._tree.path(event.parent)]
        messages = [("user", self._header.problem.text)]
        messages += [("assistant", "\n\n".join(prefix))] if prefix else []
        attributes: dict[str, Any] = {
            "llm.model_name": self._header.solver.name,
            "llm.invocation_parameters": _json(self._header.sampling),
            "llm.output_messages.0.message.role": "assistant",
            "llm.output_messages.0.message.content": event.text,
            "llm.finish_reason": event.ended,
            "llm.token_count.completion": event.tokens,
            "llm.token_count.prompt": event.prefilled + event.reused,
            "llm.token_count.total": event.tokens + event.prefilled + event.reused,
            "llm.token_count.prompt_details.cache_read": event.reused,
            "metadata": _json({"node": event.id, "parent": event.parent, "role": event.role}),
        }
        for at, (role, content) in enumerate(messages):
            attributes[f"llm.input_messages.{at}.message.role"] = role
            attributes[f"llm.input_messages.{at}.message.content"] = content
        return self._span(
            f"sample {event.id}", parent, "sample", "LLM", event.t, event.t, attributes
        )

    def _score(self, event: Scored, parent: str) -> dict[str, Any]:
        node = self._tree.nodes[event.id]
        about = "evaluations.0.evaluation"
        attributes = {
            "input.value": "\n\n".join(step.text for step in self._tree.path(event.id)),
            f"{about}.name": "prm",
            f"{about}.score": event.score,
            f"{about}.label": node.state,
            f"{about}.explanation": _explanation(self._tree, node),
            f"{about}.annotator_kind": "LLM",
            f"{about}.identifier": event.verifier or self._header.verifier.name,
            "metadata": _json({"node": event.id, "parent": node.parent}),
        }
        key = f"score {event.id} {event.seq}"
        return self._span(key, parent, "score", "EVALUATOR", event.t, event.t, attributes)

    def _span(
        self,
        key: str,
        parent: str | None,
        name: str,
        kind: str,
        start: float,
        end: float,
        attributes: Mapping[str, Any],
    ) -> dict[str, Any]:
        known = {key: value for key, value in attributes.items() if value is not None}
        run = self._header.run
        return {
            "name": name,
            "context": {"trace_id": self._trace_id, "span_id": _id(f"{run} {key}", 8)},
            "parent_id": None if parent is None else _id(f"{run} {parent}", 8),
            "start_time": self._time(start),
            "end_time": self._time(end),
            "status_code": "OK",
            "attributes": {"openinference.span.kind": kind, **known},
        }

    def _time(self, seconds: float) -> str:
        return (self._begin + timedelta(seconds=seconds)).isoformat(timespec="microseconds")


def rounds(events: Sequence[Event]) -> list[tuple[int, list[Event]]]:
    """What was sampled and scored, by round.

    An event says no round of its own: it belongs to that of the next event that says one, a cost
    or a decision. What comes after the last of these is a round of its own.
    """
    said = [event.round for event in events if isinstance(event, Spent | Decided)]
    number = max(said, default=0) + 1
    found: dict[int, list[Event]] = {}
    for event in reversed(events):
        if isinstance(event, Spent | Decided):
            number = event.round
        elif isinstance(event, Sampled | Scored):
            found.setdefault(number, []).append(event)
    return [(each, found[each][::-1]) for each in sorted(found)]


def _explanation(tree: Tree, node: Node) -> str | None:
    """Why a node was kept or pruned."""
    if node.decision is None:
        return None
    decided = tree.decisions[node.decision]
    rank = "" if node.rank is None else f" Rank {node.rank} of {tree.ranked_with(decided)}."
    cut = "" if decided.cutoff is None else f" Cut-off {decided.cutoff:g}."
    return f"{decided.why}{rank}{cut}"


def _begin(header: Started) -> datetime:
    """When the run began; the epoch where nobody knows."""
    try:
        begin = datetime.fromisoformat(header.created)
    except ValueError:
        begin = datetime.fromtimestamp(0, UTC)
    return begin if begin.tzinfo else begin.replace(tzinfo=UTC)


def _id(text: str, size: int) -> str:
    return blake2b(text.encode(), digest_size=size).hexdigest()


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), ensure_ascii=False)
