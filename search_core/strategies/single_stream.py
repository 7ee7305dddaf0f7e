"""Single stream: one long chain of thought that searches in its own words."""

from __future__ import annotations

from dataclasses import dataclass, field

from search_core.log.events import MAX_DEPTH, parent_of
from search_core.strategies.base import (
    Choose,
    Complete,
    Continue,
    Decide,
    Nodes,
    NodeView,
    Plan,
    Strategy,
    cut_off,
    out_of_steps,
)
from search_core.strategies.options import OptionError, StrategyOptions, option
from search_core.strategies.places import StreamReader, gives_answer, is_return

MAX_PIECES = 2_000
FORCED_TEXTS = ("Wait", "Alternatively", "Hmm")
_QUOTED = 200


@dataclass(frozen=True)
class SingleStreamOptions(StrategyOptions):
    """Options of a single stream."""

    max_steps: int = option(
        100,
        "Maximum steps",
        "A path that has not ended after this many steps is left unfinished.",
        minimum=1,
        maximum=MAX_DEPTH,
        advanced=True,
    )
    most_pieces: int = option(
        80,
        "Most pieces",
        "The stream stops after this many pieces, finished or not.",
        minimum=1,
        maximum=MAX_PIECES,
    )
    least_pieces: int = option(
        1,
        "Fewest pieces",
        "A stream that ends sooner is made to go on (budget forcing). 1: it may end when it likes.",
        minimum=1,
        maximum=MAX_PIECES,
    )
    forced_text: str = option(
        "Wait",
        "Made to go on with",
        "The word that is put into its mouth when it ends too soon.",
        choices=FORCED_TEXTS,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.least_pieces > self.most_pieces:
            raise OptionError(
                f"Fewest pieces (least_pieces) is {self.least_pieces} and most pieces "
                f"(most_pieces) is {self.most_pieces}; the fewest must be at most the most.",
                option="least_pieces",
                nearest=self.most_pieces,
            )


@dataclass
class _Course:
    """The stream so far, as a walk through the tree.

    Attributes:
        pieces: In the order in which they were written.
        undecided: The last piece, while it is open what becomes of it.
        left: Pieces that the stream walked away from, by id, each with the piece that did so.
            They are judged when the stream is over: until then it may come back.
        answers: Solutions, in the order in which they were given.
    """

    pieces: Nodes = ()
    undecided: NodeView | None = None
    left: dict[str, tuple[NodeView, NodeView]] = field(default_factory=dict)
    answers: Nodes = ()


def plan(root: NodeView, options: SingleStreamOptions) -> Plan:
    """Write one stream, piece by piece; make it go on while it is too short.

    Source: budget forcing, s1, arXiv 2501.19393, section 3.1: the end of thinking is
    suppressed and "Wait" appended. Deliberate differences: the budget is counted in pieces
    and not in tokens; a stream that reaches the most pieces just stops, where s1 makes it
    answer there and then; the pieces are drawn as a tree, by what they say of themselves
    (`search_core.strategies.places`). As in s1 the last answer counts: earlier ones, after which
    the stream went on, are solutions too, and are not chosen.
    """
    course, reader = _Course(), StreamReader()
    forced = ""
    while len(course.pieces) < options.most_pieces:
        (piece,) = yield Continue(course.pieces, reader.place, forced)
        yield from _judge_the_one_before(course, piece)
        course.pieces += (piece,)
        forced = ""
        if piece.ended == "end":
            course.answers += yield Complete((piece,))
            if len(course.pieces) >= options.least_pieces:
                break
            forced = options.forced_text
        elif piece.cut_off:
            yield from cut_off([piece])
            break
        elif is_return(piece.text):
            yield _backtracked(piece, piece)
        elif piece.depth >= options.max_steps:
            yield out_of_steps([piece], options.max_steps)
            break
        else:
            course.undecided = piece
    if course.undecided:
        yield _stopped(course.undecided, options.most_pieces)
    for dead_end, turn in course.left.values():
        yield _backtracked(dead_end, turn)
    with_answer = [node for node in course.answers if node.group is not None]
    yield Choose(tuple(with_answer[-1:]) or course.answers[-1:], "majority")


def _judge_the_one_before(course: _Course, piece: NodeView) -> Plan:
    """Say what became of the last piece, and of the one that the stream came back to."""
    last, course.undecided = course.undecided, None
    parent = parent_of(piece.id)
    if last and parent == last.id and not is_return(piece.text):
        yield Decide("went_on", "The stream went on from here.", kept=(last,))
    elif last and gives_answer(last.text):
        course.answers += yield Complete((last,))
    elif last:
        course.left[last.id] = (last, piece)
    if parent in course.left and not is_return(piece.text):
        dead_end, turn = course.left.pop(parent)
        why = f"The stream had turned away from here ({_quote(turn)}) and came back."
        yield Decide("came_back", why, kept=(dead_end,))


def _backtracked(dead_end: NodeView, turn: NodeView) -> Decide:
    why = f"The stream turned away from here in its own words: {_quote(turn)}"
    return Decide("backtracked", why, pruned=(dead_end,))


def _stopped(piece: NodeView, most: int) -> Decide:
    why = f"The stream was not finished after {most} pieces, the most that were allowed."
    return Decide("out_of_steps", why, pruned=(piece,))


def _quote(piece: NodeView) -> str:
    words = " ".join(piece.text[: 2 * _QUOTED].split())
    return f"“{words if len(words) <= _QUOTED else words[:_QUOTED] + '…'}”"


SINGLE_STREAM = Strategy(
    name="single_stream",
    title="Single stream",
    does="Writes one long chain of thought that searches in its own words, and makes it go on "
    "while it is too short.",
    does_not="It never looks at two ways side by side and asks no verifier; a solver that was "
    "not taught to search, as Small and Large were not, just writes one chain.",
    source="arXiv 2501.19393 (budget forcing); arXiv 2404.03683 (Stream of Search)",
    kind="think",
    pseudocode="""\
stream ← the problem
repeat
    write the next piece of the stream
    draw it under the piece that it says it continues
    if the stream ended too soon
        set its answer aside
        put "Wait" into its mouth
until it has ended, or the pieces run out
prune the pieces that it walked away from
the last answer counts""",
    options=SingleStreamOptions,
    plan=plan,
    uses_verifier=False,
)
