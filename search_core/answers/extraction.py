"""Takes the final answer out of a solution's text."""

from __future__ import annotations

import re

MAX_ANSWER = 1_000
"""Longest answer, in characters; anything longer is not taken for an answer."""

# Escaped characters are tokens of their own, so that `\{` never counts as a brace.
_BRACES = re.compile(r"\\boxed\s*\{|\\.|[{}]", re.DOTALL)
_CLOSING_SENTENCE = re.compile(r"\bthe answer is\b", re.IGNORECASE)
_MARKUP = " \t\r*_`:"


def extract_answer(text: str) -> str | None:
    r"""The answer of a solution, or None.

    The last closed `\boxed{…}`; without one, what the last sentence "The answer is …" says.
    Takes time proportional to the text, whatever is in it.

    Returns:
        1 to `MAX_ANSWER` characters, stripped.
    """
    boxed = _last_boxed(text)
    return boxed if boxed is not None else _closing_sentence(text)


def _last_boxed(text: str) -> str | None:
    """Content of the `\\boxed{` that starts last, among the closed ones of fair length."""
    open_braces: list[int | None] = []  # where a box's content starts; None: another brace
    best_start, best = -1, None
    for match in _BRACES.finditer(text):
        token = match.group()
        if token.startswith("\\boxed"):
            open_braces.append(match.end())
        elif token == "{":
            open_braces.append(None)
        elif token == "}" and open_braces:
            start = open_braces.pop()
            if start is not None and start > best_start:
                content = _of_fair_length(text, start, match.start())
                if content:
                    best_start, best = start, content
    return best


def _of_fair_length(text: str, start: int, end: int) -> str:
    return text[start:end].strip() if end - start <= MAX_ANSWER else ""


def _closing_sentence(text: str) -> str | None:
    ends = [match.end() for match in _CLOSING_SENTENCE.finditer(text)]
    for start in reversed(ends):
        rest = text[start : start + MAX_ANSWER + 100].split("\n", 1)[0]
        answer = _without_markup(rest)
        if answer and len(answer) <= MAX_ANSWER:
            return answer
    return None


def _without_markup(rest: str) -> str:
    """ " **$12$**. Done" -> "12": the sentence without its period, emphasis and dollars."""
    sentence = re.split(r"[.!](?=\s|[*_`$]*$)", rest, maxsplit=1)[0].strip(_MARKUP)
    if len(sentence) > 1 and sentence.startswith("$") and sentence.endswith("$"):
        sentence = sentence.strip("$")
    return sentence.strip()
