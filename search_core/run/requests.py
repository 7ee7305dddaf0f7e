"""What models and strategies are told of a node: its path, its seed, what was read before it."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.acts import Guidance
from search_core.log.events import ROOT, Judged, Role
from search_core.log.run_log import RunLog
from search_core.log.tree import Node
from search_core.protocols import SampleRequest, ScoreRequest, StepIds
from search_core.run.recipe import Recipe
from search_core.run.written import WrittenSteps
from search_core.seeds import node_seed
from search_core.strategies.base import NodeView


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
        self._paths: dict[str, tuple[str, ...]] = {}
        self._seeds: dict[str, int] = {}

    def view(self, node: Node, place: int = 0) -> NodeView:
        """What a strategy may know of it.

        Args:
            place: Of its parent among those of the request that it answers.
        """
        view = NodeView(
            id=node.id,
            depth=node.depth,
            text=node.text,
            path_text="\n\n".join(self._steps(node.id)),
            ended=node.ended,
            aggregate=node.aggregate,
            seed=self._seed(node.id),
            logprob=node.logprob,
            group=node.group,
            place=place,
        )
        return self._guidance.seen(view)

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
        nodes = self._log.tree.nodes
        made: dict[str, int] = {}
        requests = []
        for parent, key, earlier in zip(parents, ids, after, strict=True):
            if parent in made:
                index = made[parent]
            else:
                index = sum(nodes[child].role == role for child in nodes[parent].children)
            made[parent] = index + 1
            requests.append(
                SampleRequest(
                    problem=self._recipe.problem.text,
                    steps=self._steps(parent),
                    step_ids=self._step_ids(parent),
                    seed=self._seed(key),
                    index=index,
                    attempts=self._attempts(earlier or self._revised(parent))[-attempts_seen:],
                    run=self._run,
                    to_end=max(0, longest + self._guidance.depth - nodes[parent].depth)
                    if longest
                    else 0,
                    parent=parent,
                )
            )
        return requests

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

    def score(self, nodes: Sequence[Node], path: Sequence[Node]) -> ScoreRequest:
        """Request for scores of these nodes of one path, from the first of them to its end.

        Args:
            path: From the first step on. What lies behind the last of the nodes is left out.
        """
        path = path[: nodes[-1].depth - path[0].depth + 1]
        return ScoreRequest(
            problem=self._recipe.problem.text,
            steps=self._steps(path[-1].id),
            first=len(path) - len(nodes),
            # To an outcome verifier everything is a whole solution, a cut-off one too.
            finished=path[-1].ended == "end" or self._judged == "solutions",
            logprobs=tuple([node.logprob for node in path]),
            run=self._run,
            ids=tuple([node.id for node in path]),
        )

    def judged(self, path: list[Node]) -> list[Node]:
        """What the verifier judges of a path: an outcome verifier its end, as a whole."""
        return path[-1:] if self._judged == "solutions" else path

    def _seed(self, node_id: str) -> int:
        """Of a node: asked for whenever it is seen, and it never changes."""
        seed = self._seeds.get(node_id)
        if seed is None:
            seed = self._seeds[node_id] = node_seed(self._recipe.seed, node_id)
        return seed

    def _steps(self, node_id: str) -> tuple[str, ...]:
        """Texts of the path to a node: asked for often, and they never change."""
        steps = self._paths.get(node_id)
        if steps is None:
            node = self._log.tree.nodes[node_id]
            steps = () if node.parent is None else (*self._steps(node.parent), node.text)
            self._paths[node_id] = steps
        return steps

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
