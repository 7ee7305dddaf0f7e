"""The measures of a report card, each against a second writing on random rows."""

from __future__ import annotations

import math
from itertools import combinations
from statistics import mean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.evaluation.intervals import MOST_BLOCKS, Resampling
from search_core.labelled import LabelledSolution
from search_core.scoring import aggregate_scores
from search_core.verify.measures.areas import pooled_auroc
from search_core.verify.measures.best_of_n import best_of_n, expected_best
from search_core.verify.measures.breakdowns import breakdowns
from search_core.verify.measures.correlations import correlations
from search_core.verify.measures.cuts import cuts
from search_core.verify.measures.mistakes import MistakeList
from search_core.verify.measures.ranking import POOLED_MISLEADS, ranking
from search_core.verify.measures.reliability import calibrated
from search_core.verify.table import AGGREGATES, ScoredSolution, repeated_share, table_of
from tests.examples import examples
from tests.labelled_rows import random_rows, scored, table

seeds = st.integers(0, 10_000)
few = examples(10)


def pairs_won(scores: list[float], right: list[bool]) -> float:
    """AUROC by looking at every pair."""
    good = [score for score, yes in zip(scores, right, strict=True) if yes]
    bad = [score for score, yes in zip(scores, right, strict=True) if not yes]
    won = [1.0 if g > b else 0.5 if g == b else 0.0 for g in good for b in bad]
    return mean(won) if won else math.nan


def drawn(problems: int, draws: int = 200) -> Resampling:
    return Resampling(problems, draws=draws, seed=0)


# Table ---------------------------------------------------------------------------------------


@few
@given(seeds)
def test_a_table_says_what_its_rows_say(seed: int) -> None:
    rows = random_rows(seed, 30)
    made = table_of(rows)
    assert made.solutions == 30
    assert made.problems == len({row.solution.problem for row in rows})
    for how in AGGREGATES:
        for row, value in zip(rows, made.aggregate(how), strict=True):
            if None not in row.scores:
                scores = [score for score in row.scores if score is not None]
                assert value == pytest.approx(aggregate_scores(scores, how), abs=1e-8)
            elif how != "last" or row.scores[-1] is None:
                assert math.isnan(value)
    for row, first, share in zip(rows, made.predicted_errors(0.5), made.steps, strict=True):
        below = [i for i, score in enumerate(row.scores) if score is not None and score < 0.5]
        assert first == (-2 if None in row.scores else below[0] if below else -1)
        assert share == len(row.scores)


def test_a_row_with_too_few_scores_is_refused() -> None:
    solution = LabelledSolution("r", "p", ("a", "b"))
    with pytest.raises(ValueError, match="2 steps and 1 scores"):
        table(ScoredSolution(solution, (0.5,)))


def test_repetition_is_the_share_of_phrases_that_came_before() -> None:
    assert repeated_share(["one two three four"]) == 0.0
    assert repeated_share(["one two three", "one two three"]) == pytest.approx(1 / 4)
    assert repeated_share(["go on"]) == 0.0


# Ranking -------------------------------------------------------------------------------------


@few
@given(seeds)
def test_areas_are_those_of_every_pair(seed: int) -> None:
    rows = random_rows(seed, 60)
    made = table_of(rows)
    found = ranking(made, "min", drawn(made.problems, 20))
    by_problem: dict[str, list[tuple[float, bool]]] = {}
    for row, value, right in zip(rows, made.aggregate("min"), made.right, strict=True):
        if not math.isnan(value) and not math.isnan(right):
            by_problem.setdefault(row.solution.problem, []).append((value, right > 0))
    areas = [pairs_won(*map(list, zip(*each, strict=True))) for each in by_problem.values()]
    known = [area for area in areas if not math.isnan(area)]
    within = found["solutions"]["within_problem"]
    assert within["problems"] == len(known)
    assert within["auroc"]["value"] == pytest.approx(mean(known))
    pooled = [pair for each in by_problem.values() for pair in each]
    wanted = pairs_won(*map(list, zip(*pooled, strict=True)))
    assert found["solutions"]["pooled"]["value"] == pytest.approx(wanted)
    steps = [
        (score, label >= 0.5)
        for row in rows
        for score, label in zip(row.scores, row.solution.labels, strict=True)
        if score is not None and label is not None
    ]
    wanted = pairs_won(*map(list, zip(*steps, strict=True)))
    assert found["steps"]["pooled"]["value"] == pytest.approx(wanted)


def test_a_verifier_that_knows_only_which_problems_are_hard_is_seen() -> None:
    """It scores every attempt at an easy problem 0.9 and at a hard one 0.1."""
    luck = np.random.default_rng(0)
    rows = [
        scored([0.9 if easy else 0.1], id=f"{p}{a}", problem=str(p), answer_right=bool(right))
        for p, easy in enumerate([True, False] * 100)
        for a, right in enumerate(luck.random(8) < (0.9 if easy else 0.1))
    ]
    made = table_of(rows)
    found = ranking(made, "last", drawn(made.problems))["solutions"]
    assert found["pooled"]["value"] > 0.85
    assert found["within_problem"]["auroc"]["value"] == 0.5
    assert "hard" in POOLED_MISLEADS


def test_the_interval_of_a_pooled_area_covers_the_truth_as_often_as_it_says() -> None:
    """Groups that share a shift: intervals over items alone would be far too narrow."""
    luck = np.random.default_rng(7)
    covered = []
    for _ in range(60):
        problem = np.repeat(np.arange(60), 5)
        right = np.repeat(luck.random(60) < 0.5, 5).astype(float)
        scores = right * 0.8 + np.repeat(luck.normal(size=60), 5) + 0.1 * luck.normal(size=300)
        found = pooled_auroc(scores, right, problem, drawn(60))
        assert found is not None
        truth = 0.5 * (1 + math.erf(0.8 / math.sqrt(2 * 1.01) / math.sqrt(2)))
        covered.append(found.low <= truth <= found.high)
    assert 0.85 <= mean(covered) <= 1.0


# Reliability ---------------------------------------------------------------------------------


@few
@given(seeds)
def test_ece_and_brier_are_their_definitions(seed: int) -> None:
    made = table_of(random_rows(seed, 50, soft=True))
    known = made.judged
    scores, labels = made.scores[known], made.labels[known]
    problem = made.problem[made.solution[known]]
    found = calibrated(scores, labels, problem, drawn(made.problems))
    assert found is not None
    gaps = 0.0
    for low in range(10):
        inside = [(s, y) for s, y in zip(scores, labels, strict=True) if min(int(s * 10), 9) == low]
        if inside:
            gaps += abs(sum(s for s, _ in inside) - sum(y for _, y in inside))
            assert found["bins"][low]["items"] == len(inside)
            assert found["bins"][low]["value"] == pytest.approx(mean(y for _, y in inside))
    assert found["ece"]["value"] == pytest.approx(gaps / len(scores))
    brier = mean((s - y) ** 2 for s, y in zip(scores, labels, strict=True))
    assert found["brier"]["value"] == pytest.approx(brier)
    assert found["brier"]["low"] <= brier <= found["brier"]["high"]


def test_many_problems_are_drawn_in_blocks_with_intervals_of_the_same_width() -> None:
    values = np.random.default_rng(0).normal(size=3 * MOST_BLOCKS)
    found = Resampling(values.size, draws=300, seed=1).mean(values)
    assert found is not None
    width = 2 * 1.96 * values.std() / math.sqrt(values.size)
    assert found.high - found.low == pytest.approx(width, rel=0.2)
    assert found.value == pytest.approx(values.mean())


# Cuts ----------------------------------------------------------------------------------------


def test_cuts_on_three_attempts_worked_out_by_hand() -> None:
    rows = table(
        scored([0.9, 0.2], [1.0, 0.0], id="a"),  # cut by threshold: its second step, rightly
        scored([0.4, 0.3], [1.0, 1.0], id="b"),  # both cut, both wrongly
        scored([0.1, 0.8], [0.0, 0.0], id="c"),  # its first step is cut, rightly
    )
    found = cuts(rows, 0.5, drawn(1))
    assert found is not None
    by_threshold = found["by_threshold"]
    assert by_threshold["cut"] == 4
    assert by_threshold["precision"]["value"] == 0.5
    assert by_threshold["wrong_steps_cut"]["value"] == pytest.approx(2 / 3)
    assert by_threshold["right_steps_cut"]["value"] == pytest.approx(2 / 3)
    # Two rounds of three, each cuts its last: a wrong step of c, then the wrong step of a.
    by_rank = found["by_rank"]
    assert by_rank["cut"] == 2
    assert by_rank["precision"]["value"] == 1.0
    assert by_rank["every_right_step_cut"]["value"] == 0.0


def test_a_round_in_which_every_right_step_was_cut_is_counted() -> None:
    rows = table(scored([0.1], [1.0], id="a"), scored([0.9], [0.0], id="b"))
    found = cuts(rows, 0.5, drawn(1))
    assert found is not None
    assert found["by_rank"]["every_right_step_cut"]["value"] == 1.0
    assert found["by_rank"]["precision"]["value"] == 0.0


# Best of N -----------------------------------------------------------------------------------


@few
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=2, max_size=7))
def test_the_best_of_n_is_the_mean_over_every_subset(items: list[tuple[int, bool]]) -> None:
    values = np.array([value for value, _ in items], dtype=float)
    right = np.array([yes for _, yes in items], dtype=float)
    grid = list(range(1, len(items) + 1))
    for n, found in zip(grid, expected_best(values, right, grid), strict=True):
        wanted = []
        for chosen in combinations(range(len(items)), n):
            top = [i for i in chosen if values[i] == max(values[j] for j in chosen)]
            wanted.append(mean(right[i] for i in top))
        # Of ties each is as likely; over all subsets that is the share of the whole tie.
        assert found == pytest.approx(mean(wanted), abs=1e-9)


def world(problems: int, attempts: int, peak: float, seed: int) -> list[ScoredSolution]:
    """Attempts whose chance to be right rises with the score up to a point and falls beyond.

    With u the score's place in [0, 1] and a chance of u for u < c and 0 beyond, the best of N is
    right with c^(N + 1) N / (N + 1), which is highest near the N with 1 / (N (N + 1)) = -log c.
    """
    luck = np.random.default_rng(seed)
    places = luck.random((problems, attempts))
    right = (luck.random((problems, attempts)) < places) & (places < peak)
    return [
        scored([float(place)], id=f"{p}-{a}", problem=str(p), answer_right=bool(right[p, a]))
        for p in range(problems)
        for a, place in enumerate(places[p])
    ]


def test_the_hacking_threshold_of_a_world_that_has_one_is_found() -> None:
    cut_off = 0.93
    truth = max(range(1, 25), key=lambda n: cut_off ** (n + 1) * n / (n + 1))
    assert truth == 3
    made = table_of(world(300, 24, cut_off, seed=3))
    found = best_of_n(made, "last", drawn(made.problems))
    assert found is not None
    assert found["more_samples_hurt"]
    assert found["peak"]["low"] <= truth <= found["peak"]["high"]
    assert abs(found["hacking_threshold"] - truth) <= 1
    assert found["fall_after_peak"]["low"] > 0
    for point in found["curve"]:
        n = point["n"]
        assert point["value"] == pytest.approx(cut_off ** (n + 1) * n / (n + 1), abs=0.06)


def test_where_more_samples_help_or_change_nothing_no_threshold_is_claimed() -> None:
    helps = table_of(world(200, 16, 1.0, seed=1))
    found = best_of_n(helps, "last", drawn(helps.problems))
    assert found is not None
    assert not found["more_samples_hurt"]
    assert found["hacking_threshold"] is None
    luck = np.random.default_rng(6)
    claimed = 0
    for seed in range(12):
        flat = table_of(
            scored([float(luck.random())], id=f"{p}-{a}", problem=str(p),
                   answer_right=bool(luck.random() < 0.5))
            for p in range(40)
            for a in range(8)
        )  # fmt: skip
        result = best_of_n(flat, "last", Resampling(flat.problems, draws=100, seed=seed))
        assert result is not None
        claimed += result["more_samples_hurt"]
    assert claimed <= 1  # of 400 such worlds 4.5 % were


def test_problems_with_too_few_attempts_are_left_out_and_counted() -> None:
    lone = scored([0.5], id="lone", problem="lone", answer_right=True)
    rows = [*world(10, 8, 1.0, seed=1), lone]
    made = table_of(rows)
    found = best_of_n(made, "last", drawn(made.problems))
    assert found is not None
    assert (found["problems"], found["left_out"], found["largest_n"]) == (10, 1, 8)
    assert best_of_n(table(scored([0.5], answer_right=True)), "last", drawn(1)) is None


# Correlations and breakdowns -----------------------------------------------------------------


def spearman(x: list[float], y: list[float]) -> float:
    """Pearson's r of ranks, ties sharing the mean of theirs."""

    def ranked(values: list[float]) -> list[float]:
        return [
            mean(i for i, other in enumerate(sorted(values)) if other == value) for value in values
        ]

    return float(np.corrcoef(ranked(x), ranked(y))[0, 1])


@few
@given(seeds)
def test_correlations_are_spearman_s(seed: int) -> None:
    rows = [row for row in random_rows(seed, 40) if None not in row.scores]
    made = table_of(rows)
    found = correlations(made, "min", drawn(made.problems))
    values = made.aggregate("min").tolist()
    assert found["steps"]["all"] is not None
    assert found["steps"]["all"]["value"] == pytest.approx(
        spearman(values, [float(len(row.scores)) for row in rows]), abs=1e-6
    )
    assert found["repetition"]["all"] is None or abs(found["repetition"]["all"]["value"]) <= 1


def test_a_score_that_goes_by_length_is_seen_among_right_and_among_wrong_ones() -> None:
    rows = [
        ScoredSolution(
            LabelledSolution(
                str(n), str(n), ("word " * n,), labels=(float(n % 2),), answer_right=bool(n % 2)
            ),
            (n / 100,),
        )
        for n in range(1, 60)
    ]
    made = table_of(rows)
    found = correlations(made, "last", drawn(made.problems))
    assert found["length"]["right"] is not None
    assert found["length"]["right"]["value"] == pytest.approx(1.0)
    assert found["length"]["wrong"] is not None
    assert found["length"]["wrong"]["low"] > 0.9


def test_breakdowns_name_their_rows_and_add_up() -> None:
    made = table_of(random_rows(11, 80))
    found = breakdowns(made, "last", 0.5)
    judged = int(made.judged.sum())
    assert sum(row["steps"] for row in found["depth"]) == judged
    assert [row["value"] for row in found["depth"]] == ["1", "2", "3", "4", "5", "6"]
    for kind in ("length", "family", "level", "split", "category"):
        assert sum(row["solutions"] for row in found[kind]) == 80, kind
    assert {row["value"] for row in found["level"]} == {"2", "3", "not said"}
    assert "generator" not in found


# Mistakes ------------------------------------------------------------------------------------


def test_the_surest_mistakes_come_first_one_a_solution() -> None:
    listed = MistakeList(0.5, most=2)
    listed.add(scored([0.6, 0.9], [0.0, 0.0], id="two"))
    listed.add(scored([0.05], [1.0], id="surest"))
    listed.add(scored([0.7], [0.0], id="least"))
    listed.add(scored([0.7], [1.0], id="none"))
    values = listed.values()
    assert [each["id"] for each in values["listed"]] == ["surest", "two"]
    assert values["listed"][1]["step"] == 1
    assert values["wrong_called_right"] == 3
    assert values["right_called_wrong"] == 1
    assert values["solutions"] == 3


def test_an_outcome_verifier_s_mistakes_are_those_of_whole_solutions() -> None:
    listed = MistakeList(0.5)
    listed.add(scored([None, 0.9], [1.0, 1.0], id="fooled", answer_right=False))
    listed.add(scored([None, 0.9], [0.0, 0.0], id="right", answer_right=True))
    values = listed.values()
    assert [(each["id"], each["step"]) for each in values["listed"]] == [("fooled", None)]
