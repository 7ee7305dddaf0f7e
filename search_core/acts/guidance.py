"""What a person's acts come to while a search is driven: asked by the runner, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from search_core.acts.act import Act
from search_core.log.events import ROOT
from search_core.log.tree import Tree
from search_core.picture.step_names import step_name
from search_core.strategies.base import Decide, Nodes, NodeView

KEPT_BY_HAND, CUT_BY_HAND, WENT_ON = "kept_by_hand", "cut_by_hand", "went_on_by_hand"


@dataclass(frozen=True, slots=True)
class Beside:
    """One step that a person wants beside those that the strategy asks for.

    Attributes:
        place: Place of its parent among the parents of the request.
        written: The act that says its text; None: the solver writes it.
    """

    place: int
    written: Act | None = None


class Guidance:
    """A person's acts, where they stand in place of a strategy's decisions. For one run.

    Of acts that contradict each other the later one counts. What was done before the search went on
    from a step ("go_on") has shaped the path up to there, and nothing else of it is left.
    """

    def __init__(self, acts: Sequence[Act] = ()) -> None:
        self.acts = tuple(acts)
        self.leg: Act | None = None
        """The last "go_on"; None: the search begins at the problem."""
        self._cut: dict[str, Act] = {}
        self._kept: dict[str, Act] = {}
        self._edited: dict[str, Act] = {}
        self._beside: dict[str, list[Act | None]] = {}
        self._settled: set[str] = set()
        self._first = 0
        for place, act in enumerate(self.acts):
            self._take(act)
            self._first = place if act.action == "go_on" else self._first
        self.room = sum(len(steps) for steps in self._beside.values())
        """How many steps a person adds; a round may be larger by so many."""

    @property
    def origin(self) -> str:
        """The node from which the search begins."""
        return self.leg.node if self.leg else ROOT

    @property
    def depth(self) -> int:
        """Its depth: the strategy counts its steps from there."""
        return 0 if self.origin == ROOT else self.origin.count(".") + 1

    def _take(self, act: Act) -> None:
        match act.action:
            case "go_on":
                self.leg = act
                for table in (self._cut, self._kept, self._edited, self._beside):
                    table.clear()
            case "cut":
                self._kept.pop(act.node, None)
                self._cut[act.node] = act
            case "keep":
                self._cut.pop(act.node, None)
                self._kept[act.node] = act
            case "edit":
                self._edited[act.node] = act
            case "grow":
                self._beside.setdefault(act.node, []).extend([None] * act.count)
            case "write":
                self._beside.setdefault(act.node, []).append(act)

    def seen(self, view: NodeView) -> NodeView:
        """A node as the strategy sees it: one that a person cut ends like one that was given up,
        which every strategy leaves aside."""
        if view.id in self._cut:
            view = replace(view, ended="aborted")
        return replace(view, depth=view.depth - self.depth) if self.leg else view

    def text_of(self, node_id: str) -> Act | None:
        """Who wrote this step in place of the solver; None: nobody did."""
        return self._edited.get(node_id)

    def beside(self, parents: Sequence[str]) -> list[Beside]:
        """What a person wants beside the next steps of these parents; said once of each."""
        if not self._beside:
            return []
        last = {parent: place for place, parent in enumerate(parents)}
        return [
            Beside(place, written)
            for parent, place in last.items()
            for written in self._beside.pop(parent, ())
        ]

    def unmet(self, tree: Tree) -> list[str]:
        """What was asked for and did not come about, by the end of the search, in sentences."""
        said = []
        for act in self.acts[self._first :]:
            if act.action == "change":
                continue  # it is about no step
            node = tree.nodes.get(act.node)
            if node is None:
                said.append(f"What {act.who_within} asked for at {step_name(act.node)} did not "
                            "come about: the search never came there.")  # fmt: skip
            elif act.node in self._beside:
                said.append(f"What {act.who_within} wanted after {step_name(act.node)} was not "
                            "written: the search did not go on from there.")  # fmt: skip
            elif self._kept.get(act.node) is act and node.state == "pruned":
                said.append(f"{act.who} kept {step_name(act.node)}, and the search ended there "
                            "all the same.")  # fmt: skip
        return list(dict.fromkeys(said))

    def allowed(self, nodes: Nodes) -> Nodes:
        """Those that no person has cut."""
        return tuple([node for node in nodes if node.id not in self._cut]) if self._cut else nodes

    def cuts(self, nodes: Nodes) -> list[Decide]:
        """What is to be said of those that a person has cut, once of each."""
        if not self._cut:
            return []
        new = [node for node in nodes if node.id in self._cut and node.id not in self._settled]
        self._settled.update(node.id for node in new)
        return [
            Decide(CUT_BY_HAND, f"{self._cut[node.id].who} cut this step.", pruned=(node,))
            for node in new
        ]

    def decided(self, request: Decide) -> tuple[list[Decide], Nodes]:
        """A strategy's decision as it stands, a person's part of it apart; and who goes on."""
        if not self._cut and not self._kept:
            return [request], request.kept
        ranked = (*request.kept, *request.pruned)
        rank = {node.id: place for place, node in enumerate(ranked, start=1)}
        cut = [node for node in ranked if node.id in self._cut]
        saved = [n for n in request.pruned if n.id in self._kept] if request.revisable else []
        if not cut and not saved:
            return [request], request.kept
        hands = self.cuts(tuple(cut))
        kept = tuple(node for node in request.kept if node.id not in self._cut)
        if saved:
            kept, displaced = _make_room(kept, len(saved), request.room)
            saved = saved[: request.room]
            hands += [self._saved(node, request) for node in saved]
            hands += [_displaced(node, self._kept[saved[0].id]) for node in displaced]
        by_hand = {node.id for decision in hands for node in (*decision.kept, *decision.pruned)}
        own = replace(
            request,
            kept=tuple(n for n in request.kept if n.id not in by_hand),
            pruned=tuple(n for n in request.pruned if n.id not in by_hand),
        )
        said = [
            replace(
                decision,
                ranked=request.ranked,
                subtree=request.subtree,
                cutoff=request.cutoff if request.ranked else None,
                ranks=_ranks(decision, rank),
            )
            for decision in (own, *hands)
        ]
        return said, (*kept, *saved)

    def _saved(self, node: NodeView, request: Decide) -> Decide:
        who = self._kept[node.id].who
        why = f"{who} kept this step, which the search would have cut. {request.why}"
        return Decide(KEPT_BY_HAND, why, kept=(node,), subtree=request.subtree)


def _make_room(kept: Nodes, saved: int, room: int | None) -> tuple[Nodes, Nodes]:
    """Who stays of the kept, the best first, and who makes room."""
    if room is None:
        return kept, ()
    stay = max(0, room - saved)
    return kept[:stay], kept[stay:]


def _displaced(node: NodeView, by: Act) -> Decide:
    why = f"{by.who} kept {by.node} in its place; there is room for one step alone."
    return Decide(CUT_BY_HAND, why, pruned=(node,))


def _ranks(decision: Decide, rank: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(rank[node.id] for node in (*decision.kept, *decision.pruned))
