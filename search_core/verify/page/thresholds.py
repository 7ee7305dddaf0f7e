"""What another threshold would give: the chart, and every threshold's figures to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search_core.verify.page.charts import threshold_chart
from search_core.verify.page.figures import plain_percent
from search_core.verify.page.markup import paragraph, part, table, tag, text

_COLUMNS = {
    "f1": "first-error F1",
    "on_errors": "first errors found in their place",
    "on_correct": "sound solutions left alone",
    "wrong_steps_found": "wrong steps below it",
    "right_steps_kept": "right steps kept",
}


def thresholds_section(found: Mapping[str, Any] | None, used: float) -> str:
    """The chart and the table of a threshold sweep; "" where no step has a label.

    The report's script makes a slider of the table: a person's own threshold, and what it gives.

    Args:
        used: The threshold that the rest of the card goes by.
    """
    if not found:
        return ""
    points = found["points"]
    parts = []
    if any(point["f1"] is not None for point in points):
        parts.append(tag("div", threshold_chart(found, used), class_="chart"))
        parts.append(paragraph(f"The best F1 is at {found['best']:g}. {found['warning']}"))
    rows = [
        [f"{point['threshold']:g}", *(plain_percent(point[key]) for key in _COLUMNS)]
        for point in points
    ]
    every = table("In %, by threshold", ["threshold", *_COLUMNS.values()], rows)
    head = tag("summary", text("Every threshold"))
    listed = tag("details", head, every)
    parts.append(tag("div", listed, class_="by-threshold", data_used=f"{used:g}"))
    return part("Thresholds", *parts)
