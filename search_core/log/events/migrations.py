"""How events of older versions are read: functions that stand beside the events they are about.

Each takes an event's JSON values as one version wrote them and gives those of the next:

    @migrates("sampled", version=1)
    def _step_became_text(values: Values) -> Values:
        return {("text" if key == "step" else key): value for key, value in values.items()}

One version's function is never changed when the next one is written: they are applied in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

EventValues = dict[str, Any]
Migration = Callable[[EventValues], EventValues]
EVERY_KIND = "*"
MIGRATIONS: dict[tuple[int, str], Migration] = {}
"""By the version that they read, and the kind that it called the event."""


def migrates(kind: str, version: int) -> Callable[[Migration], Migration]:
    """Mark a function that reads this version's events of this kind; `EVERY_KIND` for all.

    Raises:
        ValueError: Another function does so already.
    """

    def register(migration: Migration) -> Migration:
        if (version, kind) in MIGRATIONS:
            raise ValueError(f"Version {version} of {kind!r} is migrated twice.")
        MIGRATIONS[version, kind] = migration
        return migration

    return register


def migrated(values: EventValues, version: int, until: int) -> EventValues:
    """An event's values as version `until` would have written them.

    Args:
        values: As `version` wrote them.

    Raises:
        Exception: Whatever a migration raises on values that are no event of its version.
    """
    for old in range(version, until):
        for kind in (str(values["kind"]), EVERY_KIND):
            migration = MIGRATIONS.get((old, kind))
            values = migration(values) if migration else values
    return values
