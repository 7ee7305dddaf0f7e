"""Whatever a stranger's files make a library raise is a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from search_core.engine.checkpoints.hub import ModelLoadError

_PROCESS = (KeyboardInterrupt, SystemExit, GeneratorExit)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@contextmanager
def as_load_errors(what: str, expected: str = "") -> Iterator[None]:
    """Inside, every error is a `ModelLoadError`, with the error itself as its cause.

    A file that is not what its name says can raise anything: a type error in the midst of a
    library, too deep a recursion, or a panic of a tokenizer in Rust, which is no `Exception`.

    Args:
        what: Cannot be loaded.
        expected: A sentence that says what to do.
    """
    try:
        yield
    except ModelLoadError:
        raise
    except _PROCESS:
        raise
    except BaseException as error:
        said = _COLOURS.sub("", str(error)) or type(error).__name__
        sentence = f"{what} cannot be loaded: {said.rstrip('.'):.1000}. {expected}"
        raise ModelLoadError(sentence.strip()) from error
