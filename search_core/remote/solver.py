"""A solver behind a server: one request for each parent, with all its children."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    SolverInfo,
    StepSample,
    TokenIds,
    UsageError,
    Watch,
    watch_of,
)
from search_core.remote.address import RemoteAddress
from search_core.remote.capabilities import Capabilities, probe
from search_core.remote.completions import (
    Ask,
    Completion,
    Dialect,
    OpenAIDialect,
    Prompt,
    Reply,
    complete,
)
from search_core.remote.connection import (
    SOLVER_KEY,
    alike,
    check_completions,
    local_tokens,
    served,
    tokens_of,
)
from search_core.remote.errors import RemoteError
from search_core.remote.llama_cpp import LlamaCppDialect
from search_core.remote.model import RemotePathModel, check_filters
from search_core.remote.prompts import RemotePrompts
from search_core.remote.server import RemoteServer
from search_core.steps import BLANK_LINES


@dataclass(slots=True)
class _Group:
    """Requests that continue the same path, and their places in the call."""

    parent: SampleRequest
    seeds: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)


class RemoteSolver(RemotePathModel):
    """Samples steps with a model on one or more OpenAI-compatible servers.

    **Seeds.** All children of a parent are one request (or as few as the server allows), which
    takes one seed: its first child's. So a step depends on how many siblings were asked for with
    it, and, as with every server that batches, on rounding that changes with its load: the same
    run over the same idle server gives the same tree (`Capabilities.seed` says whether it does),
    and over another server or version it may not.

    **Usage.** Prompt tokens are those of the server's usage: what it does not call cached counts
    as computed, shared evenly by the children. A server that says nothing of its cache counts as
    having none; SGLang counts the prompt of several samples as cached nearly whole, always.

    Args:
        address: Where the model is. Each of its servers is asked a few short questions now.
        system_prompt: System message before the problem; "" for none.

    Raises:
        VoidSearch: A server does what makes every search worthless (`capabilities`).
        RemoteError: A server cannot be reached, or does not serve the model.
        ModelLoadError: The tokenizer named in the address cannot be loaded.
    """

    def __init__(self, address: RemoteAddress, *, system_prompt: str = "") -> None:
        super().__init__(address, SOLVER_KEY)
        self._system_prompt = system_prompt
        self._local = local_tokens(address)
        self._servers.open(self._open)
        self._lacks = self._warns(*self.capabilities.warnings())

    async def _open(self, those: list[RemoteServer]) -> None:
        models = await alike(those, lambda server: served(server, self._address.model), "models")
        self._model = models[0]
        llama_cpp = self._model.maker == "llamacpp"
        self._dialect: Dialect = (
            LlamaCppDialect() if llama_cpp else OpenAIDialect(self._model.maker)
        )
        await check_completions(those[0], self._model)
        tokens = await tokens_of(those[0], self._model, self._local)
        self._prompts = RemotePrompts(tokens, self._system_prompt, self._model.context)
        found = await asyncio.gather(
            *(probe(server, self._dialect, self._model.name) for server in those)
        )
        self.capabilities: Capabilities = found[0]
        for other in found[1:]:
            self.capabilities = self.capabilities.both(other)
        self._info = SolverInfo(
            self._model.name,
            device="remote",
            prompt=self._system_prompt,
            revises=self._prompts.revises,
            step_style=BLANK_LINES.name,
            logprobs=self.capabilities.logprobs,
        )

    @property
    def info(self) -> SolverInfo:
        return self._info

    def told(self, system_prompt: str) -> RemoteSolver:
        """See `TakesPrompt`."""
        other = copy.copy(self)
        other._prompts = self._prompts.told(system_prompt)
        other._info = replace(self._info, prompt=system_prompt)
        return other

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        """One step for each request, in their order.

        A path that fills the model's context gets an empty step of ended "length", where the
        context is known.

        Raises:
            RunCancelled: `cancelled()` became True; the connections are closed by then, which
                tells the server to stop.
            RemoteError: The server failed; nothing was asked twice.
            ValueError: A problem is longer than the model's context; or there are attempts, and
                the model has no chat template to set them apart.
        """
        watch = watch_of(cancelled)
        groups = self._grouped(requests)
        check_filters(sampling, self._info.name, taken=self._dialect.filters)
        for group in groups:
            self._lacks.warn(group.parent.run, watch)

        async def work(those: list[RemoteServer]) -> list[StepSample]:
            samples: dict[int, StepSample] = {}
            async with asyncio.TaskGroup() as tasks:
                for group in groups:
                    server = self._server_of(those, group.parent.problem)
                    tasks.create_task(self._answer(server, group, sampling, watch, samples))
            return [samples[place] for place in range(len(requests))]

        return self._servers.run(work, watch)

    def _grouped(self, requests: Sequence[SampleRequest]) -> list[_Group]:
        groups: dict[SampleRequest, _Group] = {}
        for place, request in enumerate(requests):
            if request.attempts and not self._info.revises:
                raise UsageError(
                    f"Solver {self._info.name} got earlier attempts, and no chat template to set "
                    "them apart is known for it. Put #tokenizer=FOLDER after its address."
                )
            group = groups.setdefault(replace(request, seed=0, index=0), _Group(request))
            group.seeds.append(request.seed)
            group.places.append(place)
        return list(groups.values())

    async def _answer(
        self,
        server: RemoteServer,
        group: _Group,
        sampling: Sampling,
        watch: Watch,
        samples: dict[int, StepSample],
    ) -> None:
        """Samples one parent's children into their places."""
        async with server.gate.turn(group.parent.run):
            prompt = await self._prompts.prompt(server, group.parent)
        room = self._prompts.room(prompt, sampling.max_step_tokens)
        if not room:
            self._refuse_long(prompt, group.parent)
            for place in group.places:
                samples[place] = StepSample("", 0, 0.0, "length")
            return
        count = len(group.places)
        most = self.capabilities.most or count
        # Greedy siblings are all the same, and servers refuse to write them by one request.
        if not self.capabilities.n or sampling.temperature == 0:
            most = 1
        async with asyncio.TaskGroup() as tasks:
            for start in range(0, count, most):
                places = group.places[start : start + most]
                ask = Ask(
                    prompt,
                    len(places),
                    room,
                    sampling.temperature,
                    sampling.top_p,
                    group.seeds[start],
                    top_k=sampling.top_k,
                    min_p=sampling.min_p,
                    repetition_penalty=sampling.repetition_penalty,
                )
                tasks.create_task(self._ask(server, group, places, ask, watch, samples))

    async def _ask(
        self,
        server: RemoteServer,
        group: _Group,
        places: Sequence[int],
        ask: Ask,
        watch: Watch,
        samples: dict[int, StepSample],
    ) -> None:
        def on_written(index: int, tokens: int) -> None:
            watch.written(places[index], tokens)

        parent = group.parent
        # What the server is asked of the reply belongs to the same turn: it is a request, too.
        async with server.gate.turn(parent.run):
            reply = await complete(server, self._dialect, self._model.name, ask, on_written)
            if len(reply.completions) != len(places):
                raise RemoteError(
                    f"Server {server.name} gave {len(reply.completions)} samples of {len(places)} "
                    "asked for, though it gave all when it was tried. Is it behind a proxy?"
                )
            begun = ""
            if parent.step_ids and parent.step_ids[-1] is not None and not parent.opening:
                begun = await self._prompts.rest(server, parent.step_ids[-1]) or ""
            opening = await self._prompts.opening(server, parent)
            for index, place in enumerate(places):
                read, reused = _share(reply, index, len(places))
                completion = reply.completions[index]
                step = _step(completion, read, reused)
                ids = await self._ids(server, completion)
                whole = None if ids is None else opening + ids
                samples[place] = replace(step, text=begun + step.text, ids=whole)

    async def _ids(self, server: RemoteServer, completion: Completion) -> TokenIds | None:
        """What the model wrote the step in; None where that is not known well enough."""
        if not completion.ids or completion.ended != "step":
            return None
        ids = tuple(completion.ids)
        return ids if await self._prompts.rest(server, ids) is not None else None

    def _refuse_long(self, prompt: Prompt, request: SampleRequest) -> None:
        if not request.steps:
            beside = ["the system prompt before it"] if self._info.prompt else []
            beside += ["an earlier attempt at it"] if request.attempts else []
            what = f"problem, with {' and '.join(beside)}," if beside else "problem"
            raise UsageError(
                f"The {what} is {len(prompt):,} tokens long; solver {self._info.name} reads at "
                f"most {self._model.context}. Shorten it."
            )


def _share(reply: Reply, index: int, children: int) -> tuple[int, int]:
    """One child's part of the prompt tokens that were computed, and those it got for nothing."""
    prompt = reply.prompt or 0
    computed = max(0, prompt - (reply.cached or 0))
    share, rest = divmod(computed, children)
    mine = share + (index < rest)
    return mine, prompt - mine


def _step(completion: Completion, prefilled: int, reused: int) -> StepSample:
    return StepSample(
        text=completion.text,
        tokens=completion.tokens,
        logprob=completion.logprob,
        ended=completion.ended or "unknown",
        prefilled=prefilled,
        reused=reused,
    )
