"""Rollouts on disk, one a line, so that an audit that was stopped can go on."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from search_core.log.line_file import LineFile

RolloutKey = tuple[str, int]
"""What it goes on from and how, as a short hash, and which rollout from there it is, from 0."""


class RolloutEnd(NamedTuple):
    """How a rollout ended.

    Attributes:
        reached: Whether it reached the answer; None: its answer could not be compared.
        tokens: That the solver wrote for it.
    """

    reached: bool | None
    tokens: int


class RolloutsFile(LineFile[RolloutKey, RolloutEnd]):
    """An append-only file of rollouts. A rollout is in it whole, once, or not at all."""

    records = "rollouts"
    mistake = "is no rollout ({error}). Choose another --rollouts-file, or delete the file."

    def _line(self, key: RolloutKey, value: RolloutEnd) -> str:
        values = {"from": key[0], "place": key[1], "reached": value.reached, "tokens": value.tokens}
        return json.dumps(values, separators=(",", ":"))

    def _record(self, values: Any) -> tuple[RolloutKey, RolloutEnd]:
        reached, place, tokens = values["reached"], values["place"], values["tokens"]
        if reached not in (True, False, None) or not isinstance(place, int):
            raise ValueError(f"got reached {reached!r:.20} at place {place!r:.20}")
        return (str(values["from"]), place), RolloutEnd(reached, int(tokens))
