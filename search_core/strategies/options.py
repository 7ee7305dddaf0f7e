"""Strategy options: small frozen validated dataclasses that describe themselves.

The same description makes the form in the app, the options of the command line, and the
parameters of a recipe link.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar

from search_core.log.events import Aggregate, VoteMethod
from search_core.numerals import shown

OptionKind = Literal["integer", "number", "boolean", "choice"]
T = TypeVar("T")


class OptionError(ValueError):
    """An option is unknown or out of its range; the message says what was expected.

    Attributes:
        option: Name of the option that is to be changed; "": of none in particular.
        nearest: The nearest value that it may have, or None.
    """

    def __init__(
        self, message: str, *, option: str = "", nearest: float | str | bool | None = None
    ) -> None:
        super().__init__(message)
        self.option = option
        self.nearest = nearest


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """What an option is called, means, and may be."""

    name: str
    kind: OptionKind
    default: Any
    label: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    advanced: bool = False


def option(
    default: T,
    label: str,
    help: str,  # noqa: A002  (the word that forms and command lines use)
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    advanced: bool = False,
) -> T:
    """A dataclass field that carries its own description."""
    about = {
        "label": label,
        "help": help,
        "minimum": minimum,
        "maximum": maximum,
        "choices": choices,
        "advanced": advanced,
    }
    made: T = field(default=default, metadata=about)
    return made


def aggregate_option() -> Aggregate:
    """The option of everything that reads scores."""
    return option(
        "last",
        "Aggregate",
        "How a path's step scores become one number.",
        choices=("last", "min", "prod", "mean"),
        advanced=True,
    )


def judge_option() -> VoteMethod:
    """The option of everything that ends with a vote of scored solutions."""
    return option(
        "weighted",
        "Vote",
        "How the finished solutions choose the answer.",
        choices=("weighted", "best", "majority"),
    )


def later_wins_ties_option() -> bool:
    """The option of everything that ranks paths and whose published code ranks ties backwards."""
    return option(
        False,
        "Later sample wins ties",
        "Of equal scores the later sample comes first, as in published code.",
        advanced=True,
    )


@dataclass(frozen=True)
class StrategyOptions:
    """Options of every strategy.

    Raises:
        OptionError: A value is of the wrong type or outside its range.
    """

    max_steps: int = option(
        12,
        "Maximum steps",
        "A path that has not ended after this many steps is left unfinished.",
        minimum=1,
        maximum=100,
        advanced=True,
    )

    def __post_init__(self) -> None:
        for spec in self.specs():
            _check(spec, getattr(self, spec.name))

    @classmethod
    def specs(cls) -> tuple[OptionSpec, ...]:
        """Descriptions of all options, in the order of the form."""
        return tuple(
            OptionSpec(f.name, _kind(f.default, f.metadata["choices"]), f.default, **f.metadata)
            for f in fields(cls)
        )

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> StrategyOptions:
        """Options from a form, a command line or a trace.

        Raises:
            OptionError: An option is unknown, of the wrong type, or out of range.
        """
        known = [spec.name for spec in cls.specs()]
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise OptionError(
                f"Unknown option {', '.join(map(repr, unknown))}; known are {', '.join(known)}."
            )
        return cls(**values)

    @property
    def width(self) -> int:
        """The most samples of one round, and so the budget N in solutions."""
        return 1

    @property
    def steps_each(self) -> int:
        """The most steps that are written for each one that the search may go on from."""
        return 1


@dataclass(frozen=True)
class ScoredOptions(StrategyOptions):
    """Options of the strategies that spend a budget and listen to a verifier."""

    n: int = option(
        16,
        "Budget N",
        "How many solutions' worth of samples the search may spend.",
        minimum=1,
        maximum=256,
    )
    aggregate: Aggregate = aggregate_option()
    judge: VoteMethod = judge_option()

    @property
    def width(self) -> int:
        return self.n


def _kind(default: object, choices: tuple[str, ...]) -> OptionKind:
    if choices:
        return "choice"
    if isinstance(default, bool):
        return "boolean"
    return "integer" if isinstance(default, int) else "number"


def _check(spec: OptionSpec, value: object) -> None:
    got = f"{spec.label} ({spec.name}) is {shown(value, 60)}"
    wrong, nearest = "", spec.default
    if spec.kind == "choice":
        if value not in spec.choices:
            wrong = f"expected one of {', '.join(spec.choices)}"
    elif spec.kind == "boolean":
        if not isinstance(value, bool):
            wrong = "expected true or false"
    elif isinstance(value, bool) or not isinstance(
        value, int if spec.kind == "integer" else (int, float)
    ):
        wrong = f"expected {'a whole number' if spec.kind == 'integer' else 'a number'}"
    elif not _in_range(spec, value):
        wrong = f"it must be {spec.minimum:g} to {spec.maximum:g}"
        nearest = spec.minimum if value < (spec.minimum or -math.inf) else spec.maximum
    if wrong:
        raise OptionError(f"{got}; {wrong}.", option=spec.name, nearest=nearest)


def _in_range(spec: OptionSpec, value: Any) -> bool:
    return (spec.minimum is None or value >= spec.minimum) and (
        spec.maximum is None or value <= spec.maximum
    )
