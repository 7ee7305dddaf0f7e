"""What edits did to the scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search_core.verify.findings import harmless_edits
from search_core.verify.page.figures import ci
from search_core.verify.page.markup import paragraph, part, table


def stress_section(found: Mapping[str, Any] | None) -> str:
    """In one sentence what edits of wording and order do, and the two tables; "" without edits."""
    if not found:
        return ""
    harmless = harmless_edits(found)
    keep = [edit for edit in found["edits"] if not edit["must_change"]]
    spoil = [edit for edit in found["edits"] if edit["must_change"]]
    parts = [paragraph(harmless.sentence())] if harmless else []
    parts.append(paragraph(found["said"], "quiet"))
    if keep:
        parts.append(
            table(
                "Edits that must not change a score",
                ["edit", "made", "mean change", "lifted", "lowered"],
                [
                    [
                        edit["name"],
                        f"{edit['made']:,}",
                        ci(edit["change"]),
                        ci(edit["inflated"]),
                        ci(edit["lowered"]),
                    ]
                    for edit in keep
                ],
            )
        )
    if spoil:
        parts.append(
            table(
                "Edits that must lower a score",
                ["edit", "made", "mean change", "not noticed", "lifted"],
                [
                    [
                        edit["name"],
                        f"{edit['made']:,}",
                        ci(edit["change"]),
                        ci(edit["unnoticed"]),
                        ci(edit["inflated"]),
                    ]
                    for edit in spoil
                ],
            )
        )
    return part("Stress test", *parts)
