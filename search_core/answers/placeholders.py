r"""What stands where an answer belongs, in a prompt that is repeated: `\boxed{...}`, "[answer]"."""

from __future__ import annotations

import re

_DRESSED = re.compile(r"\\(?:text|textbf|textit|mathrm|mathbf|mbox)\s*\{([^{}]*)\}")
_BRACKETED = re.compile(r"[\[<({]\s*(.*?)\s*[\]>)}]", re.DOTALL)
_BLANK = re.compile(r"(?:[.…?_\s]|\\[lc]?dots|\\_|\\,)*")
_SAID = re.compile(
    r"(?:(?:insert|put|write|enter|type|give|state) )?(?:(?:your|the|my|a) )?"
    r"(?:(?:final|short|correct|exact|numerical) )?answer(?: here| goes here)?"
)
_KINDS = frozenset({"number", "value", "letter", "option", "result", "choice", "expression"})
"""In brackets, what kind of answer is asked for: "[number]" is none."""
_LONGEST = 60


def is_placeholder(answer: str) -> bool:
    """Whether this only keeps an answer's place."""
    if len(answer) > _LONGEST:
        return False
    text = _DRESSED.sub(r"\1", answer).strip(" $*`\"'")
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed:
        text = bracketed[1].strip()
    if _BLANK.fullmatch(text):
        return True
    words = " ".join(text.casefold().replace("_", " ").replace("-", " ").split())
    is_kind = bracketed is not None and answer.strip()[0] in "[<" and words in _KINDS
    return _SAID.fullmatch(words) is not None or is_kind
