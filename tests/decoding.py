"""Decodes without a thread, so that a test decides what happens between two tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from search_core.engine.writing.decoder import Decoder
from search_core.engine.writing.rows import Continuation, Row
from search_core.engine.writing.stopping import StopTable
from search_core.protocols import Cancelled, Sampling


def go_on() -> bool:
    return False


def finish(decoder: Decoder) -> int:
    """Decodes until nothing is left; how many turns that took."""
    turns = 0
    while decoder.turn():
        turns += 1
    return turns


def decode(
    model: Any,
    rows: Sequence[Row],
    sampling: Sampling,
    stops: StopTable,
    cancelled: Cancelled = go_on,
    **limits: Any,
) -> list[Continuation]:
    """What these rows get of a decoder of their own."""
    decoder = Decoder(model, stops, **limits)
    call = decoder.submit(rows, sampling, cancelled)
    finish(decoder)
    return call.wait()
