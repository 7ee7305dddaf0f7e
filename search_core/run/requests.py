"""What models and strategies are told of a node: its path, its seed, what was read before it."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from search_core.acts import Guidance
from search_core.log.events import ROOT, Judged, Role
from search_core.log.run_log import RunLog
from search_core.log.tree import Node
from search_core.protocols import SampleRequest, ScoreRequest, StepIds
from search_core.run.recipe import Recipe
from search_core.run.written import WrittenSteps
from search_core.seeds import node_seed
from search_core.strategies.base import NodeView

Path = tuple[tuple[str, ...], tuple[str, ...], tuple[float | None, ...], str]
"""Texts, ids and log-probabilities of the steps up to a node, and the texts as one."""


@dataclass(slots=True)
class _Family:
    """What is asked alike of all children of a node, and how many of their role there are."""

    steps: tuple[str, ...]
    step_ids: StepIds
    revised: str | None
    to_end: int
    count: int


class NodeRequests:
    """Reads a run's tree and writes requests about its nodes."""

    def __init__(
        self,
        run_id: str,
        recipe: Recipe,
        log: RunLog,
        judged: Judged,
        written: WrittenSteps,
        guidance: Guidance,
    ) -> None:
        self._run = run_id
        self._recipe = recipe
        self._log = log
        self._judged = judged
        self._written = written
        self._guidance = guidance
        self._paths: dict[str, Path] = {ROOT: ((), (), (), "")}

    def view(self, node: Node, place: int = 0) -> NodeView:
        """What a strategy may know of it.

        Args:
            place: Of its parent among those of the request that it answers.
        """
        key = node.id
        # By place: made for every node at least twice, where names take half as long again.
        view = NodeView(
            key,
            node.depth,
            node.text,
            (self._paths.get(key) or self._path(key))[3],
            node.ended,
            node.aggregate,
            node_seed(self._recipe.seed, key),
            node.logprob,
            node.group,
            place,
        )
        return self._guidance.seen(view) if self._guidance.acts else view

    def child_ids(self, parents: Sequence[str]) -> list[str]:
        """The next free id under each parent; a parent named twice gets two."""
        nodes = self._log.tree.nodes
        made: dict[str, int] = {}
        ids = []
        for parent in parents:
            index = made[parent] if parent in made else len(nodes[parent].children)
            # Of the path that a search goes on from by hand, the children are not numbered through.
            while _child(parent, index) in nodes:
                index += 1
            made[parent] = index + 1
            ids.append(_child(parent, index))
        return ids

    def sample(
        self,
        parents: Sequence[str],
        ids: Sequence[str],
        role: Role,
        after: Sequence[str | None],
        attempts_seen: int = 0,
        longest: int = 0,
    ) -> list[SampleRequest]:
        """Requests for one child of each parent.

        Args:
            longest: Steps of a path that is written to its end, at most; 0: it is not.

        A child's index counts the parent's children of its own role: what a rollout looked
        at changes nothing for the steps that are sampled later. Of the earlier attempts that
        a child revises the solver gets the latest `attempts_seen`; 0: all.
        """
        problem, run, seed = self._recipe.problem.text, self._run, self._recipe.seed
        families: dict[str, _Family] = {}
        requests = []
        for parent, key, earlier in zip(parents, ids, after, strict=True):
            family = families.get(parent)
            if family is None:
                family = families[parent] = self._family(parent, role, longest)
            read = earlier or family.revised
            requests.append(
                SampleRequest(
                    problem,
                    family.steps,
                    node_seed(seed, key),
                    family.count,
                    self._attempts(read)[-attempts_seen:] if read else (),
                    "",
                    run,
                    family.step_ids,
                    family.to_end,
                    parent,
                )
            )
            family.count += 1
        return requests

    def _family(self, parent: str, role: Role, longest: int) -> _Family:
        """What is asked alike of all children of a node."""
        nodes = self._log.tree.nodes
        node = nodes[parent]
        return _Family(
            self._steps(parent),
            self._step_ids(parent),
            self._revised(parent),
            longest and max(0, longest + self._guidance.depth - node.depth),
            sum([nodes[child].role == role for child in node.children]),
        )

    def stream(self, pieces: Sequence[str], forced: str) -> SampleRequest:
        """Request for the next piece of a stream that consists of these nodes so far."""
        nodes = self._log.tree.nodes
        return SampleRequest(
            problem=self._recipe.problem.text,
            steps=tuple(nodes[piece].text for piece in pieces),
            step_ids=self._written.of(pieces),
            seed=node_seed(self._recipe.seed, f"stream/{len(pieces)}"),
            index=0,
            opening=forced,
            run=self._run,
            parent=pieces[-1] if pieces else ROOT,
        )

    def unscored(self, node_id: str, planned: Set[str]) -> list[Node]:
        """The nodes on the path to this one that the verifier judges and has not scored, in path
        order: an outcome verifier judges the end alone, as a whole.

        Args:
            planned: Those of which scores are asked for already.
        """
        nodes = self._log.tree.nodes
        node = self._log.tree.node(node_id)
        found = []
        while node.parent is not None:
            if node.score is None and node.id not in planned:
                found.append(node)
            if self._judged == "solutions":
                break
            node = nodes[node.parent]
        found.reverse()
        return found

    def score(self, nodes: Sequence[Node]) -> ScoreRequest:
        """Request for scores of these nodes of one path, from the first of them to its end."""
        last = nodes[-1]
        steps, ids, logprobs, _ = self._path(last.id)
        return ScoreRequest(
            self._recipe.problem.text,
            steps,
            len(steps) - len(nodes),
            # To an outcome verifier everything is a whole solution, a cut-off one too.
            last.ended == "end" or self._judged == "solutions",
            logprobs,
            self._run,
            ids,
        )

    def _steps(self, node_id: str) -> tuple[str, ...]:
        return self._path(node_id)[0]

    def _path(self, node_id: str) -> Path:
        """Of a node: asked for often, and it never changes."""
        path = self._paths.get(node_id)
        if path is None:
            node = self._log.tree.nodes[node_id]
            steps, ids, logprobs, text = self._path(node.parent or ROOT)
            path = self._paths[node_id] = (
                (*steps, node.text),
                (*ids, node_id),
                (*logprobs, node.logprob),
                f"{text}\n\n{node.text}" if steps else node.text,
            )
        return path

    def _step_ids(self, node_id: str) -> StepIds:
        if not self._written:
            return ()
        return self._written.of([node.id for node in self._log.tree.path(node_id)])

    def _revised(self, node_id: str) -> str | None:
        """The end of the attempt that the path to this node revises; None: it revises none."""
        first = node_id.partition(".")[0]
        return None if first == ROOT else self._log.tree.nodes[first].after

    def _attempts(self, last: str | None) -> tuple[tuple[str, ...], ...]:
        """All attempts up to the one that ends at `last`, the oldest first."""
        attempts: list[tuple[str, ...]] = []
        while last is not None:
            attempts.append(self._steps(last))
            last = self._revised(last)
        return tuple(attempts[::-1])


def _child(parent: str, index: int) -> str:
    return str(index) if parent == ROOT else f"{parent}.{index}"
