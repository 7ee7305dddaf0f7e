"""The runner: turns a strategy's requests into model calls, and everything into events.

It is the only place where budgets, limits, seeds, cancellation, cost and the log meet.
`Run.calls()` is itself a generator of model calls, so that one engine can answer the calls
of many runs in one batch; `drive` answers those of one run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict, replace

from search_core.answers import AnswerClasses
from search_core.calls import Call, Reply, SolverCall, VerifierCall
from search_core.election import Election, Grader
from search_core.events import (
    ROOT,
    Decided,
    Event,
    Finished,
    Merged,
    ModelRecord,
    ProblemRecord,
    Started,
    Status,
    Verdict,
    VoteMethod,
)
from search_core.grading import grade_solution
from search_core.limits import LimitReached
from search_core.pairing import check_verifier
from search_core.recipe import Recipe
from search_core.recorder import ProtocolError, Recorder
from search_core.run_log import RunLog
from search_core.scoring import rounded
from search_core.seeds import node_seed
from search_core.solvers.base import (
    Cancelled,
    ModelInfo,
    RunCancelled,
    SampleRequest,
    Solver,
    StepSample,
)
from search_core.strategies.base import (
    Choose,
    Complete,
    Decide,
    Merge,
    Nodes,
    NodeView,
    Plan,
    Request,
    Sample,
    Score,
)
from search_core.strategies.options import ScoredOptions
from search_core.tree import FINAL_STATES, Node, Tree
from search_core.verifiers.base import ScoreRequest, StepScores, Verifier


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
        OptionError: The verifier cannot judge what the strategy asks about.
    """

    def __init__(
        self,
        recipe: Recipe,
        solver: ModelInfo,
        verifier: ModelInfo,
        *,
        run_id: str = "run",
        created: str = "",
        listener: Callable[[Event], None] = ignore,
        clock: Callable[[], float] = time.monotonic,
        classes: AnswerClasses | None = None,
        grader: Grader = grade_solution,
    ) -> None:
        check_verifier(recipe.strategy, verifier.scores)
        self.recipe = recipe
        self.run_id = run_id
        self._solver, self._verifier = solver, verifier
        self._created = created
        self._log = RunLog(clock, listener)
        self._clock = clock
        self._election = Election(recipe.problem, self._log, classes or AnswerClasses(), grader)
        self._recorder = Recorder(self._log, solver, verifier)
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

    # Requests ------------------------------------------------------------------------------

    def _search(self) -> Generator[Call, Reply, None]:
        plan = self.recipe.strategy.plan(self._view(self.tree.root), self.recipe.options)
        request = self._next_request(plan, None)
        while not isinstance(request, Choose):
            reply = yield from self._serve(request)
            request = self._next_request(plan, reply)
        plan.close()
        self._close_open_nodes("The strategy finished without judging this step.")
        candidates = [node.id for node in request.candidates]
        self._finish("completed", "", candidates, request.method)

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
                return (yield from self._sample(request, request.parents))
            case Sample():
                return (yield from self._sample_to_end(request))
            case Score():
                return (yield from self._score(request))
            case Decide():
                self._decide(request)
            case Merge():
                for duplicate, original in request.pairs:
                    self._log.add(Merged, id=duplicate.id, into=original.id)
            case Complete():
                for node in request.nodes:
                    self._election.complete(node.id, unfinished=request.unfinished)
            case _:
                raise ProtocolError(f"{self.recipe.strategy.name} yielded {request!r:.200}.")
        return ()

    def _sample_to_end(self, request: Sample) -> Generator[Call, Reply, Nodes]:
        leaves = list(request.parents)
        active = list(range(len(leaves)))
        while active:
            children = yield from self._sample(request, [leaves[index] for index in active])
            for index, child in zip(active, children, strict=True):
                leaves[index] = child
            active = [i for i in active if self._goes_on(leaves[i], request)]
            why = f"{self.recipe.strategy.title} writes this path to its end before it judges."
            self._decide(Decide("run_to_end", why, kept=tuple(leaves[i] for i in active)))
        return tuple(leaves)

    @staticmethod
    def _goes_on(leaf: NodeView, request: Sample) -> bool:
        return leaf.ended == "step" and leaf.depth < request.max_steps

    def _sample(
        self, request: Sample, parents: Sequence[NodeView]
    ) -> Generator[Call, Reply, Nodes]:
        recipe, tree = self.recipe, self.tree
        if not 0 < len(parents) <= recipe.options.width:
            raise ProtocolError(
                f"{recipe.strategy.name} asked for {len(parents)} samples in one round; "
                f"its budget allows 1 to {recipe.options.width}."
            )
        self._check_limits(len(parents))
        self._round += 1
        ids = self._child_ids(parents)
        requests = tuple(
            self._sample_request(parent, key) for parent, key in zip(parents, ids, strict=True)
        )
        sampling = recipe.sampling
        if request.temperature is not None:
            sampling = replace(sampling, temperature=request.temperature)

        before = self._clock()
        samples: list[StepSample] = yield SolverCall(requests, sampling)  # type: ignore[assignment]
        self._recorder.add_samples(self._round, ids, samples, self._clock() - before)
        return tuple(self._view(tree.nodes[key]) for key in ids)

    def _score(self, request: Score) -> Generator[Call, Reply, Nodes]:
        tree = self.tree
        wanted: list[list[Node]] = []
        planned: set[str] = set()
        for leaf in request.nodes:
            path = self._judged(tree.path(leaf.id))
            new = [n for n in path if n.score is None and n.id not in planned]
            planned.update(node.id for node in new)
            if new:
                wanted.append(new)
        if wanted:
            requests = tuple(self._score_request(nodes) for nodes in wanted)
            before = self._clock()
            replies: list[StepScores] = yield VerifierCall(requests)  # type: ignore[assignment]
            seconds = self._clock() - before
            self._recorder.add_scores(self._round, wanted, replies, request.aggregate, seconds)
        return tuple(self._view(tree.nodes[leaf.id]) for leaf in request.nodes)

    def _judged(self, path: list[Node]) -> list[Node]:
        """What the verifier judges of a path: an outcome verifier its end, as a whole."""
        return path[-1:] if self._verifier.scores == "solutions" else path

    def _decide(self, request: Decide) -> None:
        if not request.kept and not request.pruned:
            return
        places = iter(range(1, len(request.kept) + len(request.pruned) + 1))

        def verdict(node: NodeView) -> Verdict:
            if not request.ranked:
                return Verdict(node.id)
            cutoff = request.cutoff
            margin = None if cutoff is None else rounded(node.value - cutoff)
            return Verdict(node.id, next(places), margin)

        self._log.add(
            Decided,
            round=self._round,
            rule=request.rule,
            why=request.why,
            cutoff=request.cutoff,
            subtree=request.subtree,
            kept=tuple(verdict(node) for node in request.kept),
            pruned=tuple(verdict(node) for node in request.pruned),
        )

    # Start and end --------------------------------------------------------------------------

    def _start(self) -> None:
        recipe = self.recipe
        self._log.add(
            Started,
            run=self.run_id,
            problem=ProblemRecord(**asdict(recipe.problem)),
            solver=_record(self._solver),
            verifier=_record(self._verifier),
            strategy=recipe.strategy.name,
            options=asdict(recipe.options),
            sampling=asdict(recipe.sampling),
            seed=recipe.seed,
            limits=asdict(recipe.limits),
            created=self._created,
        )

    def _finish(
        self, status: Status, message: str, candidates: Sequence[str], method: VoteMethod
    ) -> None:
        held = self._election.hold(candidates, method)
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
            answer=chosen.answer if chosen else None,
        )

    def _stop_early(self, status: Status, message: str) -> None:
        """End a run before its end; what it has found so far still votes."""
        self._close_open_nodes("The run ended before this step was judged.")
        options = self.recipe.options
        method: VoteMethod = options.judge if isinstance(options, ScoredOptions) else "majority"
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
        self._decide(Decide("run_ended", why, pruned=tuple(self._view(node) for node in pending)))

    def _check_limits(self, samples: int) -> None:
        limits = self.recipe.limits
        nodes = len(self.tree.nodes) - 1
        if nodes + samples > limits.nodes:
            raise LimitReached(f"The run has {nodes} steps; its limit is {limits.nodes}.")
        most = samples * self.recipe.sampling.max_step_tokens
        if self.tree.cost.generated + most > limits.tokens:
            raise LimitReached(
                f"The run has written {self.tree.cost.generated} tokens and the next round "
                f"may write {most}; its limit is {limits.tokens}."
            )
        if self._log.seconds > limits.seconds:
            raise LimitReached(f"The run has used its {limits.seconds:g} seconds.")

    # Nodes ----------------------------------------------------------------------------------

    def _child_ids(self, parents: Sequence[NodeView]) -> list[str]:
        made: dict[str, int] = {}
        ids = []
        for parent in parents:
            index = made.get(parent.id, len(self.tree.nodes[parent.id].children))
            made[parent.id] = index + 1
            ids.append(str(index) if parent.id == ROOT else f"{parent.id}.{index}")
        return ids

    def _steps(self, node_id: str) -> tuple[str, ...]:
        return tuple(node.text for node in self.tree.path(node_id))

    def _view(self, node: Node) -> NodeView:
        text = "\n\n".join(self._steps(node.id))
        return NodeView(node.id, node.depth, node.text, text, node.ended, node.aggregate)

    def _sample_request(self, parent: NodeView, key: str) -> SampleRequest:
        return SampleRequest(
            problem=self.recipe.problem.text,
            steps=self._steps(parent.id),
            seed=node_seed(self.recipe.seed, key),
            index=int(key.rpartition(".")[2]),
        )

    def _score_request(self, nodes: Sequence[Node]) -> ScoreRequest:
        path = self.tree.path(nodes[-1].id)
        return ScoreRequest(
            problem=self.recipe.problem.text,
            steps=tuple(node.text for node in path),
            first=len(path) - len(nodes),
            # To an outcome verifier everything is a whole solution, a cut-off one too.
            finished=path[-1].ended == "end" or self._verifier.scores == "solutions",
            logprobs=tuple(node.logprob for node in path),
        )


def _record(info: ModelInfo) -> ModelRecord:
    return ModelRecord(
        name=info.name,
        revision=info.revision,
        parameters=info.parameters,
        dtype=info.dtype,
        device=info.device,
        prompt=info.prompt,
        scores=info.scores,
    )


def never() -> bool:
    """A run that nobody cancels."""
    return False


def drive(run: Run, solver: Solver, verifier: Verifier, cancelled: Cancelled = never) -> None:
    """Answer all calls of one run.

    Raises:
        Exception: Whatever a model raised; the run's log says "failed" by then.
    """
    calls = run.calls()
    try:
        call = next(calls)
        while True:
            try:
                if cancelled():
                    raise RunCancelled
                reply = call.answer(solver, verifier, cancelled)
            except Exception as error:
                call = calls.throw(error)
            else:
                call = calls.send(reply)
    except StopIteration:
        return
