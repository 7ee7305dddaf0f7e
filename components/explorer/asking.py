"""What the page asks of a run that is over: what another setting would have made of it."""

from __future__ import annotations

import asyncio
import math
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

import gradio as gr

from components.bounds import FairTurns, visitor_of
from search_core.models import VERIFIERS, embedded_pair
from search_core.numerals import checked_seed
from search_core.protocols import UsageError, Verifier
from search_core.run.recorded import RecordedRun, recorded_run
from search_core.serving import HostedRun, RunRegistry
from search_core.whatif import Change, Regret, regret, what_if

OPTIONS = ("n", "beam_width", "aggregate", "judge")
"""What the page offers to change; the command line knows the others too."""
MOST_EVENTS = 30_000
"""Of a run that is asked here: about 5,000 steps. A larger one takes seconds of everybody's
processor."""
MOST_SCORED = 1_000
"""Steps of a run that another verifier scores here; the embedded ones take a few seconds."""
_EMBEDDED = "verifier-"
_KEPT = 2
"""Runs that are ready to be asked again; each takes some megabytes."""

AskWhatIf = Callable[..., Awaitable[Mapping[str, Any]]]
"""Of what is asked and, where it comes over the network, the request."""


def what_if_asker(registry: RunRegistry, ready: ReadyRuns, trusted_proxies: int = 0) -> AskWhatIf:
    """The function that the page calls; what it is given comes from a stranger.

    Args:
        ready: Runs that are ready to be driven again; whoever else drives them shares it.
        trusted_proxies: As for `owner_of`: who asks has a turn among all who do.
    """
    turns = FairTurns()

    async def ask_what_if(query: object, request: gr.Request | None = None) -> Mapping[str, Any]:
        """What would have been, of `{run, options, noise, noise_seed, hedge, verifier}`: as
        `WhatIf.to_dict`, with `regret` and the name of who judged; or `{error}`, in words for
        whoever asked."""
        if not isinstance(query, Mapping) or not isinstance(query.get("run"), str):
            return {"error": "No run is asked about."}
        try:
            async with turns.turn(visitor_of(request, trusted_proxies)):
                run = await asyncio.to_thread(registry.get, query["run"])
                if run is None:
                    return {"error": "The server no longer has this run."}
                return await asyncio.to_thread(_answer, ready, run, query)
        except ValueError as error:
            return {"error": str(error)}

    return ask_what_if


def _answer(ready: ReadyRuns, run: HostedRun, query: Mapping[str, Any]) -> Mapping[str, Any]:
    if run.live:
        raise UsageError("The run is not over yet.")
    if run.head > MOST_EVENTS:
        raise UsageError(
            "This run is too large to be asked here. Save its trace, and ask on the command line: "
            "python -m search_core whatif."
        )
    recorded = ready.of(run)
    verifier = _verifier(recorded, query.get("verifier"))
    found = what_if(recorded, _change(recorded, query), verifier=verifier)
    if Regret not in recorded.kept:  # It is the run's own, whatever is asked.
        recorded.kept[Regret] = regret(recorded.tree)
    judge = verifier.info.name if verifier else recorded.verifier.name
    return {**found.to_dict(), "regret": recorded.kept[Regret].to_dict(), "judge": judge}


def other_judges() -> list[dict[str, str]]:
    """The verifiers that may score a finished run anew: `name`, as `verifier` asks for it, `title`,
    and `model`, as a log says it."""
    return [
        {"name": name, "title": model.title, "model": _EMBEDDED + name}
        for name, model in VERIFIERS.items()
    ]


def _verifier(recorded: RecordedRun, name: object) -> Verifier | None:
    """Who scores the run anew; None: its own scores stand. What it scored once is known then."""
    own = recorded.verifier.name.removeprefix(_EMBEDDED)
    if name is None or name == own:
        return None
    if not isinstance(name, str) or name not in VERIFIERS or own not in VERIFIERS:
        raise UsageError(
            f"Another verifier is one of {', '.join(VERIFIERS)} here, for a run that another of "
            f"them judged; got {name!r:.40}. For others: python -m search_core whatif "
            "--verifier."
        )
    if len(recorded.tree.nodes) > MOST_SCORED:
        raise UsageError(
            f"This run has more than {MOST_SCORED:,} steps: too many to be scored anew here. Save "
            f"its trace, and ask: python -m search_core whatif run.jsonl --verifier {name}."
        )
    return embedded_pair(verifier=name).verifier


def _change(recorded: RecordedRun, query: Mapping[str, Any]) -> Change:
    options = query.get("options", {})
    if not isinstance(options, Mapping) or not set(options) <= set(OPTIONS):
        raise UsageError(f"Only these can be changed here: {', '.join(OPTIONS)}.")
    most = asdict(recorded.recipe.options).get("n")
    asked = options.get("n", most)
    if isinstance(asked, int) and isinstance(most, int) and asked > most:
        raise UsageError(f"N can be at most {most} here: more samples were never written.")
    hedge = query.get("hedge")
    return Change(
        dict(options),
        _number(query.get("noise", 0.0), "noise"),
        checked_seed(query.get("noise_seed", 0)),
        None if hedge is None else _number(hedge, "hedge"),
    )


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UsageError(f"{name} is {value!r:.40}; expected a number.")
    return float(value)


class ReadyRuns:
    """The last runs that were asked, ready to be driven again. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: OrderedDict[tuple[str, int], RecordedRun] = OrderedDict()

    def of(self, run: HostedRun) -> RecordedRun:
        """The run, ready.

        Raises:
            UsageError: It cannot be driven again.
        """
        key = run.id, run.head
        with self._lock:
            recorded = self._runs.pop(key, None) or recorded_run(run.events())
            self._runs[key] = recorded
            while len(self._runs) > _KEPT:
                self._runs.popitem(last=False)
        return recorded
