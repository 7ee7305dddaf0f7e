"""Worked examples that a solver is shown before each problem, from a file."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from search_core.models.entries import WorkedExample

_MOST_BYTES = 200_000
_MOST = 20
_EXPECTED = "expected a list of {problem: ..., steps: [...]}"
_EXAMPLES = TypeAdapter(list[WorkedExample])


def read_examples(path: Path) -> list[WorkedExample]:
    """The worked examples of a YAML or JSON file.

    Raises:
        ValueError: It cannot be read, or holds something else; the message says where.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {error}. Check the path.") from error
    if len(text) > _MOST_BYTES:
        raise ValueError(f"{path} has {len(text):,} characters; at most {_MOST_BYTES:,} fit.")
    try:
        found = _EXAMPLES.validate_python(yaml.safe_load(text))
    except yaml.YAMLError as error:
        message = f"{path} is neither YAML nor JSON: {error}".replace("\n", " ")
        raise ValueError(f"{message}; {_EXPECTED}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ValueError(f"{path}: {where}: {first['msg']}; {_EXPECTED}.") from error
    if not 0 < len(found) <= _MOST:
        raise ValueError(f"{path} holds {len(found)} examples; expected 1 to {_MOST}.")
    return found
