"""Keeps a stranger's chat template from running for ever, and from growing for ever."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from search_core.engine.template_sizes import (
    MOST_HELD,
    SizesMade,
    TemplateLimitError,
    counted,
    printed,
    use_sized_environment,
)

MOST_CHARACTERS = 1_000_000
"""Of a template; the longest published ones have some 20,000."""
MOST_LINES = 200_000
"""Lines that one chat may take; a long chat takes some thousands."""
_LARGEST_NUMBER = 10_000
_SECONDS = 20.0
"""Of processor time, for what takes long and few lines."""
_LINES_BETWEEN_LOOKS = 1000
_LINES_BETWEEN_MEASURES = 8
"""In which a text can double four times."""
_CALLED = ("runtime.py", "filters.py", "sandbox.py")
"""Parts of jinja that compute when a template is applied; the others compile it, once."""
_OF_TRANSFORMERS = "chat_template_utils.py"
"""Where transformers has the filters that it adds."""
_WIDE = re.compile(r"[%{][^A-Za-z%{]{0,8}\d{5}")
"""A width in a format, like "%100000s"."""


def check_template(template: object) -> None:
    """Refuse a template by its text alone.

    Args:
        template: As a tokenizer has it: text, or several by their names.

    Raises:
        TemplateLimitError: It is no template, is too long, or has numbers that no chat needs: what
            is repeated a billion times is made in one go, and could not be stopped.
    """
    if isinstance(template, Mapping):
        for one in template.values():
            check_template(one)
        return
    if not isinstance(template, str):
        raise TemplateLimitError(f"it is a {type(template).__name__}; expected text")
    if len(template) > MOST_CHARACTERS:
        raise TemplateLimitError(
            f"it has {len(template):,} characters, and at most {MOST_CHARACTERS:,} are read"
        )
    from jinja2 import Environment, TemplateSyntaxError

    try:
        tokens = list(Environment(autoescape=True).lex(template))
    except (TemplateSyntaxError, RecursionError) as error:
        raise TemplateLimitError(f"it is no template: {error!s:.200}") from error
    for line, kind, text in tokens:
        wide = kind == "string" and _WIDE.search(text)
        if wide or (kind in ("integer", "float") and _too_large(text)):
            raise TemplateLimitError(
                f"line {line} has the number {text:.40}, and a chat needs none above "
                f"{_LARGEST_NUMBER:,}"
            )
        if kind == "operator" and text == "**":
            raise TemplateLimitError(f"line {line} raises to a power")


def _too_large(number: str) -> bool:
    digits = number.replace("_", "")
    if len(digits) > 40:
        return True
    try:
        return abs(float(digits)) > _LARGEST_NUMBER
    except ValueError:  # hexadecimal and its like
        return int(digits, 0) > _LARGEST_NUMBER


@contextmanager
def bounded() -> Iterator[None]:
    """A template that is applied inside ends: its lines are counted, and what it holds is measured.

    Raises:
        TemplateLimitError: There were too many, or it was too much.
    """
    use_sized_environment()
    before = sys.gettrace()
    with counted() as sizes:
        sys.settrace(_Counter(sizes))
        try:
            yield
        finally:
            sys.settrace(before)


class _Counter:
    """A trace function that follows templates, and what of jinja they call."""

    def __init__(self, sizes: SizesMade) -> None:
        import jinja2

        self._sizes = sizes
        folder = Path(jinja2.__file__).parent
        self._called = {str(folder / name) for name in _CALLED}
        self._lines = 0
        self._until = time.thread_time() + _SECONDS

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Called for each function that is entered: whether to follow it."""
        file = frame.f_code.co_filename
        if file == "<template>":
            return self._follow_template
        if file in self._called:
            self._sizes.entered(frame.f_code.co_name, frame.f_locals)
            return self._follow
        if frame.f_code.co_name == "tojson" and file.endswith(_OF_TRANSFORMERS):
            self._sizes.entered("tojson", frame.f_locals)
        return None

    def _follow_template(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "return" and isinstance(argument, str):  # a piece of the chat, too
            self._sizes.make(len(argument))
        self._count()
        if self._lines % _LINES_BETWEEN_MEASURES == 0:
            for value in list(frame.f_locals.values()):
                self._measure(value)
        return self._follow_template

    def _follow(self, frame: FrameType, event: str, argument: Any) -> Any:
        self._count()
        return self._follow

    def _count(self) -> None:
        self._lines += 1
        if self._lines > MOST_LINES:
            raise TemplateLimitError(f"it takes more than {MOST_LINES:,} lines, and may not end")
        if self._lines % _LINES_BETWEEN_LOOKS == 0 and time.thread_time() > self._until:
            raise TemplateLimitError(f"it computes for more than {_SECONDS:g} seconds")

    def _measure(self, value: Any) -> None:
        """What is held: what it was made of was counted."""
        if not isinstance(value, str | list | tuple | dict):
            value = getattr(value, "_Namespace__attrs", None)
        if isinstance(value, str) or (value and printed(value) > MOST_HELD):
            SizesMade().make(printed(value))
