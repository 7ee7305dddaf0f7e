"""Takes off an answer what only dresses it: Markdown, dollars, quotes, the words of a choice."""

from __future__ import annotations

import re

MAX_ANSWER = 1_000
"""Longest answer, in characters; anything longer is not taken for an answer."""

_BOLD = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)([^*\n]*?\S)\1(?!\.?\w|\*)")
# A closing may have taken the marks before the answer along: those behind it are left.
_HALF_BOLD = re.compile(r"(?<=[^\W_])_{1,3}(?=[.,;:。]?$)")
_TICKED = re.compile(r"`([^`\n]+)`")
_HTML = re.compile(r"</?(?:b|strong|i|em|u|code|mark|center|p|div|span)>", re.IGNORECASE)
_EDGE = " \t\r\n*`"
_AROUND = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"))
_QUOTED = (('"', '"'), ("“", "”"), ("'", "'"), ("‘", "’"), ("«", "»"), ("「", "」"))
_WRAPPED = re.compile(r"\\(?:text|textbf|textrm|textit|mathrm|mathbf|mbox|bf|rm)\s*\{([^{}\\$]*)\}")
_MEASURED = re.compile(r"\$([^$\n]+)\$\s{1,3}((?!and\b|or\b)[A-Za-z°%/²³ ]{1,30})")
_ORNAMENT = re.compile(
    r"\s*[\U0001f300-\U0001faff☀-➿\ufe0f]+\s*$|^\s*[\U0001f300-\U0001faff☀-➿\ufe0f]+"
)
_COPULA = re.compile(r"(?<=.)(?:です|である|입니다|이다)$")
_LETTER = "[A-J]"
_CHOICES = (
    # "(B)", "(B) Paris", "B) Paris", "[B]"
    re.compile(rf"[(\[]?({_LETTER})[)\]](?:[\s:.,;–-]+(?P<more>.*))?", re.DOTALL),
    # "option B", "choice (C): 12"
    re.compile(
        rf"(?:option|choice|letter|answer)[\s:]{{1,3}}[(\[]?({_LETTER})[)\]]?(?:[\s:.,;–-]+(?P<more>.*))?",
        re.DOTALL | re.IGNORECASE,
    ),
    # "B: Paris", "D, it cannot be A", "B - Paris"
    re.compile(
        rf"({_LETTER})(?:[,:;]\s|\s[–—-]\s(?=[A-Za-z]{{2}}))"
        rf"(?P<more>(?![A-Z]\b)(?!.*\b{_LETTER}\s?[:=]).*)",
        re.DOTALL,
    ),
    # "B. Paris"; a further initial is a name: "A. A. Milne"
    re.compile(r"([A-E])\.\s(?P<more>(?![A-Z]\.)[A-Z0-9$\\].*)", re.DOTALL),
)
_ANOTHER_CHOICE = re.compile(rf"(?:and|or|&|,)?\s*[(\[]?{_LETTER}[)\]]|(?:and|or|&)\s{_LETTER}\b")


def plain(answer: str) -> str:
    """The answer without the Markdown, quotes and maths marks around it, and without a period.

    Content is kept as it was written: `\\frac{1}{2}` and "12 apples" stay. "(B)" and
    "(B) Paris" become "B".
    """
    text = _ORNAMENT.sub("", _HTML.sub("", answer))
    text = _BOLD.sub(r"\2", _TICKED.sub(r"\1", text))
    while True:
        inner = _without_one_layer(text)
        if inner == text:
            return _choice(text)
        text = inner


def _without_one_layer(text: str) -> str:
    text = text.strip(_EDGE).rstrip(" \t,;:").strip()
    text = _HALF_BOLD.sub("", text)
    if text.endswith(".") and not _own_period(text):
        text = text[:-1].rstrip()
    for opening, closing in (*_AROUND, *_QUOTED):
        if len(text) > len(opening) + len(closing) and text.startswith(opening):
            inner = text[len(opening) : -len(closing)]
            if text.endswith(closing) and opening not in inner and closing not in inner:
                return inner.strip()
    if text.count("$") == 1 and not re.match(r"\$\s?[\d.]|.*\d\s?\$$|.*\\\$", text, re.DOTALL):
        return text.strip("$").strip()  # half of a formula's marks; "$5" and "5$" are money
    text = _COPULA.sub("", text)
    measured = _MEASURED.fullmatch(text)
    if measured:
        return f"{measured[1].strip()} {measured[2]}"
    wrapped = _WRAPPED.fullmatch(text)
    return wrapped[1].strip() if wrapped else text


def _own_period(text: str) -> bool:
    """ "U.S.", "Jr.", "0.333…" keep their period."""
    if text.endswith("..."):
        return not text.endswith("....")
    return re.search(r"(?:\b[A-Za-z]{1,2}\.){2}$|\b(?:Jr|Sr|etc|Inc)\.$", text[-12:]) is not None


def _choice(text: str) -> str:
    """The letter of a choice, where the text is one choice and nothing else."""
    for form in _CHOICES:
        found = form.fullmatch(text)
        if found and not _ANOTHER_CHOICE.match(found["more"] or ""):
            return found[1]
    return text
