"""Whether anything was lost: file, what a page pulls and what it was sent are one and the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

from search_core.bench.visitor import API, PageForm
from tests.soak.stranger import Seen

ENDS = {"completed", "cancelled", "out_of_budget"}


async def pulled(
    client: httpx.AsyncClient, url: str, form: PageForm, run: str
) -> tuple[list[Any], bool]:
    """All events that a page can pull of a run, and whether more may come."""
    events: list[Any] = []
    while True:
        reply = await client.post(
            f"{url}{API}/component_server",
            json={
                "data": {"run": run, "since": len(events)},
                "component_id": form.names["explorer"],
                "fn_name": "pull_events",
                "session_hash": "soak",
            },
        )
        reply.raise_for_status()
        answer = reply.json()
        events += answer["events"]
        if not answer["events"] or len(events) >= answer["head"]:
            return events, bool(answer["live"])


def losses(run: str, seen: Seen, events: list[Any], path: Path) -> list[str]:
    """What is not as it should be, in words.

    Args:
        events: As they can be pulled.
        path: The run's file.
    """
    if not events and not path.exists() and not seen.pushed:
        return []  # it left the line before its turn came
    if not path.exists():
        return [f"{run}: there is no file"]
    kept = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    wrong = []
    if kept != events:
        wrong.append(f"{run}: {len(kept)} events in the file, {len(events)} pulled, or they differ")
    if seen.contradictions:
        wrong.append(f"{run}: {seen.contradictions} events were told in two ways")
    other = [number for number, event in seen.pushed.items() if not _same(event, kept, number)]
    if other:
        wrong.append(f"{run}: {len(other)} of {len(seen.pushed)} events sent are not in the file")
    last = kept[-1] if kept else {}
    if not seen.opened and (last.get("kind") != "finished" or last.get("status") not in ENDS):
        wrong.append(f"{run}: ends with {str(last)[:120]}")
    return wrong


def _same(event: Any, kept: list[Any], number: int) -> bool:
    if number >= len(kept):
        return False
    return {"seq": number, **event} == kept[number]
