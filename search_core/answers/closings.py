r"""The closings that are read: how models announce an answer, and whose way that is.

`\boxed{…}` is a row as well; what it holds is found in `boxes.py`, as its braces nest. What
follows any other closing is read in `reading.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Place = Literal["box", "line", "sentence", "marks", "before"]


@dataclass(frozen=True, slots=True)
class Closing:
    """One way to announce an answer.

    Attributes:
        name: The row, as the guide shows it.
        example: A text with that closing; its answer is `says`.
        place: Where the answer stands. "box": in a box; "marks": up to `until`; "line": after
            something that is made for it, so whatever follows is meant; "sentence": after words
            that also serve to reason, so a value is asked for; "before": in front of the words,
            as the pattern's group "answer".
        pattern: What announces it; the answer begins where it ends.
        source: Whose format it is.
        says: The example's answer.
        until: For "marks": what ends the answer.
        value_or_end: The mark is a heading's as well: a value must follow it, or the text's end.
    """

    name: str
    example: str
    place: Place
    pattern: re.Pattern[str]
    source: str
    says: str = "12"
    until: str = ""
    value_or_end: bool = False


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.MULTILINE)


_EM = r"[*_`]{0,3}"
_IS = (
    r"(?:is|are|was|were|equals|will be|would be|must be|should be|has to be|turns out to be"
    r"|comes out (?:to be|to|as)|becomes)(?![\w'’])"
)
_KIND = (
    r"(?:(?:the|my|our|a|short|final|correct|exact|numerical|best|right|full|overall)[ \t]{1,3}"
    r"[*_`]{0,3}){0,3}"
)
_MARGIN = r"^[^\w\n\\$(\[{]{0,16}(?:(?:step[ \t])?\d{1,2}[ \t]?[.):–-]{1,2}[ \t]{1,3})?[*_`]{0,3}"
_VALUE = r"(?:\$[^$\n]{1,200}\$|[-−]?\d{1,40}(?:[.,/]\d{1,40}){0,9}%?)"

CLOSINGS = (
    Closing(
        "\\boxed{…}",
        r"So it is $\boxed{12}$.",
        "box",
        re.compile(r"\\(?:boxed|fbox|framebox)"),
        "MATH; Qwen, DeepSeek and Llama 3 prompts; search-and-learn",
    ),
    Closing(
        "The answer is …",
        "So the answer is 12.",
        "sentence",
        _pattern(
            rf"\banswers?{_EM}(?:\s(?:choice|option|letter|value)s?)?(?:\s\([^()\n]{{1,40}}\))?"
            rf"(?:,?\s(?:then|therefore|thus|hence|here|indeed|finally),?)?"
            rf"(?:\s(?:to|for|of|in|on)\s[^.:?!\n]{{1,100}}?)?,?\s{{1,3}}{_EM}{_IS}"
        ),
        "chain-of-thought prompts (arXiv 2201.11903), BBH, MMLU-Pro",
    ),
    Closing(
        "The final answer is …",
        "Final Answer: The final answer is $12$. I hope it is correct.",
        "sentence",
        _pattern(rf"\bfinal{_EM}\s{_EM}(?:answer|result){_EM}\s{{1,3}}{_IS}"),
        "Minerva's prompt for MATH (arXiv 2206.14858), lm-evaluation-harness, Llama 3",
    ),
    Closing(
        "The correct option is …",
        "The correct option is 12.",
        "sentence",
        _pattern(
            rf"\b(?:correct|right|best|final){_EM}\s(?:option|choice|letter|statement)s?{_EM}"
            rf"\s{{0,3}}(?:{_IS}|[:：])"
        ),
        "MMLU and GPQA prompts, OpenCompass",
    ),
    Closing(
        "Answer: …",
        "**Answer:** 12",
        "line",
        _pattern(
            rf"{_MARGIN}{_KIND}(?:answers?|ans){_EM}[ \t]{{0,2}}"
            rf"(?:\([^()\n]{{1,40}}\))?{_EM}[ \t]{{0,2}}"
            r"(?:[:：]|[–—](?=\s)|=(?=\s{0,2}[\\$]?[-\d\\])"
            rf"|(?=[ \t]{{1,3}}{_EM}{_VALUE}{_EM}[ \t]{{0,3}}\.?[ \t]{{0,3}}$))"
        ),
        "simple-evals, HLE, DAPO; GPT's, Claude's and Gemma's Markdown",
    ),
    Closing(
        "… final answer: …",
        "So we get the final answer: 12",
        "sentence",
        _pattern(rf"\b(?:answers?|ans){_EM}\s{{0,2}}[:：]|\b(?:the|our|final) answer\s{{0,2}}="),
        "OpenCompass, DAPO",
    ),
    Closing(
        "Final Answer (a heading)",
        "## Final Answer\n\n12",
        "line",
        _pattern(rf"{_MARGIN}{_KIND}answers?[^\w\n\\$]{{0,8}}$"),
        "DeepSeek-R1; GPT's, Claude's, Gemma's and Qwen's Markdown",
    ),
    Closing(
        "#### …",
        "12 are left.\n#### 12",
        "line",
        _pattern(r"^[ \t>*]{0,4}####[ \t]{0,4}(?=[^\s#])"),
        "GSM8K",
        value_or_end=True,
    ),
    Closing(
        "<answer>…</answer>",
        "<answer>12</answer>",
        "marks",
        _pattern(r"<(?:final[_-]?)?answer>"),
        "DeepSeek-R1-Zero, GRPO recipes, Search-R1",
        until=r"</(?:final[_-]?)?answer>",
    ),
    Closing(
        "<|begin_of_box|>…<|end_of_box|>",
        "<|begin_of_box|>12<|end_of_box|>",
        "marks",
        _pattern(r"<\|begin_of_box\|>"),
        "GLM-4.5V",
        until=r"<\|end_of_box\|>",
    ),
    Closing(
        '"answer": "…"',
        '{"reasoning": "Count.", "answer": "12"}',
        "marks",
        _pattern(r'"(?:final[_ ]?)?answer"\s{0,4}:\s{0,4}"'),
        "prompts that ask for JSON",
        until=r'(?<!\\)"',
    ),
    Closing(
        '"answer": …',
        '{"answer": 12, "sure": true}',
        "marks",
        _pattern(r'"(?:final[_ ]?)?answer"\s{0,4}:\s{0,4}(?=[-\d])'),
        "prompts that ask for JSON",
        until=r"[,}\n]",
    ),
    Closing(
        "… is the answer",
        "Hence 12 is the answer.",
        "before",
        _pattern(
            rf"(?<![\w.,/$\\-])(?P<answer>{_VALUE})\s{{1,3}}is\s(?:the|our|my)\s"
            r"(?:(?:final|correct|right)\s)?answer\b"
        ),
        "PRIME's grader, math-verify's tests",
    ),
    Closing(
        "(B) is correct",
        "Only (B) is correct.",
        "before",
        _pattern(
            r"(?<![\w'’])(?:(?:option|choice|answer)\s)?[*_(\[]{0,4}"
            r"(?P<answer>(?-i:(?<=[*_(\[])[A-J](?=[*_)\]])|(?<=option\s)[A-J]|(?<=Option\s)[A-J]"
            r"|(?<=choice\s)[A-J]|[B-HJ]))"
            r"[*_)\]]{0,4}\sis\s(?:the\s)?(?:correct|right|best)(?:\s(?:answer|option|choice))?(?!\w)"
        ),
        "MMLU answers of chat models, OpenCompass",
        says="B",
    ),
    Closing(
        "答案是…, La réponse est …",
        "所以答案是12。",
        "sentence",
        _pattern(
            r"(?:(?:答案|答え|정답은?|답은?|答|réponse(?: finale)?|respuesta(?: final)?|antwort"
            r"|resposta(?: final)?|risposta(?: finale)?|ответ|jawaban)"
            r"[*_]{0,3}\s{0,2}(?:[:：—]|应该是|是|为|は|(?:est|es|lautet|ist|é|è)\b)|故选)"
            r"[*_]{0,3}[ \t]?[:：]?"
        ),
        "MGSM in lm-evaluation-harness, simple-evals, OpenCompass",
    ),
)
"""One row each; the order says nothing."""
