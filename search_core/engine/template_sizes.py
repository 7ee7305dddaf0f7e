"""How much a chat template makes: counted before it is made, for one step may be one too many.

Between two lines of a template a text can grow a billion times: `'x' * 9999 * 9999`, a filter that
fills up to a width, a list whose items are one long text. So operators, methods and filters that
multiply are asked for the size of their result first.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_HELD = 4_000_000
"""Characters, or items, of one value that a template holds."""
MOST_MADE = 64_000_000
"""Of all that is made while one chat is written: what is held together is less."""
_LARGEST = 2**63
"""Of a number that is multiplied; a chat counts turns."""
_WIDE = re.compile(r"%[^A-Za-z%]{0,8}(?:\d{5}|\*)|\{[^{}]*:[^{}]*(?:\d{5}|\{)")
"""A format that is wide, or takes a width from a value: "%99999s", "%*s", "{:>99999}", "{:{}}"."""
_OF_AN_ITEM = 32
"""Counted for whatever is no text: about what it takes of memory, more than it takes written."""
_TOO_LARGE = f"it holds a value of more than {MOST_HELD:,} characters or items"
_active = threading.local()


class TemplateLimitError(ValueError):
    """A template does more than a chat template has to do."""


class SizesMade:
    """What one application of a template has made so far."""

    def __init__(self) -> None:
        self._made = 0

    def make(self, size: int) -> None:
        """A value of so many characters or items is about to be made.

        Raises:
            TemplateLimitError: It is too large, or too much has been made.
        """
        self._made += size
        if size > MOST_HELD:
            raise TemplateLimitError(_TOO_LARGE)
        if self._made > MOST_MADE:
            raise TemplateLimitError(f"it makes more than {MOST_MADE:,} characters or items")

    def entered(self, name: str, given: Mapping[str, Any]) -> None:
        """One of jinja's own functions was called with these arguments."""
        for value in given.values():
            self.check(value)
        size = _OF_CALLED.get(name)
        if size is not None:
            self.make(size(given))

    def check(self, value: Any) -> None:
        """A value that may be written out: of a list that is short, the text may be endless.

        Raises:
            TemplateLimitError: It is.
        """
        if isinstance(value, list | tuple | dict) and printed(value) > MOST_HELD:
            raise TemplateLimitError(_TOO_LARGE)


@contextmanager
def counted() -> Iterator[SizesMade]:
    """What templates make in this thread is counted meanwhile."""
    before = getattr(_active, "sizes", None)
    _active.sizes = sizes = SizesMade()
    try:
        yield sizes
    finally:
        _active.sizes = before


class SizedEnvironment(ImmutableSandboxedEnvironment):
    """jinja's sandbox, in which what multiplies is counted while `counted`."""

    # An operator that is intercepted is not computed while a template is compiled, either.
    intercepted_binops = frozenset("*+%")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"finalize": _written} | options)
        # These are written in C, where nobody sees what they are given.
        for name in ("string", "escape", "e"):
            self.filters[name] = _sized(self.filters[name])

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        _make(lambda: _of_operator(operator, left, right))
        return super().call_binop(context, operator, left, right)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        text, name = getattr(__obj, "__self__", None), getattr(__obj, "__name__", "")
        if name in ("format", "format_map"):
            text = getattr(getattr(__obj, "__wrapped__", None), "__self__", text)
            _make(lambda: _formatted(text, "{", [*args, *kwargs.values()]))
        elif isinstance(text, str) and name in _OF_METHODS:
            _make(lambda: _OF_METHODS[name](text, args))
        else:
            _make(lambda: printed([one for one in args if isinstance(one, list | tuple | dict)]))
        return super().call(__context, __obj, *args, **kwargs)


def use_sized_environment() -> None:
    """Have transformers compile chat templates in it. It has no option for that.

    Raises:
        ImportError: This release of transformers compiles them elsewhere.
    """
    from transformers.utils import chat_template_utils

    if not hasattr(chat_template_utils, "ImmutableSandboxedEnvironment"):
        raise ImportError("transformers compiles chat templates in a way that is not known here")
    if chat_template_utils.ImmutableSandboxedEnvironment is not SizedEnvironment:
        chat_template_utils.ImmutableSandboxedEnvironment = SizedEnvironment
        chat_template_utils._compile_jinja_template.cache_clear()


def printed(value: Any) -> int:
    """Characters of a value as text, about; one more than may be held where it is more.

    A list may hold itself many times over: it is not looked into further than that.
    """
    size, waiting = 0, [value]
    while waiting and size <= MOST_HELD:
        one = waiting.pop()
        size += len(one) if isinstance(one, str) else _OF_AN_ITEM
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple | set | frozenset):
            waiting += one
    return size


def _make(size: Callable[[], int]) -> None:
    sizes: SizesMade | None = getattr(_active, "sizes", None)
    if sizes is not None:
        sizes.make(size())


def _written(value: Any) -> Any:
    """A value on its way into the text of the chat."""
    _make(lambda: printed(value))
    return value


def _of_operator(operator: str, left: Any, right: Any) -> int:
    if operator == "%":
        if isinstance(left, str):
            return _formatted(left, "%", right)
        return 0
    if operator == "*":
        for many, times in ((left, right), (right, left)):
            if isinstance(many, str | list | tuple) and isinstance(times, int):
                return len(many) * max(0, times)
        if isinstance(left, int) and isinstance(right, int) and abs(left * right) >= _LARGEST:
            raise TemplateLimitError("it multiplies to a number that no chat needs")
        return 0
    both = (left, right)
    return sum(len(one) for one in both if isinstance(one, str | list | tuple))


def _formatted(text: Any, mark: str, values: Any) -> int:
    """A format may write the same value at each of its marks."""
    if _WIDE.search(str(text)):
        raise TemplateLimitError("it has a format that is wide, or takes its width from a value")
    return len(str(text)) + str(text).count(mark) * printed(values)


def _sized(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def sized(value: Any) -> Any:
        return convert(_written(value))

    return sized


def _replaced(text: str, old: str, new: str) -> int:
    return len(text) + (text.count(old) if old else len(text) + 1) * len(new)


def _joined(between: Any, parts: Any) -> int:
    listed = parts if isinstance(parts, list | tuple | str) else ()
    return printed(listed) + len(listed) * len(str(between))


def _width(args: tuple[Any, ...]) -> int:
    return args[0] if args and isinstance(args[0], int) else 0


def _wrapped(given: Mapping[str, Any]) -> int:
    text, between = str(given["s"]), str(given["wrapstring"] or "")
    return len(text) * (1 + len(between) // max(1, int(given["width"])))


def _indented(given: Mapping[str, Any]) -> int:
    text, width = str(given["s"]), given["width"]
    return len(text) + (text.count("\n") + 1) * (width if isinstance(width, int) else len(width))


def _as_json(given: Mapping[str, Any]) -> int:
    size, indent = printed(given["x"]), given["indent"]
    return size * (1 + (indent if isinstance(indent, int) else len(indent or "")))


def _summed(given: Mapping[str, Any]) -> int:
    """Lists are added up one by one, each time as a new list."""
    items = given["iterable"] if isinstance(given["iterable"], list | tuple) else ()
    lists = [len(one) for one in items if isinstance(one, list | tuple | str)]
    return sum(lists) * len(lists)


# Methods of a text that give more than they are given, by the text and the arguments.
_OF_METHODS: Mapping[str, Callable[[str, tuple[Any, ...]], int]] = {
    **dict.fromkeys(("center", "ljust", "rjust", "zfill"), lambda _, args: _width(args)),
    "expandtabs": lambda text, args: len(text) + text.count("\t") * (_width(args) or 8),
    "replace": lambda text, args: _replaced(text, str(args[0]), str(args[1])),
    "join": lambda text, args: _joined(text, args[0]),
    "translate": lambda text, args: len(text) * max(1, printed(args)),
}
# Functions of jinja, and of transformers, that do: what they are called and what they are given.
_OF_CALLED: Mapping[str, Callable[[Mapping[str, Any]], int]] = {
    "str_join": lambda given: printed(given["seq"]),
    "markup_join": lambda given: printed(given["seq"]),
    "do_center": lambda given: int(given["width"]),
    "do_replace": lambda given: _replaced(str(given["s"]), str(given["old"]), str(given["new"])),
    "do_indent": _indented,
    "do_wordwrap": _wrapped,
    "do_format": lambda given: _formatted(given["value"], "%", [given["args"], given["kwargs"]]),
    "sync_do_join": lambda given: _joined(given["d"], given["value"]),
    "do_join": lambda given: _joined(given["d"], given["value"]),
    "do_batch": lambda given: int(given["linecount"]),
    "do_slice": lambda given: int(given["slices"]),
    "sync_do_slice": lambda given: int(given["slices"]),
    "do_sum": _summed,
    "sync_do_sum": _summed,
    "tojson": _as_json,
}
