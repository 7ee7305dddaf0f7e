"""Searches at once, profiles, and the command that measures and prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from search_core.bench.concurrent import concurrent_measurements
from search_core.bench.profiling import profiled
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.protocols import SolverInfo, StepSample
from tests.benching import named
from tests.fakes import World
from tests.test_cli_solve import invoke, said


def test_searches_at_once_are_held_against_one() -> None:
    world = World(ends=0.5)
    pair = ModelPair.of(world.solver(), world.verifier())
    problems = [Problem(f"What is {number}?") for number in range(3)]
    measured = named(concurrent_measurements(pair, "verifier", problems, n=4, runs=2))
    ratio = measured["all together / one alone"]
    assert ratio.aim == 2.5
    assert len(ratio.values) == 2
    alone, together = measured["one alone"].values, measured["all together"].values
    assert list(ratio.values) == [b / a for a, b in zip(alone, together, strict=True)]


def test_a_search_that_fails_is_no_figure() -> None:
    class Broken:
        info = SolverInfo("broken")

        def sample(self, *_: object) -> list[StepSample]:
            raise ValueError("no weights")

    pair = ModelPair.of(Broken(), World().verifier())  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="an error of its own"):
        concurrent_measurements(pair, "verifier", [Problem("?")], n=4, runs=1)


def test_a_profile_names_functions_of_all_threads(tmp_path: Path) -> None:
    import threading

    def work_elsewhere() -> int:
        return sum(number * number for number in range(1000))

    def work_here() -> int:
        return sum(number + number for number in range(1000))

    with profiled(tmp_path / "profile.txt"):
        thread = threading.Thread(target=work_elsewhere)
        thread.start()
        work_here()
        thread.join()
    text = (tmp_path / "profile.txt").read_text(encoding="utf-8")
    assert "work_here" in text
    assert "work_elsewhere" in text


def test_bench_writes_json_that_becomes_a_table(tmp_path: Path) -> None:
    arguments = ["--only", "usual,memory", "--small", "--beams", "4", "--steps", "2"]
    profile = tmp_path / "profile.txt"
    result = invoke("bench", *arguments, "--json", "--profile", str(profile))
    assert result.exit_code == 0, result.output
    values = json.loads(result.stdout)
    assert "torch" in values["versions"]
    assert values["machine"]["threads of a large model"] >= 1
    measured = {figure["name"]: figure for figure in values["measurements"]}
    assert measured["both, processor time"]["more_is_better"] is True
    assert "tottime" in profile.read_text(encoding="utf-8")
    (tmp_path / "bench.json").write_text(result.stdout, encoding="utf-8")
    table = invoke("bench-table", str(tmp_path / "bench.json"))
    assert table.exit_code == 0
    assert "| both, processor time |" in table.stdout
    shown = invoke("bench", "--only", "usual", *arguments[2:])
    assert "both, processor time" in said(shown)


def test_without_cuda_bench_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_core.bench.gpu.cuda_is_here", lambda: False)
    result = invoke("bench", "--only", "gpu")
    assert result.exit_code == 0
    assert "no CUDA device here" in said(result)
    small = invoke("bench", "--only", "gpu", "--small")
    assert "decode step by its floor" in said(small)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "speed"], "Unknown group 'speed'"),
        (["--only", ""], "--only is empty"),
        (["--beams", "6"], "multiple of 4"),
    ],
)
def test_bad_groups_and_beams_end_with_2(arguments: list[str], message: str) -> None:
    result = invoke("bench", *arguments)
    assert result.exit_code == 2
    assert message in said(result)


def test_a_file_that_is_no_benchmark_ends_with_2(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text("{}", encoding="utf-8")
    result = invoke("bench-table", str(path))
    assert result.exit_code == 2
    assert "not what bench --json writes" in said(result)
