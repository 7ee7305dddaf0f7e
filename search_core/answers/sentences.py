"""Where a sentence ends: not after "St.", not within "U.S.", "3.5" or a formula."""

from __future__ import annotations

import re

_TITLES = {
    *("st", "ste", "mr", "mrs", "ms", "mx", "dr", "prof", "mt", "ft", "gen", "col", "sgt", "capt"),
    *("lt", "maj", "gov", "sen", "rep", "rev", "hon", "pres", "messrs", "fr"),
}
"""Abbreviations that a name follows, with a capital letter."""
_BEFORE_NUMBERS = {"no", "nos", "fig", "figs", "eq", "eqs", "sec", "ch", "vol", "pp", "ca"}
"""Abbreviations only where a number follows: "No. 5", but "The answer is No."."""
_OTHERS = {
    *("jr", "sr", "vs", "etc", "al", "cf", "viz", "inc", "ltd", "co", "corp", "dept", "univ"),
    *("approx", "est", "ave", "blvd", "rd", "jan", "feb", "mar", "apr", "jun", "jul", "aug"),
    *("sep", "sept", "oct", "nov", "dec"),
}
_STARTERS = {
    *("the", "this", "that", "these", "those", "it", "its", "we", "i", "so", "therefore", "thus"),
    *("hence", "because", "since", "in", "if", "to", "for", "of", "as", "and", "but", "let"),
    *("let's", "note", "here", "there", "he", "she", "they", "you", "done", "check", "now"),
    *("then", "however", "also", "our", "my", "please", "final", "answer", "what", "when"),
    *("where", "which", "who", "why", "how", "step", "finally", "all", "by", "with"),
}
"""Words with which a new sentence begins, also after an abbreviation."""
_TOKENS = re.compile(
    r"\$\$[^$]*\$\$"
    r"|\$(?:[^$\n.!?]|[.!?](?!\s))*\$"
    r"|\\\((?:[^\\]|\\(?!\)))*\\\)"
    r"|`[^`\n]*`"
    r"|\.{2,}"
    r"|(?:(?<![^\W_])[A-Za-z]{1,2}\.){2,}"
    r"|(?P<end>[.!?](?=[*_`\"'”’)\]$]{0,6}(?:\s|$))|[。！？])"
)
_WORD_BEFORE = re.compile(r"([^\W\d_]+)$")
_NEXT = re.compile(r"[*_`\"'”’)\]$]{0,6}\s{1,4}[*_`\"'“‘]{0,4}(\S[\w'’]*)?(\.?)")


def first_sentence(line: str) -> str:
    """A text up to where its first sentence ends, without the mark that ends it.

    A period that belongs to an abbreviation at the end stays ("It is in the U.S.").
    """
    for token in _TOKENS.finditer(line):
        if token["end"] is not None:
            if _ends(line, token):
                return line[: token.start()]
        elif token[0].endswith(".") and not token[0].startswith("..") and _breaks_off(line, token):
            return line[: token.end()]
    return line


def _ends(line: str, mark: re.Match[str]) -> bool:
    """Whether a mark with a space or nothing after it ends the sentence."""
    following = _NEXT.match(line, mark.end())
    after = (following[1] or "") if following else ""
    if mark[0] == "!":
        # 5! = 120 is a factorial; "10!" is joy.
        return not re.match(r"\s*[=+*/<>×·−-]", line[mark.end() :])
    if mark[0] != "." or not after:
        return not _is_kept_abbreviation(line, mark.start())
    word = _WORD_BEFORE.search(line, max(0, mark.start() - 12), mark.start())
    if word is None:
        return True
    before = word[1].casefold()
    if before in _BEFORE_NUMBERS and after[0].isdigit():
        return False
    starts = after.casefold() in _STARTERS
    if before in _TITLES or before in _OTHERS:
        return starts and after[0].isupper()
    if starts:
        return True
    return not _is_initial(line, word, after, bool(following and following[2]))


def _is_initial(line: str, word: re.Match[str], after: str, more: bool) -> bool:
    """ "J. S. Bach", "George W. Bush", but not "vitamin C. Eat". Choices are read elsewhere."""
    if len(word[1]) != 1 or not word[1].isupper():
        return False
    earlier = line[: word.start()].split()
    named = not earlier or earlier[-1][0].isupper() or earlier[-1].casefold() in ("the", "by", "is")
    species = after[0].islower()  # "E. coli"
    return named and (after[0].isupper() or species)


def _is_kept_abbreviation(line: str, at: int) -> bool:
    """Whether the period at the line's end is an abbreviation's own: "Jr.", "etc."."""
    word = _WORD_BEFORE.search(line, max(0, at - 12), at)
    return line[at] == "." and word is not None and word[1].casefold() in {"jr", "sr", "etc", "inc"}


def _breaks_off(line: str, acronym: re.Match[str]) -> bool:
    """Whether the sentence ends with an acronym: "in the U.S. The next …"."""
    following = _NEXT.match(line, acronym.end())
    after = (following[1] or "") if following else ""
    return after[:1].isupper() and after.casefold() in _STARTERS
