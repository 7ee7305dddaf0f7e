"""Where the pieces of a stream belong, and whole traces of pasted text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_core.embedded import generate
from search_core.embedded.streams import search_stream
from search_core.log.events import Completed, Decided, Finished, Sampled, event_to_json
from search_core.log.traces import parse_trace
from search_core.log.tree import Tree
from search_core.problem import Problem
from search_core.strategies.places import PROBLEM, StreamReader, places
from search_core.thoughts import trace_of_text
from search_core.thoughts.pieces import MAX_CHARACTERS, fitting

PROBLEMS = [p for level in (3, 4) for p in generate("countdown", level, 30, 5, "train")]


def tree_of(text: str, problem: str = "") -> Tree:
    """The tree of a trace that was written and read again."""
    log = "".join(event_to_json(event) + "\n" for event in trace_of_text(text, problem))
    trace = parse_trace(log.encode())
    assert trace.notice == ""
    return trace.tree


# Countdown streams, exactly -------------------------------------------------------------------


@given(st.sampled_from(PROBLEMS), st.integers(0, 10**6), st.integers(1, 40), st.integers(0, 20))
def test_reading_what_a_search_wrote_gives_back_its_tree(
    problem: Problem, seed: int, most: int, more: int
) -> None:
    stream = search_stream(problem, random.Random(seed), most, more)
    assert places(stream.texts) == [piece.parent for piece in stream.pieces]


@given(st.sampled_from(PROBLEMS), st.integers(0, 10**6))
def test_the_path_of_a_solving_search_is_a_right_solution(problem: Problem, seed: int) -> None:
    stream = search_stream(problem, random.Random(seed), 40)
    tree = tree_of("\n\n".join(stream.texts), problem.text)
    assert tree.finished is not None
    assert tree.finished.chosen is not None
    assert tree.nodes[tree.finished.chosen].right is stream.solved


COUNTDOWN = """\
25 - 7 = 18, left 3 8 18

18 - 8 = 10, left 3 10

Back to 3 8 18.

18 / 3 = 6, left 6 8

Back to 3 7 8 25.

8 * 3 = 24, left 7 24 25

The answer is 24."""


def test_a_countdown_stream_is_the_tree_that_it_walked() -> None:
    tree = tree_of(COUNTDOWN, "Use 3, 7, 8 and 25 to make 24.")
    assert {node.id: node.text for node in tree.steps()} == {
        "0": "25 - 7 = 18, left 3 8 18",
        "0.0": "18 - 8 = 10, left 3 10",
        "0.0.0": "Back to 3 8 18.",
        "0.1": "18 / 3 = 6, left 6 8",
        "0.1.0": "Back to 3 7 8 25.",
        "1": "8 * 3 = 24, left 7 24 25",
        "1.0": "The answer is 24.",
    }
    assert {node.id for node in tree.steps() if node.state == "kept"} == {"0", "1"}
    assert {node.id for node in tree.steps() if node.state == "pruned"} == {
        *("0.0", "0.0.0", "0.1", "0.1.0"),
    }
    assert tree.nodes["1.0"].right is True
    assert tree.nodes["1"].after == "0.1.0"
    reason = tree.decisions[tree.nodes["0.1"].decision or 0]
    assert reason.rule == "backtracked"
    assert reason.why.endswith("“Back to 3 7 8 25.”")


def test_a_stream_may_come_back_to_what_it_left() -> None:
    text = (
        "8 - 3 = 5, left 5 7 25\n\nBack to 3 7 8 25.\n\n25 - 7 = 18, left 3 8 18\n\n"
        "Back to 5 7 25.\n\n25 + 7 = 32, left 5 32"
    )
    tree = tree_of(text)
    assert tree.nodes["0.1"].text.startswith("25 + 7")
    assert tree.decisions[tree.nodes["0"].decision or 0].rule == "came_back"
    assert tree.nodes["0"].state == "kept"
    assert tree.nodes["1"].state == "pruned"


# Chains of thought, by how their paragraphs begin ---------------------------------------------


def parents(*pieces: str) -> list[int]:
    return places(pieces)


def test_a_plain_chain_is_one_path() -> None:
    assert parents("Let x be 3.", "Then y is 4.", "So both are known.") == [PROBLEM, 0, 1]


@pytest.mark.parametrize(
    "doubt",
    [
        "Wait, that is odd.",
        "But wait, is it?",
        "Hmm, no.",
        "Hmmm. So",
        "**Wait**, no",
        "> Actually, x is 4.",
        "No, that's wrong.",
        "Let me double-check this.",
        "Let’s verify.",
        "Hold on.",
        "That's not right.",
    ],
)
def test_a_doubt_stands_beside_what_it_doubts(doubt: str) -> None:
    assert parents("Let x be 3.", "Then y is 4.", doubt, "So y is 5.") == [PROBLEM, 0, 0, 2]


@pytest.mark.parametrize(
    "turn",
    [
        "Alternatively, use induction.",
        "Another approach: induction.",
        "Let me try another way.",
        "Maybe we can try a different method.",
        "On second thought, induction.",
        "Hmm, alternatively, induction.",
    ],
)
def test_another_way_stands_beside_where_the_approach_began(turn: str) -> None:
    pieces = ("Let x be 3.", "Then y is 4.", "Wait, is it?", "It is.", turn, "Base case.", turn)
    assert parents(*pieces) == [PROBLEM, 0, 0, 2, PROBLEM, 4, PROBLEM]


def test_a_named_step_is_gone_back_to() -> None:
    steps = ("Step 1: x = 3", "Step 2: y = 4", "We have z = 5 (2)", "So w = 6.")
    assert parents(*steps, "Let me go back to step 1.")[-1] == 0
    assert parents(*steps, "Wait, going back to equation (2), z is 5.")[-1] == 2
    assert parents(*steps, "Hmm, let me return to Step 2 and redo it.")[-1] == 1
    assert parents(*steps, "Wait, let me go back to step 7.")[-1] == 2  # a doubt, no more
    assert parents(*steps, "Let me start over.")[-1] == PROBLEM
    assert parents(*steps, "Okay, going back to the problem, x is odd.")[-1] == PROBLEM


def test_a_marker_inside_a_piece_is_no_turn() -> None:
    assert parents("We wait.", "They said: wait, alternatively.", "Nothing") == [PROBLEM, 0, 1]
    assert parents("We wait.", "Waiting is long.", "Actuality", "Nobody knows") == [-1, 0, 1, 2]


def test_a_reader_asked_out_of_order_says_the_same() -> None:
    pieces = ["Let x be 3.", "Then y is 4.", "Wait.", "Alternatively, no.", "Done."]
    reader = StreamReader()
    for end in (2, 4, 4, 1, 3):
        assert reader.place(pieces[:end], pieces[end]) == places(pieces)[end]


# Pasted text --------------------------------------------------------------------------------

R1 = """\
<think>
Let x be 3.

So x + 1 is 5. The answer is 5.

Wait, 3 + 1 is 4.

So it is 4.
</think>

3 + 1 = 4.

Wait and see: \\boxed{4}"""


def test_thoughts_end_and_the_answer_is_one_piece() -> None:
    events = trace_of_text(R1, "What is x + 1?")
    tree = Tree.from_events(events)
    assert [(node.id, node.state) for node in tree.steps()] == [
        ("0", "kept"),
        ("0.0", "completed"),
        ("0.1", "kept"),
        ("0.1.0", "kept"),
        ("0.1.0.0", "completed"),
    ]
    assert tree.nodes["0.1.0.0"].text == "3 + 1 = 4.\n\nWait and see: \\boxed{4}"
    assert tree.nodes["0.0"].answer == "5"
    assert tree.finished is not None
    assert (tree.finished.chosen, tree.finished.answer) == ("0.1.0.0", "4")
    started = tree.started
    assert started is not None
    assert (started.solver.name, started.problem.text) == ("pasted text", "What is x + 1?")
    assert started.sampling == {}
    assert tree.cost.generated == 0
    assert tree.cost.seconds == 0


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("[THINK]", "[/THINK]"),
        ("", "</think>"),
        ("<|begin_of_thought|>\n", "<|end_of_thought|>"),
        ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
    ],
)
def test_other_thinking_parts_end_as_well(opening: str, closing: str) -> None:
    tree = tree_of(f"{opening}x is 3.\n\nSo \\boxed{{3}}.\n\n{closing}No.\n\nFinal Answer: 4")
    texts = [node.text for node in tree.steps()]
    assert (texts[0], texts[-1]) == ("x is 3.", "No.\n\nFinal Answer: 4")
    assert tree.finished is not None
    assert tree.finished.answer == "4"


def test_any_closing_makes_a_piece_an_answer() -> None:
    tree = tree_of("x is 3.\n\n**Final Answer:** 3\n\nWait, it is 4.\n\n#### 4")
    assert [node.answer for node in tree.steps() if node.state == "completed"] == ["3", "4"]


def test_a_text_without_an_answer_is_read_all_the_same() -> None:
    tree = tree_of("Just a thought.")
    assert tree.finished is not None
    assert tree.finished.answer is None
    assert "not given" in tree.root.text


@pytest.mark.parametrize("text", ["", "  \n\n \t", "<think>\n</think>"])
def test_empty_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        trace_of_text(text)


def test_too_long_a_text_or_problem_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 1,000,000"):
        trace_of_text("x" * (MAX_CHARACTERS + 1))
    with pytest.raises(ValueError, match="at most 4,000"):
        trace_of_text("x", "y" * 4_001)


def test_a_long_chain_is_joined_until_it_is_not_too_deep() -> None:
    paragraphs = [f"Paragraph {number}." for number in range(1_000)]
    tree = tree_of("\n\n".join(paragraphs))
    nodes = list(tree.steps())
    assert max(node.depth for node in nodes) == len(nodes) == 125
    assert [p for node in nodes for p in node.text.split("\n\n")] == paragraphs


def test_turns_are_not_joined() -> None:
    pieces = [text for n in range(150) for text in (f"Wait, {n}.", f"So {n}.", "And on.")]
    joined = fitting(pieces, 300, 20)
    assert [text for text in joined if text.startswith("Wait")] == [
        f"Wait, {n}.\n\nSo {n}.\n\nAnd on." for n in range(150)
    ]


def test_too_many_turns_are_refused() -> None:
    with pytest.raises(ValueError, match="turns back 2,101 times"):
        trace_of_text("\n\n".join(["Wait."] * 2_101))


def test_a_paragraph_without_an_end_is_cut() -> None:
    tree = tree_of("x" * 50_000)
    assert [len(node.text) for node in tree.steps()] == [20_000, 20_000, 10_000]


def test_special_tokens_and_markup_stay_text() -> None:
    tree = tree_of("<script>alert(1)</script> <|end|>\n\n\ud800 \x00 {{ x }}")
    assert [node.text for node in tree.steps()] == [
        "<script>alert(1)</script> <|end|>",
        "? \x00 {{ x }}",
    ]


WORDS = st.sampled_from(
    [
        *("Wait, ", "Alternatively ", "Hmm", "back to step 2", "Step 2: x", "(2)", "\n\n", "\n"),
        *("Back to 3 7.", "1 + 2 = 3, left 3 7", "The answer is 3.", "\\boxed{4}", "<think>"),
        *("</think>", "x ", "Let me start over", "Wait, back to 3 7.", "\r\n\r\n", "\u2028"),
    ]
)


@given(st.lists(WORDS, max_size=60).map("".join) | st.text(max_size=300))
@settings(deadline=None)
def test_any_text_gives_a_whole_log_with_every_piece_once_and_in_order(text: str) -> None:
    try:
        events = trace_of_text(text)
    except ValueError as error:
        assert "empty" in str(error)  # noqa: PT017  (any text but an empty one is read)
        return
    trace = parse_trace("".join(event_to_json(event) + "\n" for event in events).encode())
    assert list(trace.events) == events
    assert isinstance(events[-1], Finished)
    assert events[-1].status == "completed"
    pieces = [event.text for event in events if isinstance(event, Sampled)]
    assert _letters("".join(pieces)) == _letters(text)
    decided = [v.id for e in events if isinstance(e, Decided) for v in (*e.kept, *e.pruned)]
    completed = [event.id for event in events if isinstance(event, Completed)]
    assert sorted(decided + completed) == sorted(node.id for node in trace.tree.steps())


def _letters(text: str) -> str:
    whole = text.encode("utf-8", "replace").decode()
    for tag in ("<think>", "</think>"):
        whole = whole.replace(tag, "")
    return "".join(whole.split())


@given(st.lists(st.text(max_size=40), max_size=40))
def test_every_piece_has_an_earlier_place(pieces: list[str]) -> None:
    found = places(pieces)
    assert len(found) == len(pieces)
    assert all(PROBLEM <= parent < index for index, parent in enumerate(found))
