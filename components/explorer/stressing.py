"""What the page asks of a step: is the verifier easily fooled on the path to it?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import gradio as gr

from components.bounds import FairTurns, visitor_of
from search_core.log.tree import Tree
from search_core.models import VERIFIERS, embedded_pair
from search_core.protocols import UsageError
from search_core.serving import HostedRun, RunRegistry
from search_core.verify.stress.on_path import stress_path

MOST_EVENTS = 30_000
_PREFIX = "verifier-"

AskStress = Callable[..., Awaitable[Mapping[str, Any]]]
"""Of what is asked and, where it comes over the network, the request."""


def stress_asker(registry: RunRegistry, trusted_proxies: int = 0) -> AskStress:
    """The function that the page calls; what it is given comes from a stranger.

    A test scores some thirty short texts with an embedded verifier that is loaded already, one test
    after the other: less than a round of a search. Other verifiers are for the command line.

    Args:
        trusted_proxies: As for `owner_of`: who asks has a turn among all who do.
    """
    turns = FairTurns()

    async def ask_stress(query: object, request: gr.Request | None = None) -> Mapping[str, Any]:
        """`PathStress.to_dict` of `{run, node}`, or `{error}`, in words for whoever asked."""
        wanted = query if isinstance(query, Mapping) else {}
        name, node = wanted.get("run"), wanted.get("node")
        if not isinstance(name, str) or not isinstance(node, str):
            return {"error": "No step of a run is asked about."}
        try:
            async with turns.turn(visitor_of(request, trusted_proxies)):
                run = await asyncio.to_thread(registry.get, name)
                if run is None:
                    return {"error": "The server no longer has this run."}
                return await asyncio.to_thread(_answer, run, node)
        except ValueError as error:
            return {"error": str(error)}

    return ask_stress


def _answer(run: HostedRun, node: str) -> Mapping[str, Any]:
    if run.head > MOST_EVENTS:
        raise UsageError("This run is too large to be tested here.")
    tree = Tree.from_events(run.events())
    header = tree.started
    named = "" if header is None else header.verifier.name
    if named.removeprefix(_PREFIX) not in VERIFIERS:
        raise UsageError(
            "Only the embedded verifiers are tested here, and this run was judged by another one. "
            "On the command line: python -m search_core verify --input run.jsonl --stress 40."
        )
    verifier = embedded_pair(verifier=named.removeprefix(_PREFIX)).verifier
    return stress_path(tree, node, verifier).to_dict()
