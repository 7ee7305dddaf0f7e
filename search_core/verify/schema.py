"""The schema of a report's JSON: what stands where, in which range, and what may be missing.

Parts that are rows of a table with columns of their own are said to be objects and no more.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[float, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0)]
Table = list[dict[str, Any]]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class EstimateShape(_Part):
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


class RowsShape(_Part):
    """What the rows are, whoever scored them."""

    solutions: Count
    problems: Count
    steps: Count
    labelled_steps: Count
    wrong_steps: Count
    solutions_with_error: Count
    solutions_without_error: Count
    first_error_unknown: Count
    right_answers: Count
    wrong_answers: Count
    right_answer_on_wrong_step: Count


class SettingsShape(_Part):
    """What every card shares."""

    aggregate: Literal["last", "min", "prod", "mean"]
    bootstrap_draws: Count
    bootstrap_seed: int


class F1Shape(_Part):
    """ProcessBench's figures of some rows, in percent; None: undefined, and why."""

    on_errors: Percent | None
    on_correct: Percent | None
    f1: Percent | None
    errors: Count
    correct: Count
    undefined: str
    interval: EstimateShape | None


class ProcessBenchShape(_Part):
    threshold: Share
    splits: dict[str, F1Shape]
    macro_f1: Percent | None
    weighted_f1: Percent | None
    pooled: F1Shape
    undefined: str
    left_out: Count


class BenchmarksShape(_Part):
    """None where the rows do not have what a benchmark needs."""

    processbench: ProcessBenchShape | None
    prmbench: dict[str, Any] | None
    hard2verify: dict[str, Any] | None


class WithinShape(_Part):
    auroc: EstimateShape | None
    problems: Count


class SolutionAreas(_Part):
    within_problem: WithinShape
    by_aggregate: dict[str, WithinShape]
    pooled: EstimateShape | None


class StepAreas(_Part):
    within_problem: WithinShape
    pooled: EstimateShape | None


class RankingShape(_Part):
    aggregate: Literal["last", "min", "prod", "mean"]
    right_by_answer: Count
    right_by_steps: Count
    solutions: SolutionAreas
    steps: StepAreas
    pooled_misleads: str


class BinShape(_Part):
    items: Count
    score: Share | None
    value: Share | None
    interval: EstimateShape | None


class CalibrationShape(_Part):
    items: Count
    ece: EstimateShape
    brier: EstimateShape
    brier_of_base_rate: Share
    bins: list[BinShape]


class ReliabilityShape(_Part):
    steps: CalibrationShape | None
    solutions: CalibrationShape | None


class PeakShape(_Part):
    n: Count
    low: Count
    high: Count
    value: Share


class BestOfNShape(_Part):
    """`hacking_threshold`: the N from which more samples hurt; None where they are not shown to."""

    aggregate: Literal["last", "min", "prod", "mean"]
    problems: Count
    left_out: Count
    curve: Table
    peak: PeakShape
    fall_after_peak: EstimateShape | None
    more_samples_hurt: bool
    hacking_threshold: int | None
    largest_n: Count


class MistakesShape(_Part):
    wrong_called_right: Count
    right_called_wrong: Count
    solutions: Count
    listed: Table


class CardShape(_Part):
    """One verifier's card."""

    verifier: dict[str, Any]
    judges: Literal["steps", "solutions"]
    threshold: Share
    aggregate: Literal["last", "min", "prod", "mean"]
    scored: dict[str, Count]
    benchmarks: BenchmarksShape
    thresholds: dict[str, Any] | None
    ranking: RankingShape
    reliability: ReliabilityShape
    cuts: dict[str, Any] | None
    best_of_n: BestOfNShape | None
    correlations: dict[str, dict[str, EstimateShape | None]]
    breakdowns: dict[str, Table]
    mistakes: MistakesShape
    stress: dict[str, Any] | None = None


class ReportShape(BaseModel):
    """A whole report. What a program adds about how it was made is allowed beside these."""

    model_config = ConfigDict(extra="allow", strict=True)

    format: Literal["espalier-verify"]
    version: Literal[1]
    settings: SettingsShape
    rows: RowsShape
    cards: dict[str, CardShape]
    comparisons: Table


def report_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | (
        ReportShape.model_json_schema()
    )


def check_report(values: Any) -> None:
    """Whether values are a report.

    Raises:
        ValueError: They are not; the message says where.
    """
    ReportShape.model_validate(values)
