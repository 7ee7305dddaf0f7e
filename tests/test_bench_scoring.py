"""How fast a file is scored, against the reader alone: that both are measured on the same rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from search_core.bench.scoring import scoring_measurements, scoring_rows
from search_core.models import verifier_folder
from search_core.verify.asking.scoring import _length
from tests.benching import named


def test_rows_are_the_same_each_time_and_half_of_them_wrong() -> None:
    rows = scoring_rows(2)
    assert rows == scoring_rows(2)
    assert sum(row.id.endswith("-wrong") for row in rows) * 2 == len(rows) == 12


def test_length_goes_by_what_becomes_tokens_and_not_by_letters() -> None:
    sums = next(row for row in scoring_rows(1) if "=" in row.steps[0])
    assert _length(sums) > sum(map(len, (sums.problem, *sums.steps))) / 3


@pytest.mark.models
def test_both_are_measured() -> None:
    found = named(scoring_measurements(Path(verifier_folder("small")), rows=1, repeats=1))
    assert found["verify, of the reader's speed"].values[0] > 0
    assert found["verify"].unit == found["the reader alone"].unit
