"""One thing that a person does to a search: bounded data, with its author."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, Literal, get_args

from search_core.log.events import ROOT, Event, Noted
from search_core.log.fields import MAX_DEPTH
from search_core.protocols import UsageError

Action = Literal["keep", "cut", "grow", "edit", "write", "go_on", "change"]
Noting = Literal["kept", "pruned", "grown", "edited", "injected", "went_on", "changed"]
ACTIONS: tuple[Action, ...] = get_args(Action)
_NOTED: Mapping[Action, Noting] = MappingProxyType(
    dict(zip(ACTIONS, get_args(Noting), strict=True))  # in the same order
)
_DONE: Mapping[str, Action] = MappingProxyType({noted: action for action, noted in _NOTED.items()})
MOST_ACTS = 64
"""That one run may be steered by."""
MOST_GROWN = 16
"""Steps that one act may grow."""
MOST_TEXT = 2000
"""Characters of a step that a person writes."""
MOST_AUTHOR = 60
MOST_CHANGED = 16
"""Options that one act changes."""
_ID = re.compile(rf"(?:{ROOT}|[0-9]{{1,5}}(?:\.[0-9]{{1,5}}){{0,{MAX_DEPTH - 1}}})", re.ASCII)


class ActError(UsageError):
    """What was asked for is no act, or cannot be done here; the message says why."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act.

    Attributes:
        action: "keep" a step that was cut; "cut" one; "grow" more next steps under one; "edit" one;
            "write" a next step of one's own under one; "go_on" from one with another strategy or
            other models; "change" options of the whole search.
        node: The step that it is about; "root" is the problem.
        author: Who did it, in their own words; "": they did not say.
        text: Of "edit" and "write": the step, without blank lines, 1 to 2,000 characters.
        count: Of "grow": how many, 1 to 16.
        ends: Of "edit" and "write": whether the step ends the solution.
        of: Id of the run that it was done to.
        changed: Of "change": options with their new values; none where only what is missing is to
            be written.

    Raises:
        ActError: It is none; the message says what was got and what is expected.
    """

    action: Action
    node: str
    author: str = ""
    text: str = ""
    count: int = 0
    ends: bool = False
    of: str = ""
    changed: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise ActError(
                f"{_shown(self.action)} is no act; expected one of {', '.join(ACTIONS)}."
            )
        if not isinstance(self.node, str) or not _ID.fullmatch(self.node):
            raise ActError(f"{_shown(self.node)} is no step; expected an id such as 0.2, or root.")
        _check_line(self.author, "An author", MOST_AUTHOR)
        _check_line(self.of, "A run's id", 200)
        if self.action in ("edit", "write"):
            object.__setattr__(self, "text", _step(self.text))
        elif self.text != "":
            raise ActError(f"“{self.action}” takes no text; leave it out.")
        grown = isinstance(self.count, int) and not isinstance(self.count, bool)
        if self.action == "grow" and not (grown and 1 <= self.count <= MOST_GROWN):
            raise ActError(
                f"{_shown(self.count)} is no number of steps to grow; expected 1 to {MOST_GROWN}."
            )
        if self.action != "grow" and self.count != 0:
            raise ActError(f"“{self.action}” takes no count; leave it out.")
        if not isinstance(self.ends, bool) or (self.ends and not self.text):
            raise ActError("Only a step that is written ends a solution: ends is True or False.")
        _check_changed(self)

    @classmethod
    def from_values(cls, values: object) -> Act:
        """An act from a stranger's values, as `to_values` gives them.

        Raises:
            ActError: It is none.
        """
        if not isinstance(values, Mapping) or not {"action", "node"} <= set(values):
            raise ActError("An act has at least an action and a node.")
        known = set(cls.__slots__)
        unknown = sorted(_shown(name) for name in values if name not in known)
        if unknown:
            raise ActError(f"An act has no {unknown[0]}; it has {', '.join(sorted(known))}.")
        return cls(**values)

    def to_values(self) -> dict[str, Any]:
        """JSON-ready, without what is not said."""
        return {name: value for name, value in asdict(self).items() if value or name == "node"}

    def to_note(self) -> dict[str, Any]:
        """The fields of the event that says it (`Noted`)."""
        values = self.to_values()
        del values["node"]
        return values | {"action": _NOTED[self.action], "id": self.node}

    @property
    def who(self) -> str:
        """The author at the beginning of a sentence."""
        return self.author or "A person"

    @property
    def who_within(self) -> str:
        """The author within a sentence."""
        return self.author or "a person"


def acts_of(events: Iterable[Event]) -> tuple[Act, ...]:
    """What was done to a run, as its log says.

    Raises:
        ActError: The log says what cannot be done.
    """
    return tuple(
        Act(
            _DONE[event.action],
            event.id,
            event.author,
            event.text,
            event.count,
            event.ends,
            event.of,
            event.changed,
        )
        for event in events
        if isinstance(event, Noted)
    )


def _step(text: object) -> str:
    """A step as a person writes it, made even at its ends."""
    if not isinstance(text, str) or not text.strip():
        raise ActError("The step has no text; write one.")
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > MOST_TEXT:
        raise ActError(f"The step has {len(text):,} characters; at most {MOST_TEXT:,} fit.")
    if re.search(r"\n[ \t]*\n", text):
        raise ActError("The step has a blank line, which ends a step: write two, one by one.")
    odd = next((c for c in text if c not in "\n\t" and unicodedata.category(c) in _NO_TEXT), "")
    if odd:
        raise ActError(f"The step holds the control character U+{ord(odd):04X}; leave it out.")
    return text


_NO_TEXT = ("Cc", "Cs")


def _check_changed(act: Act) -> None:
    changed = act.changed
    if not isinstance(changed, Mapping) or len(changed) > MOST_CHANGED:
        raise ActError(f"What is changed is at most {MOST_CHANGED} options with their values.")
    if act.action != "change":
        if changed:
            raise ActError(f"“{act.action}” changes no options; leave them out.")
        return
    if act.node != ROOT:
        raise ActError(f"Options are changed of the whole search: at root, not at step {act.node}.")
    for name, value in changed.items():
        _check_line(name, "An option", MOST_AUTHOR)
        plain = isinstance(value, bool | int | str) or value is None
        if not plain and not (isinstance(value, float) and math.isfinite(value)):
            raise ActError(f"{name} is {_shown(value)}; expected a number, a word or nothing.")
        if isinstance(value, str):
            _check_line(value, f"The value of {name}", 200)


def _check_line(value: object, what: str, most: int) -> None:
    if not isinstance(value, str) or len(value) > most or not (value.isprintable() or not value):
        raise ActError(
            f"{what} is {_shown(value)}; expected one line of at most {most} characters."
        )


def _shown(value: object) -> str:
    return ascii(value)[:60]
