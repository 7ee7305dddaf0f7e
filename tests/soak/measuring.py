"""What the server holds: memory, threads, descriptors, and whether it gave them back."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from search_core.bench.served_app import ServedApp

MOST_GROWN = {"threads": 4, "descriptors": 8}
SECONDS_TO_COME_BACK = 180.0
"""An idle engine's thread ends after seconds, a run that nobody looks at after two minutes."""


@dataclass(frozen=True)
class Held:
    """At one moment; memory in MB."""

    memory: float
    threads: int
    descriptors: int

    @classmethod
    def by(cls, app: ServedApp) -> Held:
        return cls(app.resident_bytes() / 1e6, app.threads(), app.descriptors())

    def __str__(self) -> str:
        return f"{self.memory:.0f} MB, {self.threads} threads, {self.descriptors} descriptors"

    def grown(self, before: Held) -> list[str]:
        """What is more than it was, in words."""
        return [
            f"{name}: {getattr(before, name)} before, {getattr(self, name)} now"
            for name, most in MOST_GROWN.items()
            if getattr(self, name) > getattr(before, name) + most
        ]


async def settled(app: ServedApp, before: Held) -> Held:
    """What is held once it came back to where it was, or after a while if it does not."""
    given_up = time.monotonic() + SECONDS_TO_COME_BACK
    while (now := Held.by(app)).grown(before) and time.monotonic() < given_up:
        await asyncio.sleep(1)
    return now
