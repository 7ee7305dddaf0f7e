"""The ways in which solvers are asked for steps, and by which their texts are cut."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

_ANSWER = (
    "When you are done, write a last paragraph of its own:\n"
    "Therefore, the final answer is: $\\boxed{answer}$."
)


@dataclass(frozen=True, slots=True)
class StepStyle:
    r"""One way of writing steps.

    Attributes:
        name: In catalogues, on the command line and in logs.
        title: What the page calls it.
        cut: How a text is cut, in a sentence.
        prompt: The system prompt that asks for it.
        source: Whose way of writing it is.
        pattern: Where a step may end: its group "sep" lies between two steps and belongs to
            neither, its group "next" is how the next one begins, and is empty where nothing need
            be known of it.
        blank_lines: Whether a blank line is such a place, so that what follows a list must be
            known before it is one.
        thoughts: Whether steps end inside of thoughts too; else a thought is never torn.
    """

    name: str
    title: str
    cut: str
    prompt: str
    source: str
    pattern: re.Pattern[str]
    blank_lines: bool = False
    thoughts: bool = False


def _before(begins: str) -> re.Pattern[str]:
    """At the end of a line, where the next one begins so."""
    return re.compile(rf"(?P<sep>\n+)(?=(?P<next>{begins}))")


_NO_SENTENCE = (
    r"(?<!\b[A-Z]\.)(?<!\b(?:e\.g|i\.e)\.)(?<!\b(?:vs|Dr|Mr|St|No|cf)\.)(?<!\b(?:Mrs|Fig)\.)"
)
BLANK_LINES = StepStyle(
    "blank_lines",
    "Paragraphs",
    "A step ends at a blank line.",
    "Solve the problem step by step. Write each step as one paragraph that begins with\n"
    '"## Step 1:", "## Step 2:" and so on, followed in the same paragraph by what you do and its\n'
    "result. Put one blank line between steps and none inside a step. Do one thing per step.\n"
    + _ANSWER,
    "search-and-learn's Llama 3 prompt, and its stop at a blank line (its config.py); "
    "Math-Shepherd and PRM800K count lines and paragraphs as steps too",
    re.compile(r"(?P<sep>\n\n+)(?P<next>)"),
    blank_lines=True,
)
STEP_LINES = StepStyle(
    "step_lines",
    '"Step 1:", "Step 2:"',
    'A step ends where a line begins with "Step" and a number.',
    "Solve the problem step by step. Begin each step on a new line with its number, as in\n"
    '"Step 1:", "Step 2:" and so on, and do one thing per step.\n' + _ANSWER,
    'Math-Shepherd ("Step 1: …", arXiv 2312.08935), Skywork and RLHFlow data, zero-shot chain of '
    "thought (arXiv 2205.11916)",
    _before(r"(?:#{1,6} |\*{1,2}|> ?)*[Ss](?:tep|TEP) \d{1,3}(?:[.:)*\n–—-]| [–—-])"),
)
NUMBERED = StepStyle(
    "numbered",
    "Numbered list",
    "A step is an item of a numbered list.",
    "Solve the problem step by step. Write the steps as a numbered list, 1., 2., 3. and so on,\n"
    "and do one thing per item.\n" + _ANSWER,
    "what chat models write when they are asked for a plan (Plan-and-Solve, arXiv 2305.04091); "
    "CommonMark's ordered lists",
    _before(r"(?:\*\*)?\d{1,3}[.)] "),
)
HEADINGS = StepStyle(
    "headings",
    "Headings",
    "A step begins with a heading.",
    "Solve the problem step by step. Give each step a Markdown heading, as in\n"
    '"### Find the total", and do one thing per step.\n' + _ANSWER,
    "the Markdown of GPT, Claude, Gemma and Qwen chat models; CommonMark's ATX headings",
    _before(r"#{1,6} "),
)
SENTENCES = StepStyle(
    "sentences",
    "Sentences",
    "A step is a sentence.",
    "Solve the problem step by step. Write short sentences, and do one thing in each.\n" + _ANSWER,
    "GSM8K's solutions, a calculation a sentence (arXiv 2110.14168); Let's Verify's alternatives",
    re.compile(
        rf"(?P<sep>\n\n+)(?P<next>)|(?<=[.!?]){_NO_SENTENCE}(?P<gap>[ \n]+)"
        r"(?=(?P<begins>[A-Z\\$(\"“]))"
    ),
    blank_lines=True,
)
NOT_BEHIND_SERVERS = (
    "Steps were to be written as {!r}, and servers end them at blank lines only. Leave it out, or "
    "load the model in this process."
)
"""Why a remote solver refuses any style but the first."""
STEP_STYLES: Mapping[str, StepStyle] = MappingProxyType(
    {style.name: style for style in (BLANK_LINES, STEP_LINES, NUMBERED, HEADINGS, SENTENCES)}
)
"""All of them by name, the usual one first."""


_THOUGHTS = "+thoughts"
STEP_CHOICES = tuple(name + more for name in STEP_STYLES for more in ("", _THOUGHTS))
"""All names that `step_style` takes."""


@cache
def step_style(name: str) -> StepStyle:
    """The style of this name; with "+thoughts" behind it, thoughts are cut into steps too.

    Raises:
        ValueError: There is none; the message names those that there are.
    """
    plain = name.removesuffix(_THOUGHTS)
    if plain not in STEP_STYLES:
        raise ValueError(
            f"There is no way of writing steps called {name!r:.60}; there are "
            f"{', '.join(STEP_STYLES)}, each also with {_THOUGHTS} behind it."
        )
    style = STEP_STYLES[plain]
    if plain == name:
        return style
    cut = f"{style.cut} What the model thinks is cut in the same way."
    return replace(style, name=name, title=f"{style.title}, thoughts too", cut=cut, thoughts=True)
