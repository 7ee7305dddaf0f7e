"""The runner: turns a strategy's requests into model calls, and everything into events.

It is the only place where budgets, limits, seeds, cancellation, cost and the log meet.
`Run.calls()` is itself a generator of model calls, so that one engine can answer the calls
of many runs in one batch; `search_core.run.driving.drive` answers those of one run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import asdict, replace

from search_core.answers import AnswerClasses
from search_core.log.events import (
    ROOT,
    BackedUp,
    Decided,
    Event,
    Finished,
    Judged,
    Merged,
    ModelRecord,
    ProblemRecord,
    Role,
    Started,
    Status,
    VoteMethod,
    Warned,
)
from search_core.log.run_log import RunLog
from search_core.log.tree import FINAL_STATES, Node, Tree
from search_core.protocols import (
    ModelInfo,
    RunCancelled,
    SampleRequest,
    SolverInfo,
    StepSample,
    StepScores,
    VerifierInfo,
)
from search_core.run.calls import Call, Reply, SolverCall, VerifierCall
from search_core.run.election import Election, Grader
from search_core.run.grading import grade_solution
from search_core.run.limits import LimitReached
from search_core.run.pairing import check_solver, check_verifier
from search_core.run.recipe import Recipe
from search_core.run.recorder import Birth, ProtocolError, Recorder
from search_core.run.requests import NodeRequests
from search_core.run.verdicts import write_allocation, write_decision
from search_core.scoring import rounded
from search_core.strategies.base import (
    Allocate,
    BackUp,
    Choose,
    Complete,
    Continue,
    Decide,
    Merge,
    Nodes,
    NodeView,
    Plan,
    Request,
    Resolve,
    Sample,
    Score,
)

MOST_WARNED = 900
"""Characters of one warning in the log."""


def ignore(event: Event) -> None:
    """Nobody listens."""


class Run:
    """One search, from its recipe to its last event.

    Args:
        recipe: What to run.
        solver, verifier: Identity of the models that will answer the calls.
        run_id: Token that names the run.
        created: ISO time for the header, or "".
        listener: Called with each event as it happens.
        clock: Seconds, monotone; a fake one makes logs byte-identical.
        classes: Equivalence classes of answers.
        grader: Says whether a solution is right.

    Raises:
        OptionError: The verifier cannot judge what the strategy asks about, or the solver
            cannot read what it has to.
    """

    def __init__(
        self,
        recipe: Recipe,
        solver: SolverInfo,
        verifier: VerifierInfo,
        *,
        run_id: str = "run",
        created: str = "",
        listener: Callable[[Event], None] = ignore,
        clock: Callable[[], float] = time.monotonic,
        classes: AnswerClasses | None = None,
        grader: Grader = grade_solution,
    ) -> None:
        check_verifier(recipe.strategy, verifier.scores, recipe.options)
        check_solver(recipe.strategy, solver.revises, solver.name)
        self.recipe = recipe
        self.run_id = run_id
        self._solver, self._verifier = solver, verifier
        self._created = created
        self._log = RunLog(clock, listener)
        self._clock = clock
        self._election = Election(recipe.problem, self._log, classes or AnswerClasses(), grader)
        self._recorder = Recorder(self._log, solver, verifier)
        self._nodes = NodeRequests(run_id, recipe, self._log, verifier.scores)
        self._round = 0

    @property
    def events(self) -> list[Event]:
        return self._log.events

    @property
    def tree(self) -> Tree:
        return self._log.tree

    def calls(self) -> Generator[Call, Reply, None]:
        """All model calls of the run; send each one's reply, throw what went wrong.

        `RunCancelled` ends the run well. Anything else is written into the log as a failure
        and raised again.
        """
        self._start()
        try:
            try:
                yield from self._search()
            except RunCancelled:
                self._stop_early("cancelled", "Stopped by request.")
            except LimitReached as limit:
                self._stop_early("out_of_budget", str(limit))
        except Exception as error:
            self._fail(error)
            raise

    def warn(self, message: str) -> None:
        """Write down that something went otherwise than planned, while the run goes on."""
        if not self.tree.finished:
            self._log.add(Warned, message=message[:MOST_WARNED])

    # Requests ------------------------------------------------------------------------------

    def _search(self) -> Generator[Call, Reply, None]:
        plan = self.recipe.strategy.plan(self._nodes.view(self.tree.root), self.recipe.options)
        request = self._next_request(plan, None)
        while not isinstance(request, Choose):
            reply = yield from self._serve(request)
            request = self._next_request(plan, reply)
        plan.close()
        self._close_open_nodes("The strategy finished without judging this step.")
        candidates = [node.id for node in request.candidates]
        self._finish("completed", "", candidates, request.method, answerless=request.answerless)

    def _next_request(self, plan: Plan, reply: Nodes | None) -> Request:
        try:
            return next(plan) if reply is None else plan.send(reply)
        except StopIteration:
            raise ProtocolError(
                f"{self.recipe.strategy.name} ended without a choice; its last request must "
                "be Choose."
            ) from None

    def _serve(self, request: Request) -> Generator[Call, Reply, Nodes]:
        match request:
            case Sample(to_end=False):
                return (yield from self._sample(request, request.parents, request.after))
            case Sample():
                return (yield from self._sample_to_end(request))
            case Continue():
                return (yield from self._continue(request))
            case Score():
                return (yield from self._score(request))
            case Decide():
                self._decide(request)
            case Resolve(rule, why):
                self._log.add(Decided, round=self._round, rule=rule, why=why)
            case Allocate():
                write_allocation(self._log, self._round, request)
            case BackUp(node, visits, value):
                self._log.add(BackedUp, id=node.id, visits=visits, value=rounded(value))
            case Merge():
                for duplicate, original in request.pairs:
                    self._log.add(Merged, id=duplicate.id, into=original.id)
            case Complete():
                for node in request.nodes:
                    self._election.complete(node.id, unfinished=request.unfinished)
                return self._views(node.id for node in request.nodes)
            case _:
                raise ProtocolError(f"{self.recipe.strategy.name} yielded {request!r:.200}.")
        return ()

    def _sample_to_end(self, request: Sample) -> Generator[Call, Reply, Nodes]:
        leaves = list(request.parents)
        active = list(range(len(leaves)))
        after = request.after
        while active:
            children = yield from self._sample(request, [leaves[index] for index in active], after)
            after = ()  # What a path revises is said once, at its first step.
            for index, child in zip(active, children, strict=True):
                leaves[index] = child
            active = [i for i in active if self._goes_on(leaves[i], request)]
            if not request.rollout:
                why = f"{self.recipe.strategy.title} writes this path to its end before it judges."
                self._decide(Decide("run_to_end", why, kept=tuple(leaves[i] for i in active)))
        return tuple(leaves)

    @staticmethod
    def _goes_on(leaf: NodeView, request: Sample) -> bool:
        return leaf.ended == "step" and leaf.depth < request.max_steps

    def _sample(
        self, request: Sample, parents: Sequence[NodeView], after: Sequence[NodeView | None]
    ) -> Generator[Call, Reply, Nodes]:
        self._open_round(len(parents))
        role: Role = "rollout" if request.rollout else "step"
        before = [node.id if node else None for node in after] or [None] * len(parents)
        of = [parent.id for parent in parents]
        ids = self._nodes.child_ids(of)
        requests = self._nodes.sample(of, ids, role, before, request.attempts_seen)
        births = [Birth(key, role, one) for key, one in zip(ids, before, strict=True)]
        samples = yield from self._ask_solver(requests, ids, request.temperature, role)
        self._recorder.add_samples(self._round, births, *samples)
        return self._views(ids)

    def _continue(self, request: Continue) -> Generator[Call, Reply, Nodes]:
        """One more piece of a stream; where it belongs is known once it is written."""
        self._open_round(1)
        pieces = [piece.id for piece in request.stream]
        asked = self._nodes.stream(pieces, request.forced)
        samples, seconds = yield from self._ask_solver([asked], [], request.temperature)
        samples = [replace(one, text=request.forced + one.text) for one in samples]
        texts = [piece.text for piece in request.stream]
        place = request.place(texts, samples[0].text) if samples else -1
        parent = pieces[place] if place >= 0 else ROOT
        last = pieces[-1] if pieces else ROOT
        [key] = self._nodes.child_ids([parent])
        birth = Birth(key, after=None if parent == last else last, forced=request.forced)
        self._recorder.add_samples(self._round, [birth], samples, seconds)
        return self._views([key])

    def _open_round(self, samples: int) -> None:
        recipe = self.recipe
        if not 0 < samples <= recipe.options.width:
            raise ProtocolError(
                f"{recipe.strategy.name} asked for {samples} samples in one round; "
                f"its budget allows 1 to {recipe.options.width}."
            )
        self._check_limits(samples)
        self._round += 1

    def _ask_solver(
        self,
        requests: Sequence[SampleRequest],
        ids: Sequence[str],
        temperature: float | None,
        role: Role = "step",
    ) -> Generator[Call, Reply, tuple[list[StepSample], float]]:
        """The solver's reply, and the seconds that it took."""
        sampling = self.recipe.sampling
        if temperature is not None:
            sampling = replace(sampling, temperature=temperature)
        before = self._clock()
        call = SolverCall(tuple(requests), sampling, tuple(ids), role)
        samples: list[StepSample] = yield call  # type: ignore[assignment]
        return samples, self._clock() - before

    def _score(self, request: Score) -> Generator[Call, Reply, Nodes]:
        tree = self.tree
        wanted: list[list[Node]] = []
        planned: set[str] = set()
        ends = request.ends or request.nodes
        for end in ends:
            path = self._nodes.judged(tree.path(end.id))
            new = [n for n in path if n.score is None and n.id not in planned]
            planned.update(node.id for node in new)
            if new:
                wanted.append(new)
        if wanted:
            requests = tuple(self._nodes.score(nodes) for nodes in wanted)
            before = self._clock()
            replies: list[StepScores] = yield VerifierCall(requests)  # type: ignore[assignment]
            seconds = self._clock() - before
            ahead = {n.id: e.id for n, e in zip(request.nodes, ends, strict=True) if n.id != e.id}
            self._recorder.add_scores(
                self._round, wanted, replies, request.aggregate, seconds, ahead
            )
        return self._views(leaf.id for leaf in request.nodes)

    def _decide(self, request: Decide) -> None:
        write_decision(self._log, self._round, request)

    def _views(self, ids: Iterable[str]) -> Nodes:
        return tuple(self._nodes.view(self.tree.nodes[key]) for key in ids)

    # Start and end --------------------------------------------------------------------------

    def _start(self) -> None:
        recipe = self.recipe
        self._log.add(
            Started,
            run=self.run_id,
            problem=ProblemRecord(**asdict(recipe.problem)),
            solver=_record(self._solver, prompt=self._solver.prompt),
            verifier=_record(self._verifier, scores=self._verifier.scores),
            strategy=recipe.strategy.name,
            options=asdict(recipe.options),
            sampling=asdict(recipe.sampling),
            seed=recipe.seed,
            limits=asdict(recipe.limits),
            created=self._created,
        )

    def _finish(
        self,
        status: Status,
        message: str,
        candidates: Sequence[str],
        method: VoteMethod,
        *,
        answerless: bool = False,
    ) -> None:
        held = self._election.hold(candidates, method, answerless=answerless)
        self._election.grade()
        chosen = held.chosen
        if not chosen and not message:
            message = "No path reached an answer."
        self._log.add(
            Finished,
            status=status,
            message=message,
            method=held.method if chosen else None,
            chosen=chosen.id if chosen else None,
            answer=(chosen.answer or None) if chosen else None,
        )

    def _stop_early(self, status: Status, message: str) -> None:
        """End a run before its end; what it has found so far still votes."""
        self._close_open_nodes("The run ended before this step was judged.")
        options = self.recipe.options
        method: VoteMethod = getattr(options, "judge", "majority")
        found = [node.id for node in self.tree.steps() if node.state == "completed"]
        self._finish(status, message, found, method)

    def _fail(self, error: Exception) -> None:
        """Write a failure down. Nobody votes: what failed may be the vote itself."""
        if self.tree.finished:
            return
        self._close_open_nodes("The run failed before this step was judged.")
        self._log.add(Finished, status="failed", message=f"{type(error).__name__}: {error}"[:900])

    def _close_open_nodes(self, why: str) -> None:
        pending = [node for node in self.tree.steps() if node.state not in FINAL_STATES]
        self._decide(
            Decide("run_ended", why, pruned=tuple(self._nodes.view(node) for node in pending))
        )

    def _check_limits(self, samples: int) -> None:
        self.recipe.limits.check(
            samples,
            self.recipe.sampling.max_step_tokens,
            nodes=len(self.tree.nodes) - 1,
            written=self.tree.cost.generated,
            seconds=self._log.seconds,
        )


def _record(info: ModelInfo, *, prompt: str = "", scores: Judged = "steps") -> ModelRecord:
    return ModelRecord(
        name=info.name,
        revision=info.revision,
        parameters=info.parameters,
        dtype=info.dtype,
        device=info.device,
        prompt=prompt,
        scores=scores,
    )
