"""Reads a file of plain values in YAML (JSON is YAML, too)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def read_yaml(path: Path, most: int) -> Any:
    """What a file holds.

    Args:
        most: Characters that it may have.

    Raises:
        ValueError: It cannot be read, is too long, or is no YAML; the message names it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {error}. Check the path.") from error
    if len(text) > most:
        raise ValueError(f"{path} has {len(text):,} characters; at most {most:,} fit.")
    try:
        return yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        raise ValueError(f"{path} is not valid YAML: {error}".replace("\n", " ")) from error
    except RecursionError as error:
        raise ValueError(f"{path} is not valid YAML: it is nested too deeply.") from error


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # yaml is not typed
    """YAML of plain values, in which a key stands once: the last of two would win unseen."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r:.60} stands here twice", node.start_mark
            )
    values: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    return values


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
