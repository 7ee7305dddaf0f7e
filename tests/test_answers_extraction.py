"""Answers out of solution texts."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.answers import MAX_ANSWER, extract_answer
from tests.growth import takes_linear_time


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"So \boxed{12}.", "12"),
        (r"\boxed{1} and then \boxed{2}", "2"),
        (r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        (r"\boxed{\boxed{3}}", "3"),
        (r"\boxed {x^{2^{3}}}", "x^{2^{3}}"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
        (r"\boxed{1} \boxed{2", "1"),
        (r"\boxed{} The answer is 4.", "4"),
        (r"\boxed{7} The answer is 4.", "4"),
        (r"\boxed{7", None),
        ("The answer is 12.", "12"),
        ("the ANSWER is 12", "12"),
        ("The answer is 3.5.", "3.5"),
        ("The final step. The answer is **1,200**.", "1,200"),
        (r"The answer is $\frac{1}{2}$.", r"\frac{1}{2}"),
        ("The answer is: 12. Done!", "12"),
        ("The answer is 1.\nThe answer is 2.\nThe answer is", "2"),
        ("The answer is (8 - 3) * 4.", "(8 - 3) * 4"),
        ("2 + 3 = 5\n\nAnswer 5", "5"),
        ("## Step 4: Answer $18$", "18"),
        ("**Answer** 18.", "18"),
        ("Answer 3 of these questions.", None),
        ("12", None),
        ("", None),
    ],
)
def test_finds_the_answer(text: str, answer: str | None) -> None:
    assert extract_answer(text) == answer


def test_too_long_is_not_an_answer() -> None:
    assert extract_answer(rf"\boxed{{5}} \boxed{{{'9' * (MAX_ANSWER + 1)}}}") == "5"
    assert extract_answer("The answer is " + "9" * 5000) is None


FRAGMENTS = st.sampled_from(
    [
        *(
            "\\boxed{",
            "\\boxed ",
            "}",
            "{",
            "$",
            "$$",
            "\\[",
            "\\]",
            "\\(",
            "\\)",
            "**",
            "_",
            "`",
            "\n",
        ),
        *(
            "\n\n",
            "- ",
            "1. ",
            "> ",
            "#### ",
            "Answer:",
            "The answer is ",
            "is the answer",
            "<answer>",
        ),
        *(
            "</answer>",
            '"answer": "',
            '"',
            "<think>",
            "</think>",
            "St.",
            "J.",
            "U.S.",
            ". ",
            "! ",
            ", ",
        ),
        *(
            "12",
            "B",
            "(B)",
            "x",
            "because",
            "\\text{",
            "\\begin{align}",
            "&",
            "\\\\",
            "\\end{align}",
            " ",
        ),
        *(
            "答案是",
            "<br>",
            "---",
            "%",
            "\\",
            "if ",
            "the ",
            "and ",
            "final ",
            "<|end|>",
            "\u2028",
            "\r",
        ),
    ]
)


@given(st.lists(FRAGMENTS | st.text(max_size=3), max_size=30).map("".join))
def test_any_text_gives_a_clean_answer_or_none(text: str) -> None:
    answer = extract_answer(text)
    assert answer is None or (answer == answer.strip() and 0 < len(answer) <= MAX_ANSWER)


HOSTILE = (
    *("\\boxed{", "{", "}", "\\", "\\boxed ", "\\boxed", "\\boxed{1}", "\\boxed{1}, ", "\\text{"),
    *("the answer is ", "answer is ", "The answer is .*", "the answer is **", "the answer is $"),
    *("answer to ", "answer to x ", "answer is\n- a\n", "answer is \\(", "the answer is that is "),
    *("Answer:", "Answer:\n", "Answer: The value is ", "answer (", "the final ", "step 1. ", "if "),
    *("#### ", "#### x\n", "<answer>", '"answer": "', '"answer": 1', "1 is the answer ", "答案是"),
    *("**", "*", "_", "`", "$", "$$", "\\[", "\\begin{align}", "> ", "- ", "\n", "\n- ", " ", "\t"),
    *("<think>", "</think>", "<think></think>", "<|channel|>analysis", "<details ", "Here is my "),
    *("St. ", "J. ", "U.S.", "A. ", "(A) ", "...", ". ", "a", "B is correct "),
)
LARGE = ("\\boxed{", "\\boxed{1}, ", "**", "answer is ", "</think>", "<think></think>")


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    texts = count()

    def read(size: int) -> None:
        # Each time another text: what was read lately is remembered.
        answer = extract_answer(f"{next(texts)} {piece * (size // len(piece))}")
        assert answer is None or len(answer) <= MAX_ANSWER

    assert takes_linear_time(read, 25_000 if piece in LARGE else 6_000)


# Placeholders -------------------------------------------------------------------------------


PLACEHOLDERS = (
    *("...", "…", r"\ldots", "___", "?", "answer", "ANSWER", "your answer", "[your answer]"),
    *("<answer>", "(your final answer)", "[insert answer here]", "your_answer", r"\text{answer}"),
    *("[number]", "<letter>", r"\text{...}"),
)
ANNOUNCED = ("\\boxed{%s}", "Answer: %s", "The answer is %s.", "#### %s", "<answer>%s</answer>")


@pytest.mark.parametrize("form", ANNOUNCED)
@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
def test_what_keeps_an_answers_place_is_none(placeholder: str, form: str) -> None:
    assert extract_answer(form % placeholder) is None
    after = f"So it is 5.\n#### 5\n\nI was to end with:\n{form % placeholder}"
    assert extract_answer(after) == "5"


@pytest.mark.parametrize(
    "answer", ["0.333...", "x", "number", "(1, 2)", "[0, 1]", "the answerer", r"\frac{1}{2}", "(B)"]
)
def test_what_only_looks_like_one_is_an_answer(answer: str) -> None:
    assert extract_answer(rf"\boxed{{{answer}}}") in (answer, "B")
