"""Scripts of components, with what the server knows put in."""

from __future__ import annotations

import json
import re
from typing import Any

_NAME = re.compile(r"__([A-Z]+)__")


def script_with(script: str, **values: Any) -> str:
    """The script with each `__NAME__` replaced by the JSON of what is given for that name.

    Raises:
        ValueError: The script names other things than are given.
    """
    named = set(_NAME.findall(script))
    if named != set(values):
        raise ValueError(f"The script names {sorted(named)}; got {sorted(values)}.")
    # In one go: what is put in may hold such names itself.
    return _NAME.sub(lambda match: json.dumps(values[match[1]]), script)
