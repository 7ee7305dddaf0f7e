"""Tells what a model thought from what it said: thinking parts, and whose they are."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ThinkingPart:
    """How one family of models marks what it thinks.

    Attributes:
        name: Which marks, as a person writes them.
        opening: Pattern of what begins the part.
        closing: Pattern of what ends it. Chat templates often write the opening into the prompt,
            so a closing alone ends a part that began with the text.
        source: Whose format it is.
        closes_alone: Whether a closing without an opening says that all before it was thought.
    """

    name: str
    opening: str
    closing: str
    source: str
    closes_alone: bool = True


THINKING_PARTS = (
    ThinkingPart(
        "<think>…</think>",
        r"<(?:seed:|longcat_)?think>",
        r"</(?:seed:|longcat_)?think>",
        "DeepSeek-R1, QwQ, Qwen3, Phi-4-reasoning, GLM-Z1; Seed-OSS and LongCat with a prefix",
    ),
    ThinkingPart(
        "<thinking>…</thinking>, <scratchpad>…</scratchpad>",
        r"<(?:ant)?thinking>|<scratchpad>|<inner_monologue>",
        r"</(?:ant)?thinking>|</scratchpad>|</inner_monologue>",
        "Claude's prompts, Reflection",
    ),
    ThinkingPart("<thought>…</thought>", r"<thoughts?>", r"</thoughts?>", "EXAONE Deep"),
    ThinkingPart(
        "<reasoning>…</reasoning>", r"<reasoning>", r"</reasoning>", "GRPO recipes (TRL, Unsloth)"
    ),
    ThinkingPart(
        "<|begin_of_thought|>…<|end_of_thought|>",
        r"<\|begin_of_(?:slow_)?thought\|>",
        r"<\|end_of_(?:slow_)?thought\|>",
        "Sky-T1, OpenThinker",
    ),
    ThinkingPart("[THINK]…[/THINK]", r"\[THINK\]", r"\[/THINK\]", "Magistral"),
    ThinkingPart("◁think▷…◁/think▷", r"◁think▷", r"◁/think▷", "Kimi-VL-Thinking"),
    ThinkingPart(
        "<|START_THINKING|>…<|END_THINKING|>",
        r"<\|START_THINKING\|>",
        r"<\|END_THINKING\|>",
        "Command A Reasoning",
    ),
    ThinkingPart(
        "<|channel|>analysis…<|channel|>final",
        r"<\|channel\|>(?:analysis|commentary)\b[^<\n]{0,60}<\|message\|>"
        r"|(?-i:\Aanalysis(?=[A-Z]))",
        r"<\|channel\|>final(?:\s?<\|message\|>)?|assistantfinal",
        "gpt-oss (harmony), with its special tokens and without",
    ),
    ThinkingPart(
        "Here is my thought process: … Here is my response:",
        r"Here(?: is|'s) my thought process:",
        r"Here(?: is|'s) my response:",
        "Granite 3.2",
        closes_alone=False,
    ),
    ThinkingPart(
        "Thinking... …done thinking.",
        r"\AThinking\.\.\.\s",
        r"\.\.\.done thinking\.",
        "Ollama's command line",
        closes_alone=False,
    ),
    ThinkingPart(
        '<details type="reasoning">…</details>',
        r'<details[^<>\n]{0,200}\stype="reasoning"[^<>\n]{0,200}>',
        r"</details>",
        "Open WebUI",
        closes_alone=False,
    ),
    ThinkingPart(
        "<unused94>thought…<unused95>", r"<unused94>(?:thought)?", r"<unused95>", "MedGemma"
    ),
)
"""One row each; the order says nothing."""

# One pattern each, and not one for all: what begins with "<" is found a hundred times faster so.
_PATTERNS = [
    (part, opens, re.compile(pattern, re.IGNORECASE))
    for part in THINKING_PARTS
    for opens, pattern in ((True, part.opening), (False, part.closing))
]


@dataclass(frozen=True, slots=True)
class Speech:
    """A text, told apart.

    Attributes:
        said: What stands outside of thinking parts, in order.
        last_said: The part of it that stands after the last thinking part.
        thought: What stands inside of them, in order.
    """

    said: str
    last_said: str
    thought: str


@dataclass(frozen=True, slots=True)
class ThinkingMark:
    """Where a thinking part of a kind opens or closes."""

    start: int
    end: int
    part: ThinkingPart
    opens: bool


def marks(text: str) -> list[ThinkingMark]:
    """The marks that begin and end the text's thinking parts, in order.

    Parts do not nest: a thought may quote a mark, and within one kind only that kind's closing
    is looked for.
    """
    found = [
        ThinkingMark(*match.span(), part, opens)
        for part, opens, pattern in _PATTERNS
        for match in pattern.finditer(text)
    ]
    within: ThinkingPart | None = None
    kept: list[ThinkingMark] = []
    for mark in sorted(found, key=lambda one: one.start):
        if mark.opens and not within:
            within = mark.part
        elif not mark.opens and (mark.part is within or (not within and mark.part.closes_alone)):
            within = None
        else:
            continue
        kept.append(mark)
    return kept


def told_apart(text: str) -> Speech:
    """What was thought and what was said; takes time proportional to the text.

    A part that is not closed goes on to the end. A closing without an opening makes a thought
    of everything before it.
    """
    said: list[str] = []
    thought: list[str] = []
    within, start = False, 0
    for mark in marks(text):
        piece = text[start : mark.start]
        if mark.opens:
            said.append(piece)
        else:
            if not within:
                thought.extend(said)
                said.clear()
            thought.append(piece)
        within, start = mark.opens, mark.end
    rest = text[start:]
    (thought if within else said).append(rest)
    return Speech("\n\n".join(said), "" if within else rest, "\n\n".join(thought))
