"""Decodes without a thread, so that a test decides what happens between two tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from search_core.engine.writing.decoder import Decoder
from search_core.engine.writing.requests import DecodeRequest, DecodeResult
from search_core.engine.writing.stopping import StopTable
from search_core.protocols import Cancelled, Sampling, wait


def go_on() -> bool:
    return False


def finish(decoder: Decoder) -> int:
    """Decodes until nothing is left; how many steps that took."""
    steps = 0
    while decoder.step():
        steps += 1
    return steps


def decode(
    model: Any,
    requests: Sequence[DecodeRequest],
    sampling: Sampling,
    stops: StopTable,
    cancelled: Cancelled = go_on,
    **limits: Any,
) -> list[DecodeResult]:
    """What these requests get of a decoder of their own."""
    decoder = Decoder(model, stops, **limits)
    call = decoder.submit(requests, sampling, cancelled)
    finish(decoder)
    return wait(call, go_on)
