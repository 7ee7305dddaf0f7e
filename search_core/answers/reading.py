"""Reads the answer that follows a closing such as "The answer is": how far does it reach?"""

from __future__ import annotations

import re

from search_core.answers.cleaning import MAX_ANSWER, plain
from search_core.answers.display import display_maths
from search_core.answers.sentences import first_sentence

WINDOW = MAX_ANSWER + 200
"""Characters after a closing that are looked at."""
_MOST_ITEMS, _LONGEST_ITEM = 20, 60

_SKIPPED = re.compile(
    r"(?:[ \t:：~]|&nbsp;|[*_`]{1,3}(?=[\s:：]|$))*(?:,[ \t])?"
    r"(?:(?:therefore|thus|hence|then|indeed|simply|just|exactly|clearly|definitely|certainly"
    r"|surely|for sure|likely|probably|approximately|roughly|about|as follows|the following"
    r"|given by|equal to|that|also|now|actually|obviously|really|in fact)\b,?"
    r"(?:[ \t:：]|[*_`]{1,3}(?=[\s:：]|$))*)*",
    re.IGNORECASE,
)
_EMPTY_LINE = re.compile(r"[ \t>]*(?:[-*_=]{3,}[ \t]*|```\w*[ \t]*|~~~\w*)?(?=\n|$)")
_BREAK = re.compile(r"<br\s?/?>", re.IGNORECASE)
_QUOTE = re.compile(r"(?:[ \t]*[>#]+[ \t]+)+")
_BULLET = re.compile(r"[ \t]*(?:[-*+•◦]|\d{1,2}[.)])[ \t]+(?=\S)")
_NUMBERED = re.compile(r"[ \t]*\d")
_NUMBERED_LIST = re.compile(r"[ \t]*1[.)][ \t][^\n]*\n[ \t]*2[.)][ \t]")
_REASON = re.compile(
    r",?\s(?:because|since|I hope|as (?:required|desired|expected|shown|claimed|computed|requested"
    r"|we|it|the)|so that|which|where|it (?:can|does|is)|and (?:the|I|we|that|this)|whereas|while"
    r"|assuming|rounded|but|so|thus|therefore|hence)\b|,\s?not\b"
    r"|\s\((?:approximately|approx|about|or|i\.e|≈|that is|rounded|since|because|which|see|as)\b",
    re.IGNORECASE,
)
_SUBSTANCE = re.compile(r"[^\W_]|[$\\∞∅½⅓⅔¼¾]")
_NO_ANSWER = re.compile(
    # what is said of an answer ("correct, as we saw"), but not "right triangle"
    r"(?:correct|incorrect|right|wrong|clear|unclear|obvious|helpful|useful|reasonable|consistent"
    r"|confirmed|verified|based|found|obtained|derived|calculated|computed|determined|available"
    r"|required|complete|presented|shown|above|below|supposed|going)"
    r"(?=[\s*]*(?:$|[,.;:!?]|(?:because|since|as|by|for|and|in|on|to|using|from|with|when|if)\b))"
    r"|(?:not|no longer|still|let(?:'s|’s| us| me)?|first(?:ly)?,|we|since|because|if|when"
    r"|given that|consider|to (?:find|solve|get|determine|compute|calculate|see|do|the|be|answer)"
    r"|in the|(?:is|are|was|can|could|does|did) (?:it|this|that|there|they)"
    r"|here(?:'s|’s| is| are)|your (?:final )?answer|the (?:final )?answer|\.\.\.|…)(?!\w)",
    re.IGNORECASE,
)
_PROSE = re.compile(r"(?:[A-Za-z'’-]{2,}[,:]?\s+){2,}|(?:The|There|It|She|He|They|We|I)\s")
_SAYS = re.compile(
    r".*[\s$](?:is|are|was|were|equals|has|have|gives|costs|makes|needs|takes|becomes)[ \t:]+"
    r"(?P<value>\S.*)",
    re.DOTALL | re.IGNORECASE,
)
_IN_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_NUMBER = re.compile(
    r"[-+±−≈]?\s?(?:[$€£¥₹]|\\\$|\\text\{\$\})?\s?(?:\\?[({\[])?\s?[-+±−]?[\d.½⅓⅔¼¾]"
)
_FORMULA = re.compile(
    r"\\(?:[td]?frac|sqrt|pi|infty|sin|cos|tan|ln|log|cup|cap|le|ge|begin|varnothing|emptyset)"
)
_COMMAND = re.compile(r"\\(?:text|mathrm|mathbf|operatorname)\{[^{}]*\}|\\[A-Za-z]+")
_WORD = re.compile(r"(?!(?:and|or)\b)[A-Za-z]{2,}")
_YES_OR_NO = re.compile(r"(yes|no|true|false)\b[*_`]{0,3}\s?[,;:–—-]\s", re.IGNORECASE)
_BOLD_ENDS = re.compile(r"(?<=[^\s*])\*{2,3}(?=[\s.,;:!?]|$)")
_SPELLED = {"yes", "no", "true", "false", "none", "infinity", "undefined", "valid", "invalid"}
_MOST_WORDS = 4
_UNREADABLE_BOX = re.compile(r"\\(?:boxed|fbox|framebox)(?![A-Za-z])")
"""What is still in an answer where a box is empty, or its brace is never closed."""


def what_follows(text: str, start: int) -> str | None:
    """The answer that begins at `start`, or None.

    It stands on the line or, where that ends at once, in the next block: a line, the items of
    a list, or display maths.
    """
    window = _BREAK.sub("\n", text[start : start + WINDOW])
    skipped = _SKIPPED.match(window)
    rest = window[skipped.end() :] if skipped else window
    below = False
    while (gap := _EMPTY_LINE.match(rest)) and gap.end() < len(rest):
        rest, below = rest[gap.end() + 1 :], True
    if below:
        rest = _QUOTE.sub("", rest, count=1) if _QUOTE.match(rest) else rest
    maths = display_maths(rest.lstrip(" \t*_`"))
    answer = maths
    if answer is None and below:
        answer = _items(rest)
    if answer is None:
        answer = _on_the_line(rest.split("\n", 1)[0])
    if not answer or len(answer) > MAX_ANSWER or not _SUBSTANCE.search(answer):
        return None
    return None if _UNREADABLE_BOX.search(answer) else answer


def is_value(answer: str) -> bool:
    """Whether an answer is a number with at most a short unit, a formula, or a choice."""
    if answer.casefold() in _SPELLED or re.fullmatch(r"[A-Z]|[a-z]", answer):
        return True
    words = len(_WORD.findall(_COMMAND.sub(" ", answer)))
    if _NUMBER.match(answer) or _FORMULA.search(answer):
        return words <= _MOST_WORDS
    return not words and re.search(r"[\d=+*/^<>∞π∅\\-]", answer) is not None


def _on_the_line(line: str) -> str | None:
    bold = _BOLD_ENDS.search(line)
    if bold and "**" not in line[: bold.start()]:  # "**Answer: 12** and so on"
        line = line[: bold.start()]
    sentence = first_sentence(line)
    if _NO_ANSWER.match(sentence.strip(" \t*_`")):
        return None
    reason = _reason(sentence)
    sentence = sentence if reason is None else sentence[:reason]
    answer = plain(sentence)
    word = _YES_OR_NO.match(answer)
    if word:
        return word[1]
    return _said_in_prose(answer, sentence) or answer


def _reason(sentence: str) -> int | None:
    """Where "because …" or ", which …" begins, outside of formulas."""
    for found in _REASON.finditer(sentence):
        before = sentence[: found.start()]
        balanced = before.count("{") == before.count("}") and before.count("$") % 2 == 0
        if before.strip() and (
            balanced or (before.lstrip().startswith("$") and "$" not in before[2:])
        ):
            return found.start()
    return None


def _said_in_prose(answer: str, sentence: str) -> str | None:
    """ "There are **12** apples" -> "12"; "The largest n is 34" -> "34"; None: no such prose."""
    if not _PROSE.match(answer):
        return None
    bold = _IN_BOLD.findall(sentence)
    if len(bold) == 1 and is_value(plain(bold[0])):
        return plain(bold[0])
    says = _SAYS.fullmatch(answer)
    value = plain(says["value"]) if says else ""
    return value if value and is_value(value) else None


def _items(rest: str) -> str | None:
    """The items of a list as one answer: "3, 5". None: no list; "": one of whole sentences."""
    if _NUMBERED.match(rest) and not _NUMBERED_LIST.match(rest):  # "12. That is all."
        return None
    items: list[str] = []
    for line in rest.split("\n", _MOST_ITEMS)[:_MOST_ITEMS]:
        bullet = _BULLET.match(line)
        if bullet is None:
            break
        item = _on_the_line(line[bullet.end() :])
        if item is None or len(item) > _LONGEST_ITEM:
            return ""
        items.append(item)
    return ", ".join(items) if items else None
