"""Flags for strategy options, made from the strategies' own descriptions.

A new strategy, or a new option, appears on the command line without a word here.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Literal

import typer

from search_core.strategies import STRATEGIES, OptionSpec, Strategy

_TYPES: dict[str, Any] = {"integer": int, "number": float, "boolean": bool}


def with_strategy_flags(*, without: frozenset[str] = frozenset()) -> Callable[[Any], Any]:
    """Give a command one flag per strategy option.

    The command takes them as `options`: a dict of those that were given. `without` names
    options that the command has in a form of its own.
    """
    users = {name: used for name, used in _users().items() if name not in without}

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def with_options(**values: Any) -> None:
            given = {name: values.pop(name) for name in users}
            options = {name: value for name, value in given.items() if value is not None}
            command(**values, options=options)

        signature = inspect.signature(command, eval_str=True)
        own = [p for p in signature.parameters.values() if p.name != "options"]
        flags = [_flag(name, used) for name, used in users.items()]
        # Typer reads the signature (its documented way to learn a command's options).
        with_options.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[*own, *flags]
        )
        return with_options

    return decorate


def range_text(spec: OptionSpec) -> str:
    """What an option may be: "1 to 256", "last, min, prod, mean", "true or false"."""
    if spec.kind == "choice":
        return ", ".join(spec.choices)
    if spec.kind == "boolean":
        return "true or false"
    return f"{spec.minimum:g} to {spec.maximum:g}"


def flag_name(option: str) -> str:
    """The flag of an option: beam_width is --beam-width."""
    return "--" + option.replace("_", "-")


def _users() -> dict[str, list[tuple[Strategy, OptionSpec]]]:
    """For each option, the strategies that know it, with their description of it."""
    users: dict[str, list[tuple[Strategy, OptionSpec]]] = {}
    for strategy in STRATEGIES.values():
        for spec in strategy.options.specs():
            users.setdefault(spec.name, []).append((strategy, spec))
    return users


def _flag(name: str, used: list[tuple[Strategy, OptionSpec]]) -> inspect.Parameter:
    spec = used[0][1]
    kind: Any = Literal.__getitem__(spec.choices) if spec.choices else _TYPES[spec.kind]
    flag = flag_name(name)
    declaration = f"{flag}/--no-{flag[2:]}" if spec.kind == "boolean" else flag
    info = typer.Option(
        None,
        declaration,
        help=_help(used),
        rich_help_panel=_panel([strategy for strategy, _ in used]),
        show_default=False,
    )
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=info, annotation=kind | None
    )


def _help(used: list[tuple[Strategy, OptionSpec]]) -> str:
    texts = {spec.help: strategy.title for strategy, spec in reversed(used)}
    spec = used[0][1]
    if len(texts) == 1:
        about = spec.help
    else:
        about = " ".join(f"{title}: {text}" for text, title in reversed(texts.items()))
    limits = f" ({range_text(spec)})" if spec.kind in ("integer", "number") else ""
    return f"{about}{limits} Default: {_defaults(used)}."


def _defaults(used: list[tuple[Strategy, OptionSpec]]) -> str:
    """One default, and those of the strategies that have another."""
    first = default_text(used[0][1])
    others = [
        f"{default_text(spec)} with {strategy.name}"
        for strategy, spec in used
        if default_text(spec) != first
    ]
    return ", or ".join([first, *others])


def default_text(spec: OptionSpec) -> str:
    """A default as it is typed. 1 == True: a table of words would take one for the other."""
    return str(spec.default).lower() if spec.kind == "boolean" else str(spec.default)


def _panel(users: list[Strategy]) -> str:
    if len(users) == len(STRATEGIES):
        return "Options of every strategy"
    return "Options of " + ", ".join(strategy.name for strategy in users)
