"""The table of closings: real ones and their right answers, and every row wrapped in other text."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from search_core.answers import extract_answer
from search_core.answers.closings import CLOSINGS, Closing
from search_core.answers.thinking import THINKING_PARTS, ThinkingPart, told_apart
from tests.pages import GUIDE, section

DATA = Path(__file__).parent / "golden" / "answers" / "closings.jsonl"
CASES = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]

NOT_READ = {
    "Alina and the answer is\nC Cecile": "without a mark, a letter before a word may be a name's "
    'or a key\'s: "C Major"',
    "The answer is A. Einstein.": '"A. Einstein" looks like "A. Paris", a choice and its text, '
    "which is far more usual",
}
"""Closings of the data that are read otherwise, and why."""


@pytest.mark.parametrize("case", CASES, ids=range(1, len(CASES) + 1))
def test_reads_the_closing(case: dict[str, str | None]) -> None:
    text, right = case["text"], case["right"]
    assert text is not None
    assert (extract_answer(text) == right) == (text not in NOT_READ), f"{text!r} is {right!r}"


def test_the_data_is_large_and_mixed() -> None:
    sources = Counter(case["source"] for case in CASES)
    assert len({case["text"] for case in CASES}) == len(CASES) >= 300
    assert len(sources) >= 6
    assert min(sources.values()) >= 10
    assert {case["text"] for case in CASES} >= NOT_READ.keys()


# Every row, wrapped ------------------------------------------------------------------------------

NUMBERS = st.integers(-(10**6), 10**6).map(str) | st.decimals(0, 1000, places=2).map(str)
FORMULAS = st.sampled_from(
    ["\\frac{1}{2}", "x^2 + 1", "3\\sqrt{2}", "\\{1, 2\\}", "(2, 3)", "[2, 5)", "-\\infty", "2x"]
)
CHOICES = st.sampled_from("ABCDEFGHJ")
WORDS = st.sampled_from(["St. Louis", "the U.S. Senate", "J. S. Bach", "New York", "No. 5"])
EMPHASIS = st.sampled_from(["{}", "**{}**", "*{}*", "__{}__", "`{}`", "***{}***"])
MATHS = st.sampled_from(["${}$", "\\({}\\)", "$${}$$", "\\[ {} \\]", "**${}$**"])
BELOW = st.sampled_from(["{}", "\n\n{}", "\n{}", "\n\n> {}", "\n- {}", "\n\n---\n\n{}"])
TAILS = st.sampled_from(
    [
        *("", ".", "\n", ".\n", ". I hope it is correct.", ".\n\nI hope this helps!", "<|im_end|>"),
        *("\n\n---\n\nLet me know if you have questions.", ".</s>", "\n```", ". Done!"),
    ]
)
BEFORE = st.text(max_size=80) | st.lists(
    st.sampled_from(
        [
            *("We add 3 and 4.", "\\boxed{99}", "The answer is 99.", "#### 99", "Answer: 99", "{"),
            *(
                "$x",
                "**",
                "<think>so \\boxed{98}</think>",
                "</think>",
                "\\boxed{9",
                "St.",
                "`",
                "- ",
            ),
        ]
    ),
    max_size=6,
).map(" ".join)


def written(row: Closing, answer: str) -> str:
    return row.example.replace(row.says, answer)


def of(*places: str) -> st.SearchStrategy[Closing]:
    return st.sampled_from([row for row in CLOSINGS if row.place in places])


def row_named(start: str) -> Closing:
    return next(row for row in CLOSINGS if row.name.startswith(start))


@pytest.mark.parametrize("row", CLOSINGS, ids=[row.name for row in CLOSINGS])
def test_a_row_reads_its_own_example(row: Closing) -> None:
    assert extract_answer(row.example) == row.says
    found = [other.name for other in CLOSINGS if other.pattern.search(row.example)]
    assert row.name in found


@given(BEFORE, st.sampled_from(CLOSINGS), NUMBERS, CHOICES, TAILS)
def test_every_row_is_read_after_any_text(
    before: str, row: Closing, number: str, choice: str, tail: str
) -> None:
    answer = choice if row.says == "B" else number
    text = written(row, answer).removesuffix(".")
    assume(row.place != "sentence" or not before.rstrip().endswith(("if", "not")))
    assert extract_answer(f"{before}\n\n{text}{tail}") == answer


@given(BEFORE, of("sentence", "line"), NUMBERS | CHOICES, EMPHASIS, BELOW, TAILS)
@example("", CLOSINGS[1], "12", "**{}**", "\n\n{}", "")
@example("", row_named("答案是"), "0", "__{}__", "{}", "")
def test_markdown_around_the_answer_is_taken_off(
    before: str, row: Closing, answer: str, emphasis: str, below: str, tail: str
) -> None:
    assume(not (row.value_or_end and below != "{}"))  # "####" and its answer share a line
    dressed = below.format(emphasis.format(answer))
    text = written(row, dressed).replace("$", "")
    assert extract_answer(f"{before}\n\n{text.removesuffix('.')}{tail}") == answer


@given(of("sentence", "line", "box"), FORMULAS, MATHS, TAILS)
def test_formulas_lose_their_marks(row: Closing, answer: str, maths: str, tail: str) -> None:
    example = row.example.replace("$", "")
    text = example.replace(row.says, answer if row.place == "box" else maths.format(answer))
    assert extract_answer(text.removesuffix(".") + tail) == answer


@given(of("sentence", "line", "marks"), WORDS, st.sampled_from(["", ".", "\n", ".\n\nI hope so."]))
def test_abbreviations_end_no_sentence(row: Closing, answer: str, tail: str) -> None:
    assume(row.says == "12" and row.name != '"answer": …')
    example = row.example.replace("$", "")
    text = example.replace("12", answer).split(". I hope")[0].removesuffix(".")
    assume(not row.value_or_end or not tail.strip(".\n"))
    assert extract_answer(text + tail) == answer


# Thinking parts ----------------------------------------------------------------------------------

OPENED = {
    "<think>…</think>": ("<think>", "</think>"),
    "<thinking>…</thinking>, <scratchpad>…</scratchpad>": ("<scratchpad>", "</scratchpad>"),
    "<thought>…</thought>": ("<thought>", "</thought>"),
    "<reasoning>…</reasoning>": ("<reasoning>", "</reasoning>"),
    "<|begin_of_thought|>…<|end_of_thought|>": ("<|begin_of_thought|>", "<|end_of_thought|>"),
    "[THINK]…[/THINK]": ("[THINK]", "[/THINK]"),
    "◁think▷…◁/think▷": ("◁think▷", "◁/think▷"),
    "<|START_THINKING|>…<|END_THINKING|>": ("<|START_THINKING|>", "<|END_THINKING|>"),
    "<|channel|>analysis…<|channel|>final": (
        "<|channel|>analysis<|message|>",
        "<|end|><|start|>assistant<|channel|>final<|message|>",
    ),
    "Here is my thought process: … Here is my response:": (
        "Here is my thought process:",
        "Here is my response:",
    ),
    "Thinking... …done thinking.": ("Thinking...\n", "...done thinking."),
    '<details type="reasoning">…</details>': (
        '<details type="reasoning" done="true">',
        "</details>",
    ),
    "<unused94>thought…<unused95>": ("<unused94>thought", "<unused95>"),
}
PARTS = st.sampled_from(THINKING_PARTS)
SAID = st.sampled_from([written(row, row.says) for row in CLOSINGS if row.says == "12"])
THOUGHT = st.sampled_from([written(row, "98") for row in CLOSINGS if row.says == "12"])


def test_every_kind_of_thinking_part_is_tried() -> None:
    assert list(OPENED) == [part.name for part in THINKING_PARTS]


@given(PARTS, st.lists(THOUGHT, min_size=1, max_size=3).map("\n".join), SAID)
def test_a_thought_never_beats_what_stands_after_it(
    part: ThinkingPart, thought: str, said: str
) -> None:
    opening, closing = OPENED[part.name]
    assert extract_answer(f"{opening}{thought}\n{closing}\n\n{said}") == "12"
    if part.closes_alone:  # the template had written the opening into the prompt
        assert extract_answer(f"{thought}\n{closing}\n\n{said}") == "12"
    if part.name != "Thinking... …done thinking.":  # it stands at the beginning only
        assert extract_answer(f"{said}\n\n{opening}{thought}") == "12"


@given(PARTS, THOUGHT)
def test_a_thought_is_asked_only_where_nothing_was_said_after_it(
    part: ThinkingPart, thought: str
) -> None:
    opening, closing = OPENED[part.name]
    assert extract_answer(f"{opening}\n{thought}\n{closing}\n") == "98"
    assert extract_answer(f"{opening}\n{thought}\n") == "98"
    assert extract_answer(f"{opening}\n{thought}\n{closing}\nI cannot say.") is None
    if part.closes_alone:
        assert extract_answer(f"{thought}\n{closing}\nI cannot say.") is None


@given(PARTS, PARTS, THOUGHT)
def test_a_thought_may_quote_the_marks_of_another_kind(
    part: ThinkingPart, other: ThinkingPart, thought: str
) -> None:
    opening, closing = OPENED[part.name]
    quoted = OPENED[other.name][0]
    assert extract_answer(f"{opening}\n{quoted} {thought}\n{closing}\nI cannot say.") is None


@given(st.lists(st.sampled_from(["Q", "\n", *(m for pair in OPENED.values() for m in pair)])))
def test_what_is_told_apart_loses_no_word(pieces: list[str]) -> None:
    speech = told_apart("".join(pieces))
    assert (speech.said + speech.thought).count("Q") == pieces.count("Q")
    assert speech.said.endswith(speech.last_said)


# The guide ---------------------------------------------------------------------------------------


def test_the_guide_lists_every_row() -> None:
    for heading, rows in (("Closings", CLOSINGS), ("Thinking parts", THINKING_PARTS)):
        table = section(GUIDE / "answers.md", heading)
        lines = [line for line in table.splitlines() if line.startswith("| `")]
        assert [line.replace("\\|", "|") for line in lines] == [
            f"| `{row.name}` | {row.source} |" for row in rows
        ]
