"""Where steps end, in whole texts and while they are written: nothing is lost and nothing torn."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.engine.path_tokens import PathTokens
from search_core.protocols import SolverInfo
from search_core.run.identity import solver_record
from search_core.steps import (
    BLANK_LINES,
    STEP_STYLES,
    StepStyle,
    ending,
    split,
    step_style,
    thought_of,
)
from search_core.steps.blocks import in_block, in_item
from search_core.steps.splitting import cuts
from tests.growth import takes_linear_time
from tests.tiny_models import TEMPLATE, tiny_tokenizer

ALL = list(STEP_STYLES.values())
FRAGMENTS = st.sampled_from(
    [
        *("Step 1: add.", "Step 2: so 5.", "## Step 3:", "**Step 4:** x", "1. one", "12) twelve"),
        *("# Head", "### Head", "- a", "* b", "  more of it", "\tmore", "Plan:", "So. Then!", " "),
        *("```python\nx = 1\n\ny = 2\n```", "```", "~~~", "$$", "\\[", "\\]", "$$a\n\nb$$", "$x$"),
        *("\\begin{align}", "\\end{align}", "\\begin{align}a\n\nb\\end{align}", "`$$`", "e.g. A"),
        *("\n", "\n\n", "\n\n\n", "é🙂", "3.5", "|a|b|"),
    ]
)
TEXTS = st.lists(FRAGMENTS, max_size=14).map("".join) | st.text(max_size=60)
SAMPLE = (
    "I will add, then double.\n\n## Step 1: Add\n2 + 3 = 5.\n\n## Step 2: Double. It is\n"
    "\\[\n5 \\times 2\n\n= 10\n\\]\n\nTherefore, the final answer is: $\\boxed{10}$."
)


def ids(style: StepStyle) -> str:
    return style.name


@pytest.mark.parametrize("style", ALL, ids=ids)
@given(text=TEXTS)
def test_the_steps_joined_are_the_text(style: StepStyle, text: str) -> None:
    assert "".join(split(text, style)) == text


@pytest.mark.parametrize("style", ALL, ids=ids)
@given(text=TEXTS)
def test_no_step_ends_inside_a_block(style: StepStyle, text: str) -> None:
    for step in split(text, style)[:-1]:
        assert not in_block(step.rstrip("\n"))


def written(text: str, style: StepStyle) -> list[str]:
    """The same text as a solver writes it: a character at a time, and what it holds goes on."""
    steps, begun, still_open = [], "", None
    read = 0
    for character in text:
        begun += character
        new = [cut for cut in cuts(begun, style) if cut.known > read]
        read = len(begun)
        cut = new[-1] if new else still_open
        still_open = None
        if cut is None:
            continue
        said = ending(begun, cut, style)
        if said == "open":
            still_open = cut
        elif said == "ends":
            steps.append(begun[: cut.end])
            begun = begun[cut.end :]
            read = 0 if cut.known == cut.end else len(begun)
    return [step for step in (*steps, begun) if step]


@pytest.mark.parametrize("style", ALL, ids=ids)
@given(text=TEXTS)
def test_what_is_written_character_by_character_is_cut_alike(style: StepStyle, text: str) -> None:
    """Up to the line breaks between two steps, which nobody knows the last of."""

    def squeezed(steps: list[str]) -> list[str]:
        return [step.strip("\n ") for step in steps if step.strip("\n ")]

    assert "".join(written(text, style)) == text
    assert squeezed(written(text, style)) == squeezed(split(text, style))


@pytest.mark.parametrize(
    ("name", "text", "steps"),
    [
        ("blank_lines", SAMPLE, 4),
        ("step_lines", SAMPLE, 3),
        ("headings", SAMPLE, 3),
        ("numbered", "Plan.\n1. Add.\n   2 + 3 = 5\n\n2. Double: 3. 5 * 2.\n\n**3.** So 10.", 3),
        ("sentences", "Dr. Ada has 3.5 l, e.g. Bo. It is 7! So it ends.\n\nThe answer is 7.", 4),
        ("blank_lines", "We need:\n\n- a\n\n- b\n\n  of it\n\nSo it is.", 3),
        ("blank_lines", "1. Add.\n\n2. Double.\n\n3. So.", 3),
        ("blank_lines", "Code:\n\n```\na\n\n- b\n\nc\n```\n\nDone.", 3),
        ("blank_lines", "It costs $$5 in `$$` text.\n\nSo.", 1),
        ("step_lines", "Step 1: see Step 2 below.\nStep 12: so.", 2),
        ("step_lines", "Nobody counts here.\n\nSo 5.", 1),
    ],
)
def test_the_steps_of_a_text(name: str, text: str, steps: int) -> None:
    assert len(split(text, step_style(name))) == steps, split(text, step_style(name))


def test_a_block_that_never_closes_is_none() -> None:
    assert in_block("$$ a")
    assert not in_block("$$ a" + "b" * 5000)
    assert in_item("- a\n\n  b")
    assert not in_item("  b")
    assert not in_item("- a\n\nb")


def test_lists_are_whole_and_what_follows_decides() -> None:
    cut = cuts("- a\n\n", BLANK_LINES)[-1]
    assert ending("- a\n\n", cut, BLANK_LINES) == "open"
    assert ending("- a\n\n-", cut, BLANK_LINES) == "open"
    assert ending("- a\n\n- ", cut, BLANK_LINES) == "goes on"
    assert ending("- a\n\n**", cut, BLANK_LINES) == "ends"
    assert ending("- a\n\nSo", cut, BLANK_LINES) == "ends"


def test_every_style_is_asked_for_and_has_a_source() -> None:
    assert next(iter(STEP_STYLES)) == "blank_lines"
    assert list(STEP_STYLES)[-1] == "sentences"
    for style in ALL:
        assert style.prompt.startswith("Solve the problem step by step.")
        assert "\\boxed{answer}" in style.prompt
        assert re.search(r"arXiv|CommonMark|search-and-learn", style.source)
    with pytest.raises(ValueError, match="no way of writing steps called 'lines'"):
        step_style("lines")


def test_a_log_says_how_steps_were_written_where_that_is_not_the_usual_way() -> None:
    for name, said in (("numbered", {"step_style": "numbered"}), ("blank_lines", {}), ("", {})):
        record = solver_record(SolverInfo("s", step_style=name)).model_dump()
        assert {key: value for key, value in record.items() if key == "step_style"} == said


@pytest.mark.parametrize("style", ALL, ids=ids)
def test_a_text_without_end_takes_linear_time(style: StepStyle) -> None:
    text = "Step 1: a.\n\n1. b.\n# c"
    assert takes_linear_time(lambda times: split(text * times, style), 100)


THOUGHT = "<think>\nFirst.\n\nWait.\n</think>\n\nSo 5.\n\nThe answer is 5."


def test_a_thought_is_one_step_unless_it_is_to_be_cut_too() -> None:
    assert len(split(THOUGHT)) == 3
    assert len(split(THOUGHT, step_style("blank_lines+thoughts"))) == 4
    assert "".join(split(THOUGHT, step_style("blank_lines+thoughts"))) == THOUGHT
    with pytest.raises(ValueError, match="no way of writing steps called 'lines\\+thoughts'"):
        step_style("lines+thoughts")


def test_a_thought_that_the_prompt_opened_is_one_too() -> None:
    begun = "First.\n\nWait."
    [cut] = cuts(begun, BLANK_LINES)
    assert ending(begun, cut, BLANK_LINES, thinking=True) == "goes on"
    assert ending(begun, cut, BLANK_LINES) == "ends"
    assert [thought_of(text, True) for text in ("a", "a</think>\n\nb")] == ["open", "whole"]
    assert [thought_of(text) for text in ("a", "<think>a", THOUGHT)] == ["", "open", "whole"]


def test_a_template_that_opens_a_thought_is_told_from_a_problem_that_names_one() -> None:
    opened = PathTokens(tiny_tokenizer(TEMPLATE + "<think>\n"))
    assert opened.thinks("1 + 1", ())
    assert not opened.thinks("1 + 1", ("So.</think>",))
    assert not PathTokens(tiny_tokenizer(TEMPLATE)).thinks("What is <think>?", ())
