"""What tests of the benchmarks share: a model of two layers, and figures by their names."""

from __future__ import annotations

from search_core.bench.measurement import Measurement
from search_core.bench.random_models import tiny
from search_core.protocols import Sampling

TINY = tiny()
SAMPLING = Sampling(1.0, 1.0, 30)


def go_on() -> bool:
    return False


def named(measurements: list[Measurement]) -> dict[str, Measurement]:
    return {measurement.name: measurement for measurement in measurements}
