"""`steer`: what it writes, says and refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from search_core.acts import acts_of
from search_core.log.traces import read_trace
from search_core.run.recorded import recorded_run
from tests.test_cli_solve import invoke, said
from tests.test_cli_whatif import pair
from tests.test_steering_page import cut_step


@pytest.fixture
def trace(tmp_path: Path) -> str:
    path = tmp_path / "run.jsonl"
    done = invoke("solve", "What is it?", "--n=8", "--beam-width=4", f"--trace={path}", pair=pair())
    assert done.exit_code == 0, said(done)
    return str(path)


def test_acts_are_done_in_turn_and_written_down(trace: str, tmp_path: Path) -> None:
    file = tmp_path / "steered.jsonl"
    node = cut_step(recorded_run(read_trace(Path(trace)).events))
    done = invoke(
        *("steer", trace, "--keep", node, "--grow", "root 2", "--edit", "1 my own step"),
        *("--author", "Ada", "--to", str(file)),
        pair=pair(),
    )
    assert done.exit_code == 0, said(done)
    assert "were there before and cost nothing now" in said(done)
    written = read_trace(file)
    acts = acts_of(written.events)
    assert [(act.action, act.node, act.author) for act in acts] == [
        ("keep", node, "Ada"),
        ("grow", "root", "Ada"),
        ("edit", "1", "Ada"),
    ]
    assert written.tree.nodes["1"].text == "my own step"
    assert len(written.tree.root.children) == 10


def test_a_search_goes_on_from_a_step_with_another_strategy(trace: str, tmp_path: Path) -> None:
    file = tmp_path / "steered.jsonl"
    node = cut_step(recorded_run(read_trace(Path(trace)).events))
    asked = ("steer", trace, "--go-on", node, "--strategy=best_of_n", "--n=3", f"--to={file}")
    done = invoke(*asked, pair=pair())
    assert done.exit_code == 0, said(done)
    steered = read_trace(file)
    assert steered.started.strategy == "best_of_n"
    assert len(steered.tree.nodes[node].children) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Nothing is done; give an act"),
        (("--keep", "9.9"), "The run has no step 9.9."),
        (("--cut", "0 1"), "--cut takes the id of a step"),
        (("--grow", "0 many"), "is no number of steps to grow"),
        (("--edit", "0"), "The step has no text"),
        (("--cut", "0", "--n", "4"), "those of --go-on"),
    ],
)
def test_what_makes_no_sense_is_refused(
    trace: str, arguments: tuple[str, ...], message: str
) -> None:
    done = invoke("steer", trace, *arguments, pair=pair())
    assert done.exit_code == 2
    assert message in said(done)


def test_other_models_are_refused(trace: str) -> None:
    done = invoke("steer", trace, "--cut", "0", pair=pair("another solver"))
    assert done.exit_code == 1
    assert "written by fake solver" in said(done)
