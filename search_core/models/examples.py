"""Worked examples that a solver is shown before each problem, from a file."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from search_core.models.entries import WorkedExample
from search_core.models.prompts import MAX_EXAMPLES
from search_core.models.yaml_files import read_yaml

_MOST_CHARACTERS = 200_000
_EXPECTED = "expected a list of {problem: ..., steps: [...]}"
_EXAMPLES = TypeAdapter(list[WorkedExample])


def read_examples(path: Path) -> list[WorkedExample]:
    """The worked examples of a YAML or JSON file.

    Raises:
        ValueError: It cannot be read, or holds something else; the message says where.
    """
    try:
        found = _EXAMPLES.validate_python(read_yaml(path, _MOST_CHARACTERS))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ValueError(f"{path}: {where}: {first['msg']}; {_EXPECTED}.") from error
    if not 0 < len(found) <= MAX_EXAMPLES:
        raise ValueError(f"{path} holds {len(found)} examples; expected 1 to {MAX_EXAMPLES}.")
    return found
