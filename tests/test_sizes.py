"""Sizes as operators write them."""

from __future__ import annotations

import pytest

from search_core.serving.sizes import read_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1", 1),
        ("2000000000", 2 * 10**9),
        ("2gb", 2 * 10**9),
        ("2 GB", 2 * 10**9),
        ("1.5g", 1_500_000_000),
        ("500Mb", 500_000_000),
        ("16k", 16_000),
        ("1TB", 10**12),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "0", "0.1", "-1gb", "two", "2 gib", "1e9", "9" * 400, "gb"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no size; expected"):
        read_size(text)
