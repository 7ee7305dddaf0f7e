"""Events as JSON: short, exact, and closed to what is no event."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from search_core.log.events import (
    Decided,
    Sampled,
    Tally,
    Verdict,
    Voted,
    event_from_dict,
    event_to_dict,
    event_to_json,
)
from tests.test_tree import header

STEP = {"seq": 1, "t": 0.5, "kind": "sampled", "id": "0", "text": "one"}
SAMPLED = {**STEP, "tokens": 2, "logprob": -0.25}


def test_defaults_cost_no_bytes() -> None:
    event = event_from_dict({**SAMPLED, "ended": "step", "prefilled": 0, "flops": 0.0})
    assert event_to_json(event) == json.dumps(SAMPLED, separators=(",", ":"))
    assert event_to_dict(Sampled.model_validate({**SAMPLED, "ended": "end"}))["ended"] == "end"


def test_the_header_is_written_whole() -> None:
    values = event_to_dict(header())
    assert {"format", "version", "created", "limits"} <= set(values)
    assert values["problem"]["answer"] is None


def test_verdicts_and_tallies_are_short_lists() -> None:
    decided = Decided(
        seq=1, t=0, round=1, rule="top_k", why="So.", cutoff=0.5, kept=(Verdict("0", 1, 0.25),)
    )
    assert event_to_dict(decided)["kept"] == [["0", 1, 0.25]]
    assert event_from_dict(json.loads(event_to_json(decided))) == decided
    voted = Voted(seq=1, t=0, method="best", tally=(Tally(0, "5", 0.5, 1),), chosen="0")
    assert event_to_dict(voted)["tally"] == [[0, "5", 0.5, 1]]
    assert event_from_dict(json.loads(event_to_json(voted))) == voted


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(0, 1e30),
)
def test_text_and_numbers_come_back_exactly(text: str, logprob: float, flops: float) -> None:
    event = event_from_dict({**SAMPLED, "text": text, "logprob": logprob, "flops": flops})
    written = event_to_json(event)
    assert "\n" not in written
    assert event_from_dict(json.loads(written)) == event


@pytest.mark.parametrize("text", ["two\nlines", "\u2028", "\r", "</script>", "\0", "🌳", '"'])
def test_hostile_text_stays_on_its_line(text: str) -> None:
    written = event_to_json(event_from_dict({**SAMPLED, "text": text}))
    assert "\n" not in written
    assert "\r" not in written
    assert json.loads(written)["text"] == text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seq", -1),
        ("t", -0.1),
        ("t", float("nan")),
        ("logprob", float("inf")),
        ("tokens", 1.5),
        ("tokens", None),
        ("ended", "stop"),
        ("id", ""),
        ("id", "0."),
        ("id", "0..1"),
        ("id", "-1"),
        ("id", "123456"),
        ("id", "root.0"),
        ("kind", "sampled "),
        ("surprise", 1),
    ],
)
def test_what_is_no_event(key: str, value: Any) -> None:
    event_from_dict(SAMPLED)
    with pytest.raises(ValueError, match=key):
        event_from_dict({**SAMPLED, key: value})


def test_the_deepest_id() -> None:
    event_from_dict({**SAMPLED, "id": ".".join(["99999"] * 200)})
    with pytest.raises(ValidationError):
        event_from_dict({**SAMPLED, "id": ".".join(["0"] * 201)})


def test_events_do_not_change() -> None:
    event = event_from_dict(SAMPLED)
    with pytest.raises(ValidationError, match="frozen"):
        event.text = "two"  # type: ignore[attr-defined]
