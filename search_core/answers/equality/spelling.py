r"""One spelling for what people write in many: dashes, spaces, Markdown, LaTeX's sizes and fonts.

Nothing that says something is dropped here; what is left is read by `reading.py`.
"""

from __future__ import annotations

import re
import unicodedata

_SIGNS = {
    **dict.fromkeys("−‐‑‒﹣－", "-"),
    **dict.fromkeys("×·⋅∙∗", "*"),
    **dict.fromkeys("÷⁄∕", "/"),
    **dict.fromkeys("≤⩽", "\\le "),
    **dict.fromkeys("≥⩾", "\\ge "),
    **dict.fromkeys("…⋯", "\\ldots "),
    **dict.fromkeys("°º", "\\degree "),
    "π": "\\pi ",
    "∞": "\\infty ",
    "≠": "\\ne ",
    "≈": "\\approx ",
    "∪": "\\cup ",
    "∩": "\\cap ",
    "∈": "\\in ",
    "∅": "\\emptyset ",
    "±": "\\pm ",
    "√": "\\sqrt ",
    "∶": ":",
}
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
_RAISED = re.compile("[" + "".join(_SUPERSCRIPTS) + "]+")
_LOWERED = re.compile("[" + "".join(_SUBSCRIPTS) + "]+")
_VULGAR = re.compile(r"(\d?)([¼-¾⅐-⅞↉])")
_EN_DASH = re.compile(r"(?<!\d)\s*–|–(?!\s*\d)")  # between two numbers it is no minus: 20–40
_ROOT = re.compile(r"(?:√|(?<![\\A-Za-z])sqrt)\s*(\d+(?:\.\d+)?)")
_FULL_WIDTH = re.compile("[\uff01-\uff5e]")

_THIN = r"(?:\\[,;:! ]|\\(?:thin|med|thick)space(?![a-z])|~|[\u00a0\u2002-\u200b\u202f\u205f])"
# Digits in groups of three, however they are kept apart: 1{,}200, 1\,200, 1_200, 1'200.
_GROUPED = [
    re.compile(rf"(?<![\d.,_])\d{{1,3}}(?:{mark}\d{{3}})+(?![\d_])")
    for mark in (_THIN, r"(?:\{,\}|,\\!|,\\,)\s*", "_", r"['’]")
]
_GROUPED.append(re.compile(r"(?<![\d.,_/] )(?<![\d.,_/])\d{1,3}(?: \d{3})+(?![\d_]|\s*/| \d)"))
_NOT_A_DIGIT = re.compile(r"\D")

_REPLACED = [
    (re.compile(pattern), replacement)
    for pattern, replacement in [
        (r"\\(?:left|right|[bB]igg?[lrm]?)(?![A-Za-z])\s*\.?", ""),
        (r"\\(?:display|text|script)style(?![A-Za-z])", " "),
        (r"\\(?:quad|qquad|thinspace|medspace|thickspace)(?![A-Za-z])", " "),
        (r"(?<!\\)\\[,;:! ]|~|[\u00a0\u2002-\u200b\u202f\u205f]", " "),
        (r"\{,\}", ","),
        (r"\\[dtc]frac(?![A-Za-z])", r"\\frac"),
        (r"\\(?:text(?:bf|rm|it|normal|sf)|math(?:rm|bf|it|sf|normal)|mbox)\s*\{", r"\\text{"),
        (r"\\text\s*\{\s*,?\s*(and|or)\s*\}", r" \1 "),
        (r"\\text\s*\{\s*\}", " "),
        (r"(?<![\d}] )(?<![\d}])\\text\{([A-Za-z])\}", r" \1"),
        (r"\\(?:cdot|times|ast)(?![A-Za-z])", "*"),
        (r"\\div(?![A-Za-z])", "/"),
        (r"\*\*", "^"),
        (r"\\(?:leqslant|leq|le)(?![A-Za-z])|<=", r"\\le "),
        (r"\\(?:geqslant|geq|ge)(?![A-Za-z])|>=", r"\\ge "),
        (r"\\(?:neq|ne)(?![A-Za-z])|!=", r"\\ne "),
        (r"\\lt(?![A-Za-z])", "<"),
        (r"\\gt(?![A-Za-z])", ">"),
        (r"\\colon(?![A-Za-z])", ":"),
        (r"\\l?dots[bc]?(?![A-Za-z])|\\cdots(?![A-Za-z])|\.\.\.+", r"\\ldots "),
        (r"\\varnothing(?![A-Za-z])", r"\\emptyset "),
        (r"\\lbrace(?![A-Za-z])", r"\\{"),
        (r"\\rbrace(?![A-Za-z])", r"\\}"),
        (r"\^\s*(?:\\circ(?![A-Za-z])|\{\s*\\circ\s*\}|\\degree|\{\s*\\degree\s*\})", r"\\degree "),
        (r"\\%", "%"),
        (r"(?<![\\A-Za-z])(?:infinity|oo)(?![A-Za-z])", r"\\infty "),
        (r"(?<![\\A-Za-z])pi(?![A-Za-z])", r"\\pi "),
        (r"(?<![\\A-Za-z])(sqrt|sin|cos|tan|cot|sec|csc|ln|log|exp)(?=\s*[(0-9{])", r"\\\1"),
        (r"\\frac\s*(\d)\s*(\d)", r"\\frac{\1}{\2}"),
        (r"\\frac\s*(\d)\s*\{", r"\\frac{\1}{"),
        (r"(\\frac\s*\{[^{}]*\})\s*(\d)", r"\1{\2}"),
        (r"\\sqrt\s*([0-9a-z])", r"\\sqrt{\1}"),
        (r"\s+", " "),
    ]
]
_MARKDOWN = ("**", "__", "`", "*", "_")
_DELIMITERS = (("\\(", "\\)"), ("\\[", "\\]"))
_COMMANDS = ("\\boxed", "\\fbox", "\\text", "\\mathbb")


def plain(answer: str) -> str:
    """The answer without wrappers, in one spelling. Time linear in it, save for nested wrappers.

    Args:
        answer: At most a few thousand characters.
    """
    text = _without_wrappers(answer)
    text = _without_dollars(text)
    for grouped in _GROUPED:
        text = grouped.sub(lambda match: _NOT_A_DIGIT.sub("", match.group()), text)
    text = _FULL_WIDTH.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    text = _EN_DASH.sub("-", text)
    text = _ROOT.sub(r"\\sqrt{\1}", text)
    text = _VULGAR.sub(_written_out, text)
    text = _RAISED.sub(
        lambda match: "^{" + "".join(map(_SUPERSCRIPTS.__getitem__, match.group())) + "}", text
    )
    text = _LOWERED.sub(
        lambda match: "_{" + "".join(map(_SUBSCRIPTS.__getitem__, match.group())) + "}", text
    )
    text = _SIGN.sub(lambda match: _SIGNS[match.group()], text)
    for pattern, replacement in _REPLACED:
        text = pattern.sub(replacement, text)
    return _without_wrappers(text)


def closing(text: str, start: int) -> int | None:
    r"""Where the bracket that opens at `start` closes; None if it does not.

    Round and square brackets close each other, as intervals do; `\{` is a token of its own.
    """
    depth = 0
    position = start
    while position < len(text):
        token = text[position : position + 2] if text[position] == "\\" else text[position]
        if token in ("(", "[", "{", "\\{"):
            depth += 1
        elif token in (")", "]", "}", "\\}"):
            depth -= 1
            if depth == 0:
                return position
        position += len(token)
    return None


def _without_wrappers(text: str) -> str:
    while True:
        inner = _without_one(text.strip())
        if inner == text:
            return text
        text = inner


def _without_one(text: str) -> str:
    if text.endswith(".") and not text.endswith(".."):
        text = text[:-1].rstrip()
    for mark in _MARKDOWN:
        if len(text) > 2 * len(mark) and text.startswith(mark) and text.endswith(mark):
            return text[len(mark) : -len(mark)]
    for opening, end in _DELIMITERS:
        if text.startswith(opening) and text.endswith(end) and text.count(opening) == 1:
            return text[len(opening) : -len(end)]
    brace = text.find("{")
    if brace < 0 or closing(text, brace) != len(text) - 1 or text.endswith("\\}"):
        return text
    if text[:brace].rstrip() in _COMMANDS[:3] or not text[:brace].strip():
        return text[brace + 1 : -1]
    return text


def _without_dollars(text: str) -> str:
    r"""Dollars in pairs delimit mathematics; an odd one is money, and is then written `\$`."""
    bare = re.findall(r"(?<!\\)\$", text)
    return re.sub(r"(?<!\\)\$", r"\\$" if len(bare) % 2 else "", text)


def _written_out(match: re.Match[str]) -> str:
    """ "1½" -> "1 \\frac{1}{2}"."""
    digit, vulgar = match.groups()
    numerator, denominator = unicodedata.normalize("NFKC", vulgar).split("\u2044")
    return f"{digit}{' ' if digit else ''}\\frac{{{numerator}}}{{{denominator}}}"
