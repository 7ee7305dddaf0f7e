"""What a report and a long file take: that both are measured, each in a program of its own."""

from __future__ import annotations

from search_core.bench.reports import labelled_rows, report_measurements
from tests.benching import named


def test_rows_are_the_same_each_time_and_their_scores_follow_their_labels() -> None:
    rows = list(labelled_rows(400))
    assert rows == list(labelled_rows(400))
    scores: dict[int, list[float]] = {0: [], 1: []}
    for row in rows:
        for label, score in zip(row["labels"], row["scores"]["mine"], strict=True):
            scores[label].append(score)
    assert sum(scores[1]) / len(scores[1]) > sum(scores[0]) / len(scores[0]) + 0.2


def test_a_report_and_the_reading_of_lines_are_measured() -> None:
    found = named(report_measurements(rows=40, lines=80))
    assert found["report of 40 rows"].values[0] > 0
    assert found["report of 40 rows"].aim == 30
    assert found["reading 40 lines, peak memory"].values[0] > 1
