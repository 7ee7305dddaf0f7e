"""Where two runs of one problem first part: the first thing that one did and the other did not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from search_core.log.events import Decided, Event, Finished, Merged, Sampled, Spent, parent_of
from search_core.picture.numbers import counted
from search_core.picture.step_names import step_name
from search_core.picture.text import one_line

_LONGEST = 60
"""Characters of a step in the sentence."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where two lanes part.

    Attributes:
        cursors: Of either lane, how many events it has when it has parted.
        rounds: In which round of either that is.
        nodes: Of either lane, the steps by which one sees it.
        shared: Steps that both have by then.
        sentence: It, in a sentence.
    """

    cursors: tuple[int, int]
    rounds: tuple[int, int]
    nodes: tuple[tuple[str, ...], tuple[str, ...]]
    shared: int
    sentence: str


@dataclass(slots=True)
class Moment:
    """One thing that a run did: it wrote steps, or cut some.

    Attributes:
        cursor: How many events it has then.
        wrote: Texts of new steps, by id.
        kept, cut: Steps that were decided about.
        merged: Steps that were found to repeat another one.
    """

    round: int
    cursor: int = 0
    wrote: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)
    merged: set[str] = field(default_factory=set)

    @property
    def dropped(self) -> set[str]:
        """The steps that it does not go on from."""
        return self.cut | self.merged


def moments(events: Sequence[Event]) -> list[Moment]:
    """What a run did, in order. Scores are no moments: they part no trees until they decide."""
    return list(_moments(events))


def _moments(events: Sequence[Event]) -> Iterator[Moment]:
    moment, round_ = Moment(1), 1
    for cursor, event in enumerate(events, start=1):
        match event:
            case Spent():
                round_ = event.round
                if moment.wrote:
                    moment.round = round_
                    yield moment
                    moment = Moment(round_)
                continue
            case Sampled():
                if moment.dropped:
                    yield moment
                if moment.dropped or moment.kept:
                    moment = Moment(round_)
                moment.wrote[event.id] = event.text
            case Merged() | Decided():
                if isinstance(event, Decided) and event.rule == "run_ended":
                    continue
                if moment.wrote:
                    yield moment
                    moment = Moment(round_)
                if isinstance(event, Merged):
                    moment.merged.add(event.id)
                else:
                    moment.round = event.round
                    moment.kept |= {verdict.id for verdict in event.kept}
                    moment.cut |= {verdict.id for verdict in event.pruned}
            case Finished():
                break
            case _:
                continue
        moment.cursor = cursor
    if moment.wrote or moment.dropped:
        yield moment


def divergence(
    one: Sequence[Event], other: Sequence[Event], names: tuple[str, str]
) -> Divergence | None:
    """Where two logs first part; None where neither does anything that the other does not,
    and both give the same answer.

    Args:
        names: What the lanes are called in the sentence.
    """
    ours, theirs = moments(one), moments(other)
    texts: dict[str, str] = {}
    shared = 0
    for place, (mine, its) in enumerate(zip(ours, theirs, strict=False)):
        same = mine.wrote == its.wrote and mine.cut == its.cut and mine.merged == its.merged
        if not same:
            both = {key for key, text in mine.wrote.items() if its.wrote.get(key) == text}
            texts |= its.wrote | mine.wrote
            found = _told(mine, its, texts, names, shared)
            both_at = [mine, its]
            if place and bool(mine.dropped) != bool(its.dropped):
                # Who goes on from all parts where the other drops: at the last that both did.
                both_at[bool(mine.dropped)] = (ours, theirs)[bool(mine.dropped)][place - 1]
            return Divergence(
                cursors=(both_at[0].cursor, both_at[1].cursor),
                rounds=(both_at[0].round, both_at[1].round),
                nodes=found[0],
                shared=shared + len(both),
                sentence=found[1],
            )
        texts |= mine.wrote
        shared += len(mine.wrote)
    if len(ours) == len(theirs):
        return _chosen(one, other, names, shared)
    return _one_goes_on(one, other, ours, theirs, names, shared)


def _chosen(
    one: Sequence[Event], other: Sequence[Event], names: tuple[str, str], shared: int
) -> Divergence | None:
    """Of trees that are the same: whether they give different answers."""
    mine, its = one[-1], other[-1]
    if not (isinstance(mine, Finished) and isinstance(its, Finished)) or mine.answer == its.answer:
        return None
    said = [
        f"{name} chooses {'no answer' if end.answer is None else one_line(end.answer, _LONGEST)}"
        for name, end in zip(names, (mine, its), strict=True)
    ]
    ends = [(end.chosen,) if end.chosen else () for end in (mine, its)]
    rounds = [max((event.round for event in log if isinstance(event, Spent)), default=1)
              for log in (one, other)]  # fmt: skip
    return Divergence(
        cursors=(len(one), len(other)),
        rounds=(rounds[0], rounds[1]),
        nodes=(ends[0], ends[1]),
        shared=shared,
        sentence=f"The trees are the same to their ends: {said[0]}; {said[1]}.",
    )


_Nodes = tuple[tuple[str, ...], tuple[str, ...]]


def _told(
    one: Moment, other: Moment, texts: dict[str, str], names: tuple[str, str], shared: int
) -> tuple[_Nodes, str]:
    when = _when(shared, one.round)
    a, b = names
    if one.wrote and other.wrote:
        return _written(one, other, texts, names, when)
    if one.dropped and other.dropped:
        return _decided(one, other, texts, names, when)
    if one.dropped:
        nodes, rest = _drops(one, texts)
        return (nodes, nodes), f"{when}: {a} {rest}; {b} goes on from all."
    nodes, rest = _drops(other, texts)
    return (nodes, nodes), f"{_when(shared, other.round)}: {b} {rest}; {a} goes on from all."


def _when(shared: int, round_: int) -> str:
    if not shared:
        return "From the start"
    return f"After {counted(shared, 'step')} that are the same, in round {round_}"


def _drops(moment: Moment, texts: dict[str, str]) -> tuple[tuple[str, ...], str]:
    cut, merged = _in_order(moment.cut), _in_order(moment.merged)
    parts = []
    if cut:
        first = _named(texts, cut[0])
        parts.append(
            f"cuts {first}" if len(cut) == 1 else f"cuts {len(cut)} steps, {first} among them"
        )
    if merged:
        parts.append(f"merges {counted(len(merged), 'duplicate')}")
    return (*cut, *merged), " and ".join(parts)


def _decided(
    one: Moment, other: Moment, texts: dict[str, str], names: tuple[str, str], when: str
) -> tuple[_Nodes, str]:
    parts = []
    for keeps, drops, keeper, dropper in ((one, other, *names), (other, one, *names[::-1])):
        only = _in_order(drops.cut - keeps.dropped) + _in_order(drops.merged - keeps.dropped)
        if only:
            what = _named(texts, only[0])
            more = f" and {len(only) - 1} more" if len(only) > 1 else ""
            does = "cuts" if only[0] in drops.cut else "merges as a duplicate"
            parts.append(f"{keeper} keeps {what}{more}, which {dropper} {does}")
    nodes = tuple(_in_order(one.dropped ^ other.dropped))
    if not parts:  # the same steps are left; they differ in why the others are not
        nodes = tuple(_in_order(one.cut ^ other.cut))
        cutter, merger = names if nodes[0] in one.cut else names[::-1]
        parts = [f"{cutter} cuts {_named(texts, nodes[0])}, which {merger} merges as a duplicate"]
    return (nodes, nodes), f"{when}: {'; '.join(parts)}."


def _written(
    one: Moment, other: Moment, texts: dict[str, str], names: tuple[str, str], when: str
) -> tuple[_Nodes, str]:
    a, b = names
    for key in _in_order(one.wrote.keys() & other.wrote.keys()):
        if one.wrote[key] != other.wrote[key]:
            said = f"{a} writes {_quoted(one.wrote, key)}, {b} {_quoted(other.wrote, key)}"
            return ((key,), (key,)), f"{when}, at {step_name(key)}: {said}."
    only = _in_order(one.wrote.keys() - other.wrote.keys())
    their = _in_order(other.wrote.keys() - one.wrote.keys())
    nodes = (tuple(only), tuple(their))
    if len(only) + len(their) == 1:
        name, key = (a, only[0]) if only else (b, their[0])
        wrote = one.wrote if only else other.wrote
        return nodes, f"{when}: {name} also writes {_named(wrote, key)}."
    common = len(one.wrote.keys() & other.wrote.keys())
    alike = f", of which {common} {'is' if common == 1 else 'are'} the same" if common else ""
    mine, its = counted(len(one.wrote), "step"), counted(len(other.wrote), "step")
    places = [_places(moment.wrote, texts) for moment in (one, other)]
    if places[0] == places[1]:
        said = f"after {places[0]} {a} writes {mine} and {b} {its}"
    else:
        said = f"{a} writes {mine} after {places[0]} and {b} {its} after {places[1]}"
    return nodes, f"{when}: {said}{alike}."


def _one_goes_on(
    one: Sequence[Event],
    other: Sequence[Event],
    ours: list[Moment],
    theirs: list[Moment],
    names: tuple[str, str],
    shared: int,
) -> Divergence:
    first = len(ours) > len(theirs)
    (goes, ends), longer = (names if first else names[::-1]), (ours if first else theirs)
    at = longer[min(len(ours), len(theirs))]
    nodes = tuple(_in_order(at.wrote or at.dropped))
    did = f"writes {counted(len(at.wrote), 'step')}" if at.wrote else f"drops {len(nodes)}"
    return Divergence(
        cursors=(at.cursor, len(other)) if first else (len(one), at.cursor),
        rounds=(at.round, at.round),
        nodes=(nodes, ()) if first else ((), nodes),
        shared=shared,
        sentence=f"After {counted(shared, 'step')} that are the same {ends} ends; {goes} goes on "
        f"and {did} more in round {at.round}.",
    )


def _places(wrote: dict[str, str], texts: dict[str, str]) -> str:
    parents = list(dict.fromkeys(parent_of(key) for key in wrote))
    if parents == ["root"]:
        return "the problem"
    return _named(texts, parents[0]) if len(parents) == 1 else f"{len(parents)} earlier steps"


def _named(texts: dict[str, str], key: str) -> str:
    """As the trees count it, and in its words: branches are counted at each step anew."""
    return f"{step_name(key)} {_quoted(texts, key)}"


def _quoted(texts: dict[str, str], key: str) -> str:
    return f"“{one_line(texts.get(key, ''), _LONGEST)}”"


def _in_order(ids: object) -> list[str]:
    keys: list[str] = list(ids)  # type: ignore[call-overload]
    return sorted(keys, key=lambda key: [int(part) for part in key.split(".")])
