"""The ordinary ways to say what a canonical sentence of a word problem says.

Every phrase is a pattern over one clause in lower-case-insensitive text; its groups fill
the wording of a kind of sentence (see `word_story.KINDS`). "A" is who acts, "B" the other
person, "n" the number and "things" what is counted.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_TITLE = (
    r"(?:(?:her|his|their|a|the|my) (?=[A-Za-z]))?(?:(?:best )?(?:friend|brother|sister|cousin|"
    r"neighbour|neighbor|uncle|aunt|classmate) (?-i:(?=[A-Z])))?"
)
_PARTS = {
    "A": _TITLE + r"(?P<A>[A-Za-z]{1,16})",
    "B": _TITLE + r"(?P<B>[A-Za-z]{1,16})",
    "n": r"(?P<n>[0-9]{1,7})",
    "THINGS": r"(?: (?:more|of|the|her|his|their|its|other|new|extra|additional))*"
    r"(?: (?!more\b|from\b|to\b|of\b)(?P<things>[A-Za-z]{1,16}))?"
    r"(?: (?!from\b|to\b|than\b|as\b)(?P<things2>[A-Za-z]{2,16}))?(?: more)?",
    "THE_THINGS": r"(?:(?:all|of|the|her|his|their|its|these|those|remaining) )*"
    r"(?P<things>[A-Za-z]{1,16})(?: (?!into\b|in\b|equally\b|evenly\b|to\b|for\b)"
    r"(?P<things2>[A-Za-z]{2,16}))?",
    "PILES": r"(?:equal |equally sized |equal-sized )?(?:piles|groups|boxes|bags|parts|heaps|"
    r"stacks|sets|rows|shares|baskets|jars|packs)",
    "END": r"(?: (?:at|in|on|with|during) (?:the|a|an|her|his)? ?(?:market|shop|store|park|street|"
    r"floor|way|beach|garden|school|game|fair|sale|kitchen|morning|afternoon|evening|day|bus|"
    r"train|library|playground|class|contest|race))?(?: (?:later|again|too|as well|today|away))?",
}


class Phrase(NamedTuple):
    """One way to say a kind of sentence."""

    kind: str
    pattern: re.Pattern[str]


def _phrase(kind: str, template: str) -> Phrase:
    pattern = template
    for name, part in _PARTS.items():
        pattern = pattern.replace("{" + name + "}", part)
    return Phrase(kind, re.compile(pattern, re.IGNORECASE))


_GET = "gets|got|receives|received|takes|took|borrows|borrowed|accepts|accepted|is given|was given"
_FIND = (
    "finds|found|collects|collected|picks up|picked up|picks|picked|gathers|gathered|wins|won|"
    "earns|earned|discovers|discovered|catches|caught|adds|added|gains|gained|"
    f"{_GET}"
)
_BUY = "buys|bought|purchases|purchased|orders|ordered"
_MAKE = "makes|made|bakes|baked|builds|built|draws|drew|grows|grew|produces|produced|paints|painted"
_GIVE = "gives away|gave away|gives|gave|hands|handed|sends|sent|lends|lent|passes|passed"
_GIVE += "|donates|donated"
_LOSE = "loses|lost|drops|dropped|misplaces|misplaced|breaks|broke|leaves behind"
_SELL = "sells|sold"
_USE = (
    "uses up|used up|uses|used|eats|ate|spends|spent|throws away|threw away|removes|removed|"
    "drinks|drank|discards|discarded|gives away|gave away|donates|donated"
)
_HAVE = (
    "has|had|have|starts with|started with|starts out with|begins with|began with|owns|owned|"
    "holds|keeps|kept|also has|collects a total of"
)
_SPLIT = (
    "splits|split|divides|divided|sorts|sorted|puts|put|shares out|shared out|arranges|arranged|"
    "separates|separated|packs|packed"
)
_SWAP = "swaps|swapped|trades|traded|exchanges|exchanged|changes|changed"

PHRASES: tuple[Phrase, ...] = tuple(
    _phrase(kind, template)
    for kind, template in (
        ("more", rf"{{B}} (?:{_HAVE}) {{n}} more{{THINGS}} than {{A}}(?: does| has)?"),
        ("fewer", rf"{{B}} (?:{_HAVE}) {{n}} (?:fewer|less){{THINGS}} than {{A}}(?: does| has)?"),
        ("times", rf"{{B}} (?:{_HAVE}) {{n}} times (?:as many|more|the){{THINGS}}(?: as| than)"
         r" {A}(?: does| has)?"),
        ("twice", rf"{{B}} (?:{_HAVE}) (?:twice|double) (?:as many|the number of|the)?{{THINGS}}"
         r"(?: as| than| of) {A}(?: does| has)?"),
        ("doubles", r"{A} (?:doubles|doubled) (?:the (?:number|amount) of |up )?{THE_THINGS}"),
        ("triples", r"{A} (?:triples|tripled) (?:the (?:number|amount) of )?{THE_THINGS}"),
        ("half", rf"{{A}} (?:{_GIVE}) (?:away )?(?:a )?half (?:of )?{{THE_THINGS}} to {{B}}"),
        ("half", rf"{{A}} (?:{_GIVE}) {{B}} (?:a )?half (?:of )?{{THE_THINGS}}"),
        ("swaps", rf"{{A}} (?:{_SWAP}) (?:each|every|each of the)(?: one of)?(?: the| her| his)? "
         r"(?P<thing>[A-Za-z]{1,16}) (?:for|into|with) {n} (?P<new>[A-Za-z]{2,16})"),
        ("piles", rf"{{A}} (?:{_SPLIT}) {{THE_THINGS}} (?:equally |evenly )?(?:into|in) {{n}} "
         r"{PILES}(?: equally| evenly)?(?:,? and)? (?:keeps|kept|takes) (?:only |just )?"
         r"(?:one|1)(?: of them| [a-z]{3,8})?"),
        ("gives", rf"{{A}} (?:{_GIVE}) {{n}}{{THINGS}} to {{B}}{{END}}"),
        ("gives", rf"{{A}} (?:{_GIVE}) {{B}} {{n}}{{THINGS}}{{END}}"),
        ("gets", rf"{{A}} (?:{_GET}|{_BUY}|wins|won) {{n}}{{THINGS}} (?:from|by) {{B}}{{END}}"),
        ("buys", rf"{{A}} (?:{_BUY}) {{n}}{{THINGS}}{{END}}"),
        ("makes", rf"{{A}} (?:{_MAKE}) {{n}}{{THINGS}}{{END}}"),
        ("finds", rf"{{A}} (?:{_FIND}) {{n}}{{THINGS}}{{END}}"),
        ("loses", rf"{{A}} (?:{_LOSE}) {{n}}{{THINGS}}{{END}}"),
        ("sells", rf"{{A}} (?:{_SELL}) {{n}}{{THINGS}}{{END}}"),
        ("uses", rf"{{A}} (?:{_USE}) {{n}}{{THINGS}}{{END}}"),
        ("start", rf"{{A}} (?:{_HAVE}) {{n}}{{THINGS}}{{END}}"),
    )
)  # fmt: skip

# A question that leaves out who or what asks about the person and things last spoken of.
_NOW = r"(?: (?:now|left|left over|left now|remaining|in the end|at the end|in total|in all|total|"
_NOW += r"altogether|after that|then|over|finally))*"
QUESTIONS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern + _NOW, re.IGNORECASE)
    for pattern in (
        r"how many(?: (?P<things>(?!does\b|do\b|did\b)[A-Za-z]{1,16}))?"
        r"(?: (?P<things2>(?!does\b|do\b|did\b)[A-Za-z]{2,16}))?"
        r"(?: (?:does|do|did|will|would)) (?P<A>[A-Za-z]{1,16})"
        r"(?: now| still| then)? (?:have|own|keep|end up with|get|hold)",
        r"how many(?: (?P<things>(?!are\b|remain\b)[A-Za-z]{1,16}))?"
        r"(?: (?P<things2>(?!are\b|remain\b)[A-Za-z]{2,16}))?"
        r" (?:are there|are left|remain|are)(?: with (?P<A>[A-Za-z]{1,16}))?",
    )
)

PRONOUNS = frozenset(("he", "she", "they", "it", "him", "her", "them", "his", "their", "i", "me"))
STARTERS = re.compile(
    r"\A(?:(?:then|next|later|after that|afterwards|finally|now|first|also|and|but|so|today|"
    r"yesterday|that day|the next day|on [a-z]+day|in the (?:morning|afternoon|evening)|"
    r"at (?:first|school|home|the shop|the store|the market)|at the (?:start|beginning)|"
    r"in the end|however|suddenly|again)\b,? ?)+",
    re.IGNORECASE,
)
ADVERBS = re.compile(
    r"\b(?:then|also|later|finally|now|just|already|carefully|quickly|another|still|only|"
    r"afterwards|kindly|happily)\b ?",
    re.IGNORECASE,
)
