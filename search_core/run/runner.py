"""The runner: turns a strategy's requests into model calls, and everything into events.

It is the only place where budgets, limits, seeds, cancellation, cost and the log meet; each
of these has a module beside this one.
`Run.calls()` is itself a generator of model calls, so that one engine can answer the calls
of many runs in one batch; `search_core.run.driving.drive` answers those of one run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict

from search_core.acts import WENT_ON, Act, Guidance
from search_core.answers import AnswerClasses
from search_core.log.events import (
    ROOT,
    Event,
    Finished,
    Noted,
    ProblemRecord,
    Started,
    Status,
    VoteMethod,
    Warned,
)
from search_core.log.run_log import KnownLog, RunLog
from search_core.log.tree import FINAL_STATES, Tree
from search_core.picture.step_names import step_name
from search_core.protocols import (
    Cancelled,
    RunCancelled,
    SolverInfo,
    StepIds,
    VerifierInfo,
    public_message,
)
from search_core.run.aside import never
from search_core.run.asking import ModelRequests
from search_core.run.calls import ModelCall, ModelReply
from search_core.run.decisions import DecisionWriter
from search_core.run.election import Election
from search_core.run.grading import Grader
from search_core.run.identity import solver_record, verifier_record
from search_core.run.limits import LimitReached
from search_core.run.pairing import (
    check_logprobs,
    check_prompt,
    check_solver,
    check_steps,
    check_verifier,
)
from search_core.run.recipe import Recipe
from search_core.run.recorder import Recorder
from search_core.run.replies import ProtocolError
from search_core.run.requests import NodeRequests
from search_core.run.written import WrittenSteps
from search_core.strategies.base import (
    Allocate,
    BackUp,
    Choose,
    Complete,
    Continue,
    Decide,
    Merge,
    Nodes,
    Plan,
    Request,
    Resolve,
    Sample,
    Score,
)

MOST_WARNED = 900
"""Characters of one warning in the log, and of what it says at its end."""
_STOPPED = "Stopped by request."
# As a tuple: a union would be made anew for each request.
_OF_MODELS = (Sample, Continue, Score)
_ENDED: dict[Status, str] = {"failed": "failed", "cancelled": "was stopped"}


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
        grader: Says whether a solution is right, in place of `grade_solution`.
        acts: What a person does to it (`search_core.steer`); its log begins with them.
        known: All replies are known and were checked before, and nobody listens: neither are they
            checked again, nor does time go by.

    Raises:
        OptionError: The verifier cannot judge what the strategy asks about, or the solver
            cannot read what it has to, or is not told what the recipe asks for.
        ProtocolError: A model says of itself what cannot be written down.
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
        grader: Grader | None = None,
        acts: Sequence[Act] = (),
        known: bool = False,
    ) -> None:
        # A log begins with who its models are, so what they say of themselves is looked at first.
        self._records = solver_record(solver, recipe.strategy), verifier_record(verifier)
        check_verifier(recipe.strategy, verifier.scores, recipe.options)
        check_solver(recipe.strategy, solver.revises, solver.name)
        check_steps(recipe.strategy, solver.steps, solver.name)
        check_prompt(recipe.system_prompt, solver.prompt, solver.name)
        check_logprobs(
            recipe.strategy,
            recipe.options,
            given=solver.logprobs,
            scored_by_them=verifier.reads_logprobs,
            name=solver.name,
        )
        self.recipe = recipe
        self.run_id = run_id
        self._solver, self._verifier = solver, verifier
        self._created = created
        self._log = KnownLog() if known else RunLog(clock, listener)
        self._election = Election(recipe.problem, self._log, classes or AnswerClasses(), grader)
        self._cancelled: Cancelled = never
        self._cut_short: RunCancelled | LimitReached | None = None
        self._decisions = DecisionWriter(self._log)
        self._written = WrittenSteps()
        self._guidance = Guidance(acts)
        self._nodes = NodeRequests(
            run_id, recipe, self._log, verifier.scores, self._written, self._guidance
        )
        recorder = Recorder(self._log, solver, verifier)
        self._models = ModelRequests(
            recipe,
            self._log,
            self._nodes,
            recorder,
            self._written,
            self._decisions,
            clock,
            (solver.name, verifier.name),
            self._guidance,
        )

    @property
    def log(self) -> RunLog:
        return self._log

    @property
    def events(self) -> list[Event]:
        return self._log.events

    @property
    def tree(self) -> Tree:
        return self._log.tree

    def calls(self, cancelled: Cancelled = never) -> Generator[ModelCall, ModelReply, None]:
        """All model calls of the run; send each one's reply, throw what went wrong.

        `RunCancelled` ends the run well. Anything else is written into the log as a failure, in
        words for people, and raised again.

        Args:
            cancelled: Asked while the run itself has to wait: for answers that are compared. What
                it raises ends the run too.
        """
        self._cancelled = cancelled
        self._start()
        try:
            try:
                yield from self._search()
            except RunCancelled as stop:
                self._models.asked = ""
                self._stop_early("cancelled", str(stop) or _STOPPED)
            except LimitReached as limit:
                self._models.asked = ""
                self._stop_early("out_of_budget", str(limit))
        except KeyboardInterrupt:
            self._end("cancelled", _STOPPED)
            raise
        except Exception as error:
            self._end("failed", self._said_of(error))
            raise
        finally:
            self._written.clear()

    def step_ids(self, path: Sequence[str]) -> StepIds:
        """What the solver wrote these nodes in, while the run lives; see `SampleRequest`."""
        return self._written.of(path)

    def warn(self, message: str) -> None:
        """Write down that something went otherwise than planned, while the run goes on."""
        if not self.tree.finished:
            self._log.add(Warned, message=message[:MOST_WARNED])

    # Requests ------------------------------------------------------------------------------

    def _search(self) -> Generator[ModelCall, ModelReply, None]:
        yield from self._retrace()
        [root] = self._nodes.views([self._guidance.origin])
        plan = self.recipe.strategy.plan(root, self.recipe.options)
        request = self._next_request(plan, None)
        while not isinstance(request, Choose):
            if isinstance(request, _OF_MODELS):
                reply = yield from self._models.serve(request)
            else:
                reply = self._settle(request)
            request = self._next_request(plan, reply)
        plan.close()
        for unmet in self._guidance.unmet(self.tree):
            self.warn(unmet)
        self._close_open_nodes("The strategy finished without judging this step.")
        candidates = [node.id for node in self._guidance.allowed(request.candidates)]
        self._finish("completed", "", candidates, request.method, answerless=request.answerless)

    def _next_request(self, plan: Plan, reply: Nodes | None) -> Request:
        try:
            return next(plan) if reply is None else plan.send(reply)
        except StopIteration:
            raise ProtocolError(
                f"{self.recipe.strategy.name} ended without a choice; its last request must "
                "be Choose."
            ) from None

    def _settle(self, request: Request) -> Nodes:
        """What no model is asked about."""
        match request:
            case Decide():
                decisions, kept = self._guidance.decided(request)
                self._write(decisions)
                return kept
            case BackUp() | Resolve() | Allocate() | Merge():
                self._decisions.write(self._models.round, request)
            case Complete():
                self._write(self._guidance.cuts(request.nodes))
                ids = [node.id for node in self._guidance.allowed(request.nodes)]
                self._election.complete(ids, unfinished=request.unfinished, cancelled=self._over)
                if self._cut_short is not None:
                    raise self._cut_short
                return self._nodes.views(ids)
            case _:
                raise ProtocolError(f"{self.recipe.strategy.name} yielded {request!r:.200}.")
        return ()

    def _write(self, decisions: Sequence[Decide]) -> None:
        for decision in decisions:
            self._decisions.write(self._models.round, decision)

    def _retrace(self) -> Generator[ModelCall, ModelReply, None]:
        """The path that a search goes on from, where that is not the problem."""
        leg = self._guidance.leg
        if leg is None or leg.node == ROOT:
            return
        path = yield from self._models.retrace(leg.node)
        why = f"{leg.who} went on from {step_name(leg.node)} with {self.recipe.strategy.title}."
        self._write([Decide(WENT_ON, why, kept=path)])

    # Start and end --------------------------------------------------------------------------

    def _start(self) -> None:
        recipe = self.recipe
        self._log.add(
            Started,
            run=self.run_id,
            problem=ProblemRecord(**asdict(recipe.problem)),
            solver=self._records[0],
            verifier=self._records[1],
            strategy=recipe.strategy.name,
            options=asdict(recipe.options),
            sampling=recipe.sampling.said(),
            seed=recipe.seed,
            limits=asdict(recipe.limits),
            created=self._created,
        )
        for act in self._guidance.acts:
            self._log.add(Noted, **act.to_note())

    def _finish(
        self,
        status: Status,
        message: str,
        candidates: Sequence[str],
        method: VoteMethod,
        *,
        answerless: bool = False,
    ) -> None:
        held = self._election.hold(candidates, method, answerless=answerless, cancelled=self._over)
        self._election.grade(self._over)
        if status == "completed" and self._cut_short is not None:
            limit = isinstance(self._cut_short, LimitReached)
            status = "out_of_budget" if limit else "cancelled"
            message = str(self._cut_short) if limit else _STOPPED
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

    def _over(self) -> bool:
        """Whether to give up comparing answers: asked where it takes time, and remembered."""
        try:
            if self._cancelled():
                self._cut_short = RunCancelled()
        except LimitReached as limit:
            self._cut_short = limit
        return self._cut_short is not None

    def _stop_early(self, status: Status, message: str) -> None:
        """End a run before its end; what it has found so far still votes."""
        self._close_open_nodes("The run ended before this step was judged.")
        options = self.recipe.options
        method: VoteMethod = getattr(options, "judge", "majority")
        found = [node.id for node in self.tree.steps() if node.state == "completed"]
        self._finish(status, message, found, method)

    def _end(self, status: Status, message: str) -> None:
        """End a run at once. Nobody votes: what failed may be the vote itself."""
        if self.tree.finished:
            return
        self._close_open_nodes(f"The run {_ENDED[status]} before this step was judged.")
        self._log.add(Finished, status=status, message=message[:MOST_WARNED])

    def _said_of(self, error: Exception) -> str:
        """What a log says of a failure, and with it every page that shows the run."""
        asked = self._models.asked
        if not asked:
            return public_message(error)
        return public_message(
            error, f"{asked} failed by an error of its own. The program's log has the details."
        )

    def _close_open_nodes(self, why: str) -> None:
        pending = [node.id for node in self.tree.steps() if node.state not in FINAL_STATES]
        cut = Decide("run_ended", why, pruned=self._nodes.views(pending))
        self._decisions.write(self._models.round, cut)
