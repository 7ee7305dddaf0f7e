"""Every strategy comes to its end on a published model, judges as it would at once, and stops."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from search_core import search
from search_core.log.events import Event, Sampled
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.protocols import KeepsPaths, Sampling, ScoreRequest
from search_core.strategies import STRATEGIES
from tests.decoding import go_on

PROBLEM = Problem("Tom has 3 boxes with 4 apples each and eats 2 apples. How many are left?", "10")
STEPS = (
    "There are 3 boxes with 4 apples each, so there are 3 * 4 = 12 apples.",
    "Tom eats 2 apples, so 12 - 2 = 10 are left.",
    "The answer is \\boxed{10}.",
)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_strategy_comes_to_its_end(pair: ModelPair, strategy: str) -> None:
    options: dict[str, Any] = {"n": 4, "max_steps": 3}
    known = {spec.name for spec in STRATEGIES[strategy].options.specs()}
    options = {name: value for name, value in options.items() if name in known}
    result = search(
        PROBLEM,
        strategy,
        solver=pair.solver,
        verifier=pair.verifier,
        sampling=Sampling(0.8, 0.95, 24),
        **options,
    )
    end = result.tree.finished
    assert end is not None
    assert end.status == "completed"
    assert result.cost.generated > 0
    assert all(node.text or node.ended == "end" for node in result.tree.steps())


def test_scores_that_grow_are_those_of_the_whole_path(pair: ModelPair) -> None:
    judge = pair.verifier
    assert isinstance(judge, KeepsPaths)
    requests = [
        ScoreRequest(PROBLEM.text, STEPS[:n], n - 1, n == len(STEPS), (0.0,) * n, run="grown")
        for n in range(1, len(STEPS) + 1)
    ]
    grown = [judge.score([request], go_on)[0] for request in requests]
    assert all(found.reused > 100 for found in grown[1:])
    whole = []
    for request in requests:
        judge.release("grown", PROBLEM.text)
        whole += judge.score([request], go_on)
        assert whole[-1].reused == 0
    scores = [found.scores[0] for found in grown]
    assert scores == pytest.approx([found.scores[0] for found in whole], abs=1e-5)
    assert len(set(scores)) == len(STEPS)


def test_a_search_is_stopped_in_the_middle_of_a_step(pair: ModelPair) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 60

    events: list[Event] = []
    result = search(
        PROBLEM,
        "best_of_n",
        solver=pair.solver,
        verifier=pair.verifier,
        sampling=Sampling(0.8, 1, 512),
        listener=events.append,
        cancelled=cancelled,
        n=2,
    )
    assert result.tree.finished is not None
    assert result.tree.finished.status == "cancelled"
    written = sum(event.tokens for event in events if isinstance(event, Sampled))
    assert written < 200
    again = search(PROBLEM, "greedy", solver=pair.solver, sampling=Sampling(0, 1, 16), max_steps=1)
    assert again.tree.finished is not None
    assert again.tree.finished.status == "completed"


_MEASURE = """
import json, resource, sys
import torch, transformers.models.llama.modeling_llama
import search_core.solvers.loading, search_core.verifiers.loading
from search_core.models import read_catalogue

def taken():
    with open("/proc/self/status") as status:
        values = dict(line.split(":") for line in status if line.startswith("Vm"))
    return [1024 * int(values[name].split()[0]) for name in ("VmRSS", "VmHWM")]

before = taken()[0]
pair = read_catalogue().pair(sys.argv[1], "cpu")
infos = pair.solver.info, pair.verifier.info
after, most = taken()
told = {"parameters": infos[0].parameters, "weights": [info.weight_bytes for info in infos]}
print(json.dumps(told | {"grown": after - before, "most": most - before}))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what is taken is read from /proc")
@pytest.mark.parametrize("name", ["smollm2", "smollm2@int4"])
def test_solver_and_judge_take_the_memory_of_one(file: Path, name: str) -> None:
    out = subprocess.run([sys.executable, "-c", _MEASURE, name], check=True, capture_output=True)
    told = json.loads(out.stdout)
    for name in ("grown", "most"):
        print(f"{name}: {told[name] / file.stat().st_size:.1f} times the file")
    [weights, judges] = told["weights"]
    assert weights == judges
    # Loading leaves some memory with the process; weights that are there twice would be more.
    assert told["most"] < 1.6 * 4 * told["parameters"]
    assert told["grown"] < told["most"]
