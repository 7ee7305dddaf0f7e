"""What models and strategies are told of a node: its path, its seed, what was read before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import repeat

from search_core.acts import Guidance
from search_core.log.events import ROOT, Judged, Role
from search_core.log.run_log import RunLog
from search_core.log.tree import Node
from search_core.protocols import SampleRequest, ScoreRequest, StepIds
from search_core.run.recipe import Recipe
from search_core.run.written import WrittenSteps
from search_core.seeds import node_seed
from search_core.strategies.base import Nodes, NodeView

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


class _Paths(dict[str, Path]):
    """The path to each node that was asked for: it is asked for often, and never changes."""

    def __init__(self, log: RunLog) -> None:
        super().__init__({ROOT: ((), (), (), "")})
        self._log = log

    def __missing__(self, node_id: str) -> Path:
        node = self._log.tree.nodes[node_id]
        steps, ids, logprobs, text = self[node.parent or ROOT]
        path = self[node_id] = (
            (*steps, node.text),
            (*ids, node_id),
            (*logprobs, node.logprob),
            f"{text}\n\n{node.text}" if steps else node.text,
        )
        return path


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
        self._paths = _Paths(log)
        self._scored: set[str] = set()
        """Some of the nodes that have a score, and all before them on their paths too."""

    def views(self, ids: Iterable[str], places: Iterable[int] = repeat(0)) -> Nodes:
        """What a strategy may know of these nodes.

        Args:
            places: Of each, that of its parent among those of the request that it answers.
        """
        nodes, paths, seed = self._log.tree.nodes, self._paths, self._recipe.seed
        # By place: made for every node at least twice, where names take half as long again.
        views = [
            NodeView(
                key,
                (node := nodes[key]).depth,
                node.text,
                paths[key][3],
                node.ended,
                node.aggregate,
                node_seed(seed, key),
                node.logprob,
                node.group,
                place,
            )
            for key, place in zip(ids, places, strict=False)
        ]
        if self._guidance.acts:
            views = [self._guidance.seen(view) for view in views]
        return tuple(views)

    def child_ids(self, parents: Sequence[str]) -> list[str]:
        """The next free id under each parent; a parent named twice gets two."""
        nodes = self._log.tree.nodes
        made: dict[str, int] = {}
        ids = []
        for parent in parents:
            index = made[parent] if parent in made else len(nodes[parent].children)
            begins = "" if parent == ROOT else f"{parent}."
            # Of the path that a search goes on from by hand, the children are not numbered through.
            while (key := f"{begins}{index}") in nodes:
                index += 1
            made[parent] = index + 1
            ids.append(key)
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
            self._paths[parent][0],
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
        nodes, scored = self._log.tree.nodes, self._scored
        node = self._log.tree.node(node_id)
        if self._judged == "solutions":
            wanted = node.parent is not None and node.score is None and node_id not in planned
            return [node] if wanted else []
        found, all_scored = [], ""
        while node.parent is not None and node.id not in scored:
            if node.score is None:
                all_scored = ""
                if node.id not in planned:
                    found.append(node)
            else:
                all_scored = all_scored or node.id
            node = nodes[node.parent]
        if all_scored:
            scored.add(all_scored)
        found.reverse()
        return found

    def score(self, nodes: Sequence[Node]) -> ScoreRequest:
        """Request for scores of these nodes of one path, from the first of them to its end."""
        last = nodes[-1]
        steps, ids, logprobs, _ = self._paths[last.id]
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
            attempts.append(self._paths[last][0])
            last = self._revised(last)
        return tuple(attempts[::-1])
