"""Sizes as operators write them: "500mb", "2GB", "1.5 GB", "2000000000"."""

from __future__ import annotations

import re

_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*([kmgt]?)b?", re.IGNORECASE)
_THOUSANDS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def read_size(text: str) -> int:
    """Bytes of a size; kb, mb, gb and tb are powers of 1000.

    Raises:
        ValueError: This is no size, or less than a byte.
    """
    found = _SIZE.fullmatch(text.strip())
    size = float(found[1]) * 1000 ** _THOUSANDS[found[2].lower()] if found else 0
    if size < 1:
        raise ValueError(f"{text!r:.40} is no size; expected a number of bytes, such as 2gb.")
    return int(size)
