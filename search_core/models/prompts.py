"""What a solver is told before a problem: a system prompt, and worked examples after it."""

from __future__ import annotations

from dataclasses import dataclass

EXAMPLE = "Example problem: "
"""How a worked example begins, in what a solver reads as in what a person writes."""
MAX_CHARACTERS = 8_000
"""Of a system prompt, and of all examples together, where a person writes them."""
MAX_EXAMPLES = 20
_BLANK = "\n\n"


@dataclass(frozen=True, slots=True)
class SolverPrompt:
    """The two parts of one text, which is all that a solver reads and a log keeps.

    Attributes:
        system: What the solver is told; "" for nothing.
        examples: Worked examples, each as `EXAMPLE` with its problem and, with blank lines between,
            the steps of its solution; "" for none.
    """

    system: str = ""
    examples: str = ""

    @classmethod
    def of(cls, text: str) -> SolverPrompt:
        """The parts of a text: the examples are what follows from the first one on."""
        place = (_BLANK + text).find(_BLANK + EXAMPLE)
        if place < 0:
            return cls(text)
        return cls(text[: max(0, place - len(_BLANK))], text[place:])

    @property
    def text(self) -> str:
        """As the solver reads it."""
        return _BLANK.join(part for part in (self.system, self.examples) if part.strip())


def check_system(text: str) -> None:
    """Refuse a system prompt that no run may have.

    Raises:
        ValueError: It is too long, holds half a character, or an example.
    """
    _check(text, "system prompt")
    if SolverPrompt.of(text).examples:
        raise ValueError(
            f"The system prompt holds a paragraph that begins with {EXAMPLE.strip()!r}. Put it "
            "into the worked examples."
        )


def check_examples(text: str) -> None:
    """Refuse worked examples that are none.

    Raises:
        ValueError: They are too long or too many, hold half a character, begin otherwise, or one
            of them has no step.
    """
    _check(text, "worked examples")
    if not text.strip():
        return
    if not text.startswith(EXAMPLE):
        raise ValueError(
            f"The worked examples begin with {text.strip()[:30]!r}; expected {EXAMPLE.strip()!r} "
            "and a problem, a blank line, and then the steps of its solution, with blank lines "
            "between them."
        )
    found = (_BLANK + text).split(_BLANK + EXAMPLE)[1:]
    if len(found) > MAX_EXAMPLES:
        raise ValueError(
            f"There are {len(found)} worked examples; at most {MAX_EXAMPLES} are read. Leave some "
            "out."
        )
    for number, example in enumerate(found, start=1):
        problem, *steps = (part.strip() for part in example.split(_BLANK))
        if not problem or not any(steps):
            raise ValueError(
                f"Worked example {number} has no {'step' if problem else 'problem'}: expected "
                f"{EXAMPLE.strip()!r} and a problem, a blank line, and then the steps of its "
                "solution."
            )


def _check(text: str, what: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise ValueError(
            f"The {what} {_has(what)} {len(text):,} characters; at most {MAX_CHARACTERS:,} are "
            "allowed. Shorten."
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"The {what} {_has(what)} half a character, at place {error.start + 1}. Type it again."
        ) from error


def _has(what: str) -> str:
    return "have" if what.endswith("s") else "has"
