"""What is told of a race: where lanes part, the clock, keys and values held, names, trials."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.acts import Act
from search_core.log.events import Event, Sampled
from search_core.log.traces import read_trace
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.race import divergence, race, read_lane, written_lane
from search_core.race.clock import CLOCKS, LaneClock
from search_core.race.held import most_held
from search_core.race.table import race_values
from search_core.race.trials import (
    LaneCount,
    drawn_words,
    paired_difference,
    problems_like,
    standing,
)
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from search_core.strategies.options import OptionError
from tests.fakes import World
from tests.searches import run
from tests.test_race import fake_pair, lane
from tests.test_search_properties import WORLDS, recipes, run_in
from tests.test_steer_acts import base, ready

ROOT = Path(__file__).resolve().parent.parent
RECORDED = ROOT / "assets/race/lane-2.jsonl"
# Two first steps, each with two ends; "a" scores better, "b" is right.
CHILDREN = {"": "a b", "a": "1. 2.", "b": "3. 4."}
SCORES = {"a": 0.9, "b": 0.1}


def events(name: str, children: dict[str, str] = CHILDREN, **options: object) -> Sequence[Event]:
    return made(name, children, **options).events


def made(name: str, children: dict[str, str] = CHILDREN, **options: object) -> Run:
    return run(name, children, SCORES, **options)


def parting(one: Sequence[Event], other: Sequence[Event]) -> str:
    found = divergence(one, other, ("A", "B"))
    return "" if found is None else found.sentence


def test_one_cuts_and_the_other_does_not() -> None:
    beam, best = events("beam_search", n=2, beam_width=2), events("best_of_n", n=2)
    found = divergence(best, beam, ("Best-of-N", "Beam search"))
    assert found is not None
    assert found.sentence == (
        "After 2 steps that are the same, in round 1: Beam search cuts step 1, branch 2 “b”; "
        "Best-of-N goes on from all."
    )
    assert found.nodes == (("1",), ("1",))
    assert found.shared == 2
    assert found.rounds[1] == 1
    assert beam[found.cursors[1] - 1].kind == "decided"


def test_the_same_run_never_parts() -> None:
    assert (
        parting(events("beam_search", n=2, beam_width=2), events("beam_search", n=2, beam_width=2))
        == ""
    )


def test_the_same_trees_part_where_their_answers_do() -> None:
    scores = {"a": 0.5, "b": 0.5, "1.": 0.1, "2.": 0.1, "3.": 0.9, "4.": 0.9}
    runs = [run("best_of_n", CHILDREN, scores, n=2, judge=judge) for judge in ("majority", "best")]
    one, other = (made.events for made in runs)
    found = divergence(one, other, ("A", "B"))
    assert found is not None
    answers = [made.tree.finished.answer for made in runs if made.tree.finished]
    assert found.sentence == (
        f"The trees are the same to their ends: A chooses {answers[0]}; B chooses {answers[1]}."
    )
    assert found.cursors == (len(one), len(other))
    assert [len(nodes) for nodes in found.nodes] == [1, 1]


def test_duplicates_are_merged_and_not_cut() -> None:
    twice = {"": "a a b b", **dict.fromkeys("ab", "1. 2. 3. 4.")}
    beam = events("beam_search", twice, n=4, beam_width=4)
    assert parting(beam, events("best_of_n", twice, n=4)) == (
        "After 4 steps that are the same, in round 1: A cuts step 1, branch 3 “b” and merges 2 "
        "duplicates; B goes on from all."
    )
    plain = events("beam_search", twice, n=4, beam_width=4, filter_duplicates=False)
    assert parting(beam, plain) == (
        "After 4 steps that are the same, in round 1: B cuts step 1, branch 2 “a”, which A merges "
        "as a duplicate."
    )


def test_they_keep_different_steps() -> None:
    four = {"": "a c b d", **dict.fromkeys("abcd", "1. 2. 3. 4.")}
    beam = events("beam_search", four, n=4, beam_width=2)
    dvts = events("dvts", four, n=4, beam_width=2)
    sentence = parting(beam, dvts)
    assert sentence == (
        "After 4 steps that are the same, in round 1: A keeps step 1, branch 2 “c”, which B cuts; "
        "B keeps step 1, branch 4 “d”, which A cuts."
    )


def test_they_write_otherwise_at_the_same_place() -> None:
    other = CHILDREN | {"": "a c"}
    sentence = parting(events("best_of_n", n=2), events("best_of_n", other | {"c": "3. 4."}, n=2))
    assert sentence == "From the start, at step 1, branch 2: A writes “b”, B “c”."


def test_they_write_a_different_number() -> None:
    four = {"": "a b a b", "a": "1. 2. 1. 2.", "b": "3. 4. 3. 4."}
    sentence = parting(events("best_of_n", n=2), events("best_of_n", four, n=4))
    assert sentence == (
        "From the start: after the problem A writes 2 steps and B 4 steps, of which 2 are the same."
    )


def test_a_step_that_one_writes_beside_those_of_both_is_named() -> None:
    more = CHILDREN | {"": "a b c", "c": "3. 4."}
    one, two = events("best_of_n", n=2), events("best_of_n", more, n=3)
    assert parting(one, two) == "From the start: B also writes step 1, branch 3 “c”."
    assert parting(two, one) == "From the start: A also writes step 1, branch 3 “c”."


def test_one_ends_and_the_other_goes_on() -> None:
    whole = events("best_of_n", n=2)
    part = [event for event in whole if event.kind != "finished"][:4]
    sentence = parting(whole, part)
    assert "that are the same B ends; A goes on and writes 2 steps more in round 2." in sentence


@given(WORLDS, recipes(), recipes())
def test_until_they_part_both_have_the_same_steps(world: World, one: object, two: object) -> None:
    ours, theirs = run_in(world, one), run_in(world, two)  # type: ignore[arg-type]
    found = divergence(ours.events, theirs.events, ("A", "B"))
    if found is None:
        return
    for log, cursor, nodes in zip((ours, theirs), found.cursors, found.nodes, strict=True):
        assert 0 < cursor <= len(log.events)
        assert set(nodes) <= set(log.tree.nodes)
    texts = [
        {e.id: e.text for e in log.events[:cursor] if e.kind == "sampled"}
        for log, cursor in zip((ours, theirs), found.cursors, strict=True)
    ]
    alike = sum(texts[1].get(key) == text for key, text in texts[0].items())
    assert alike >= found.shared


@given(WORLDS, recipes())
def test_a_clock_never_goes_back_and_ends_where_the_run_does(world: World, recipe: object) -> None:
    done = run_in(world, recipe)  # type: ignore[arg-type]
    clock = LaneClock(done.events)
    assert clock.end("tokens") == done.tree.cost.generated
    assert clock.end("flops") == pytest.approx(done.tree.cost.flops)
    assert clock.end("seconds") == done.events[-1].t
    for name in CLOCKS:
        values = [clock.at(name, cursor) for cursor in range(len(clock) + 1)]
        assert values == sorted(values)
        assert clock.cursor(name, clock.end(name)) == len(done.events)
        assert all(clock.cursor(name, value) >= cursor for cursor, value in enumerate(values))
        assert clock.cursor(name, -1.0) == 0


def test_keys_and_values_are_held_until_nothing_leads_on() -> None:
    """Each step costs a token for each word and one: 2 for "a", 5 for "The answer is 1."."""
    best = made("best_of_n", n=2)
    # Both first steps, and one end of each: nothing is let go before the end.
    assert most_held(best.events) == 2 * 2 + 2 * 5
    beam = made("beam_search", n=2, beam_width=2)
    # "b" is cut before the two ends of "a" are written.
    assert most_held(beam.events) == 2 + 2 * 5


@given(WORLDS, recipes())
def test_no_more_is_held_than_was_read_and_written(world: World, recipe: object) -> None:
    done = run_in(world, recipe)  # type: ignore[arg-type]
    first = next(e for e in done.events if e.kind == "sampled")
    prompt = first.prefilled + first.reused
    written = [e.tokens for e in done.events if e.kind == "sampled"]
    assert max(written) <= most_held(done.events) <= prompt + sum(written)


def test_lanes_are_named_by_what_tells_them_apart() -> None:
    pair = fake_pair()
    lanes = [
        lane("beam_search", pair, n=8),
        lane("beam_search", pair, n=8, aggregate="min"),
        lane("best_of_n", pair, n=4),
    ]
    names = [row["name"] for row in race(lanes).to_dict()["lanes"]]
    assert names == [
        "Beam search, N 8, aggregate last",
        "Beam search, N 8, aggregate min",
        "Best-of-N, N 4",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "beam_search",
        "dvts n=8 verifier=large",
        "best_of_n judge=majority models=my%20pair",
        "beam_search filter_duplicates=false solver=large score_source=oracle",
    ],
)
def test_a_lane_that_is_written_reads_as_it_was(text: str) -> None:
    assert written_lane(read_lane(text)) == text


def test_the_defaults_of_a_lane_go_unsaid() -> None:
    assert written_lane(read_lane("beam_search n=16 score_source=verifier")) == "beam_search"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected a strategy and its options"),
        ("beam_search x=1", "'x' is no option of Beam search; known: max_steps, n,"),
        ("beam_search n", "'n' is no name=value"),
        ("beam_search n=1 n=2", "'n=2' is there twice"),
        ("beam_search n=many", "Budget N (n) is 'many'; expected a whole number."),
        ("beam_search filter_duplicates=1", "expected true or false"),
        ("beam_search score_source=tea", "The score source 'tea' is unknown"),
        ("beam_search " + "x" * 2000, "is no lane"),
    ],
)
def test_a_broken_lane_is_refused(text: str, said: str) -> None:
    with pytest.raises(OptionError) as refused:
        read_lane(text)
    assert said in str(refused.value)


def test_every_strategy_is_a_lane_by_its_name() -> None:
    assert [read_lane(name).strategy.name for name in STRATEGIES] == list(STRATEGIES)


def test_a_paired_difference_is_that_of_the_published_example() -> None:
    """Newcombe 1998, table III: 36, 12, 2 and 0 of 50 give 0.2 with 0.0569 to 0.3404."""
    one, other = [True] * 48 + [False] * 2, [True] * 36 + [False] * 12 + [True] * 2
    assert paired_difference(one, other) == pytest.approx((0.2, 0.0569, 0.3404), abs=5e-5)
    back = paired_difference(other, one)
    assert back == pytest.approx((-0.2, -0.3404, -0.0569), abs=5e-5)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_a_paired_interval_holds_its_difference(pairs: list[tuple[bool, bool]]) -> None:
    one, other = [a for a, _ in pairs], [b for _, b in pairs]
    value, low, high = paired_difference(one, other)
    assert value == pytest.approx((sum(one) - sum(other)) / len(pairs))
    assert -1 - 1e-9 <= low <= value + 1e-9
    assert value - 1e-9 <= high <= 1 + 1e-9
    assert high > low  # few problems never tell everything


def test_how_things_stand_is_told_for_each_lane() -> None:
    first, second = LaneCount("one"), LaneCount("two")
    row = {"tokens": 10, "solver_flops": 4.0, "verifier_flops": 2.0}
    for rights in ((True, False), (True, None)):
        for count, right in zip((first, second), rights, strict=True):
            count.add(row | {"right": right})
    told = standing([first, second], 2, 20)
    assert (told["done"], told["of"]) == (2, 20)
    assert [lane["right"] for lane in told["lanes"]] == [2, 0]
    assert told["lanes"][0]["difference"] is None
    assert told["lanes"][1]["difference"]["value"] == -1.0
    assert told["lanes"][1]["tokens"] == 10
    assert told["lanes"][1]["flops"] == 6.0
    [said] = told["said"]
    assert said.startswith("two is right less often than one: on these 2 problems by 100 in 100")


def test_a_difference_is_told_in_words_only_where_the_interval_leaves_zero_out() -> None:
    def said(*rights: list[bool]) -> list[str]:
        counts = [LaneCount(name, right) for name, right in zip("abb", rights, strict=False)]
        sentences: list[str] = standing(counts, len(rights[0]), 20)["said"]
        return sentences

    always, never, once = [True] * 20, [False] * 20, [True] + [False] * 19
    assert said(never, always, once) == [
        "b is right more often than a: on these 20 problems by 100 in 100, and on others like them "
        "by 77 to 100 (95 % interval).",
        "b and a: no difference that these 20 problems can show.",
    ]
    [less] = said(always, never)
    assert less.startswith("b is right less often than a")
    assert said([True], [False]) == ["b and a: no difference that this problem alone can show."]


def test_problems_like_one_are_held_out_and_always_the_same() -> None:
    like = Problem("Use 1 and 2 to make 3.", "3", "countdown", 3)
    found = problems_like(like, 5)
    assert found == problems_like(like, 5)
    assert {(one.family, one.level) for one in found} == {("countdown", 3)}
    assert drawn_words(like, found) == ""
    with pytest.raises(ValueError, match="belongs to no embedded family"):
        problems_like(Problem("Why?"), 5)
    with pytest.raises(ValueError, match="2 to 50 problems; got 51"):
        problems_like(like, 51)
    with pytest.raises(ValueError, match="Got families sums"):
        problems_like(Problem("1 + 1", "2", "sums", 1), 5)


@pytest.mark.parametrize(
    ("level", "drawn", "end", "other"), [(3, 6, "easiest", "harder"), (40, 8, "hardest", "easier")]
)
def test_where_a_family_lacks_the_level_the_nearest_is_drawn_and_that_is_said(
    level: int, drawn: int, end: str, other: str
) -> None:
    """Such as the page's own example "What is (7 + 8) * 3 - 4?": it is easier than any test."""
    like = Problem("What is (7 + 8) * 3 - 4?", "41", "expression", level)
    found = problems_like(like, 5)
    assert {(one.family, one.level) for one in found} == {("expression", drawn)}
    assert drawn_words(like, found) == (
        f"These problems are {other} than the one of this race: of level {drawn}, the {end} that "
        f"these models are tested on, where it is of level {level}."
    )


def test_a_pair_of_models_is_told_by_its_names() -> None:
    other = ModelPair.of(World(seed=1).solver(), World(seed=1).verifier())
    names = [
        row["name"]
        for row in race([lane("dvts", fake_pair(), n=8), lane("dvts", other, n=8)]).to_dict()[
            "lanes"
        ]
    ]
    assert names == ["DVTS", "DVTS"]


def test_a_steered_run_is_held_against_the_untouched_one() -> None:
    """Both stand at the same step at the same moment, until the act parts them."""
    run, cut = base(), "2"
    log = ready(run, Act("keep", cut)).drive()
    values = race_values([(run.events, run.tree), (log.events, log.tree)])
    assert [row["name"] for row in values["lanes"]] == [
        "Beam search",
        "Beam search, steered by 1 act",
    ]
    taken = sum(isinstance(event, Sampled) and event.again for event in log.events)
    assert [row["again"] for row in values["lanes"]] == [0, taken]
    reused = sum(event.tokens for event in log.events if isinstance(event, Sampled) and event.again)
    assert [row["again_tokens"] for row in values["lanes"]] == [0, reused]
    [parting] = values["partings"]
    kept = f"keeps step 1, branch {int(cut) + 1} “"
    assert f"Beam search, steered by 1 act {kept}" in parting["sentence"]
    clocks = [LaneClock(run.events), LaneClock(log.events)]
    moments = [
        clock.at("tokens", cursor) for clock, cursor in zip(clocks, parting["cursors"], strict=True)
    ]
    assert moments[0] == moments[1] > 0
    new = log.tree.cost.generated
    assert (
        new
        < clocks[1].end("tokens")
        == sum(event.tokens for event in log.events if isinstance(event, Sampled) and not event.by)
    )


def test_the_browsers_clock_is_the_same() -> None:
    """`assets/js/race/clock.js` beside `LaneClock`, on a recorded run."""
    clock = LaneClock(read_trace(RECORDED).events)
    script = """
      import { readFileSync } from "node:fs";
      import { LaneClock } from "./assets/js/race/clock.js";
      const clock = new LaneClock();
      const lines = readFileSync(process.argv[1], "utf-8").trim().split("\\n");
      clock.extend(lines.map((line) => JSON.parse(line)));
      console.log(JSON.stringify(clock.after));
    """
    command = ["node", "--input-type=module", "--eval", script, str(RECORDED)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    after = json.loads(done.stdout)
    for name in CLOCKS:
        ours = [clock.at(name, cursor) for cursor in range(1, len(clock) + 1)]
        assert after[name] == pytest.approx(ours)
