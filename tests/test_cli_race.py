"""`race`: what it prints, what it refuses, and what it writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from search_core.log.traces import read_trace
from search_core.models import ModelPair, embedded_pair
from tests.fakes import FakeSolver, World
from tests.test_cli_solve import invoke, said

WORLD = World(seed=7, ends=0.3, cut_off=0.05, words=6)
LANES = ("--lane", "beam_search n=8", "--lane", "best_of_n n=8")


def pair() -> ModelPair:
    return ModelPair.of(WORLD.solver(), WORLD.verifier())


def test_a_race_prints_its_table_and_where_the_lanes_part() -> None:
    done = invoke("race", "What is it?", *LANES, pair=pair())
    assert done.exit_code == 0, said(done)
    text = said(done)
    assert "Beam search" in text
    assert "Best-of-N" in text
    assert "in round 1: Beam search" in text
    assert "part in round 1. One problem proves nothing: --trials 20 races on 20." in text
    assert "Asked once for several lanes:" in text


def test_as_json_it_says_all_of_it_and_traces_are_ordinary_ones(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "race"
    done = invoke("race", "What is it?", *LANES, "--json", f"--traces={folder}", pair=pair())
    values = json.loads(done.stdout)
    assert [row["strategy"] for row in values["lanes"]] == ["beam_search", "best_of_n"]
    assert values["partings"][0]["lane"] == 1
    assert values["saved"]["written"] > 0
    for place, row in enumerate(values["lanes"], start=1):
        trace = read_trace(folder / f"lane-{place}.jsonl")
        assert trace.started.run == row["run"]
        assert trace.tree.cost.generated == row["tokens"]


def test_trials_tell_after_each_problem_how_things_stand() -> None:
    lanes, embedded = ("--lane", "greedy", "--lane", "best_of_n n=2"), embedded_pair()
    done = invoke(
        "race", "Use 2, 5 and 4 to make 13.", *lanes, "--trials", "2", "--json", pair=embedded
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["done"] for line in lines] == [1, 2]
    assert [lane["name"] for lane in lines[-1]["lanes"]] == ["Greedy", "Best-of-N"]
    difference = lines[-1]["lanes"][1]["difference"]
    assert difference["low"] <= difference["value"] <= difference["high"]
    table = said(
        invoke("race", "Use 2, 5 and 4 to make 13.", *lanes, "--trials", "2", pair=embedded)
    )
    assert "minus the first lane" in table
    assert "These are problems" not in table


def test_trials_of_a_level_that_is_not_tested_say_which_one_is() -> None:
    lanes, embedded = ("--lane", "greedy", "--lane", "best_of_n n=2"), embedded_pair()
    table = said(invoke("race", "What is (7 + 8) * 3 - 4?", *lanes, "--trials", "2", pair=embedded))
    assert "of level 6, the easiest that these models are tested on" in table


def test_what_is_no_race_is_refused_in_words() -> None:
    one = invoke("race", "What is it?", "--lane", "beam_search", pair=pair())
    assert one.exit_code == 2
    assert "2 to 4 lanes; got 1" in said(one)
    unknown = invoke("race", "What is it?", "--lane", "beam", "--lane", "dvts", pair=pair())
    assert unknown.exit_code == 2
    assert "beam_search" in said(unknown)
    trials = invoke("race", "What is it?", *LANES, "--trials", "5", pair=pair())
    assert "belongs to no embedded family" in said(trials)


def test_a_lane_that_fails_ends_the_race() -> None:
    class Broken(FakeSolver):
        def sample(self, *_: Any) -> Any:
            raise RuntimeError("the model is gone")

    broken = ModelPair.of(Broken(WORLD.step), WORLD.verifier())
    done = invoke("race", "What is it?", *LANES, pair=broken)
    assert done.exit_code == 1
    assert "the model is gone" in said(done)
