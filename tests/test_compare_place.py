"""Compare, asked as a browser asks: races are started, followed and stopped, or refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components.bounds.jobs import VisitorJobs
from components.compare import compare_routes, pin_recorded_race
from components.compare.asked import RaceRefusedError, read_race
from components.compare.document import EXAMPLES
from components.compare.recorded import recorded_race
from components.compare.trials import TRIALS, trials_command
from components.controls import ModelOffer
from search_core.models import ModelPair, embedded_pair
from search_core.race import read_lane
from search_core.run.limits import Limits
from search_core.serving import AdmissionLimits, RunRegistry
from tests.fakes import World
from tests.waiting import PATIENCE, wait_until

OURS = {"X-Espalier": "compare"}
WORLD = World(seed=7, ends=0.3, cut_off=0.05, words=6)
RACE = {"problem": "What is it?", "seed": "3", "lane": ["beam_search n=8", "best_of_n n=8"]}
Query = Mapping[str, Any]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RunRegistry]:
    made = RunRegistry(tmp_path, limits=AdmissionLimits(at_once=4, waiting=2))
    yield made
    made.close()


@pytest.fixture
def jobs() -> Iterator[VisitorJobs]:
    made = VisitorJobs(PATIENCE, kind=TRIALS)
    yield made
    made.close()


@pytest.fixture
def client(registry: RunRegistry, jobs: VisitorJobs) -> TestClient:
    return client_of(ModelPair.of(WORLD.solver(), WORLD.verifier()), registry, jobs)


def client_of(pair: ModelPair, registry: RunRegistry, jobs: VisitorJobs) -> TestClient:
    recorded = pin_recorded_race(registry)
    routes = compare_routes(ModelOffer.of(pair), registry, recorded, jobs=jobs)
    return TestClient(Starlette(routes=routes))


def over(client: TestClient, runs: list[str]) -> list[dict[str, Any]]:
    """The lanes once all of them are over."""
    asked = {"runs": ",".join(runs), "since": ",".join("0" for _ in runs)}
    told: list[dict[str, Any]] = []

    def done() -> bool:
        told[:] = client.get("/compare/events", params=asked).json()["lanes"]
        return not any(lane["live"] for lane in told)

    wait_until(done)
    return told


def test_the_page_brings_what_may_race_and_its_files(client: TestClient) -> None:
    page = client.get("/compare/").text
    for part in ("recorded-race-lane-1", "Best-of-N", "The right path is cut", 'href="../"'):
        assert part in page
    asked = client.get("/compare?seed=1&lane=dvts", follow_redirects=False)
    assert asked.headers["location"] == "compare/?seed=1&lane=dvts"
    for address in ("style.css", "compare.js", "theme.js", "emblem.svg"):
        assert client.get(f"/compare/{address}").status_code == 200


def test_the_recorded_race_is_there_and_shows_what_it_is_for(client: TestClient) -> None:
    """The first lane is wrong, the others are right, and they part in the first round."""
    runs = [f"recorded-race-lane-{place}" for place in (1, 2, 3)]
    assert [lane["head"] > 100 for lane in over(client, runs)] == [True] * 3
    values = client.get("/compare/table", params={"runs": ",".join(runs)}).json()
    assert [row["right"] for row in values["lanes"]] == [False, True, True]
    assert all(parting["rounds"][1] == 1 for parting in values["partings"])


def test_a_race_is_run_followed_and_told(client: TestClient, registry: RunRegistry) -> None:
    started = client.post("/compare/race", params=RACE, headers=OURS).json()
    assert started["lanes"] == ["beam_search n=8", "best_of_n n=8"]
    runs = started["runs"]
    lanes = over(client, runs)
    for lane, run in zip(lanes, runs, strict=True):
        assert [event["seq"] for event in lane["events"]] == list(range(lane["head"]))
        held = registry.get(run)
        assert held is not None
        assert held.events()[0].kind == "started"
    some = {"runs": ",".join(runs), "since": "5,7"}
    rest = client.get("/compare/events", params=some).json()["lanes"]
    assert [lane["events"][0]["seq"] for lane in rest] == [5, 7]
    values = client.get("/compare/table", params={"runs": ",".join(runs)}).json()
    assert [row["strategy"] for row in values["lanes"]] == ["beam_search", "best_of_n"]
    assert values["saved"]["written"] > 0
    assert "Beam search" in values["partings"][0]["sentence"]


def test_runs_of_several_problems_are_not_compared(
    client: TestClient, registry: RunRegistry
) -> None:
    """Runs that are there already are compared by their ids: a steered one, for one."""
    recorded = client.get(
        "/compare/table", params={"runs": "recorded-race-lane-1,recorded-race-lane-2"}
    )
    assert recorded.status_code == 200
    runs = client.post("/compare/race", params=RACE, headers=OURS).json()["runs"]
    over(client, runs)
    mixed = client.get("/compare/table", params={"runs": f"{runs[0]},recorded-race-lane-1"})
    assert mixed.status_code == 404
    assert "different problems" in mixed.json()["why"]


def test_a_race_is_stopped_as_a_whole(client: TestClient, registry: RunRegistry) -> None:
    runs = client.post("/compare/race", params=RACE, headers=OURS).json()["runs"]
    assert client.post("/compare/stop", params={"runs": ",".join(runs)}).status_code == 403
    stopped = client.post("/compare/stop", params={"runs": ",".join(runs)}, headers=OURS)
    assert stopped.status_code == 200
    over(client, runs)


def test_a_race_counts_as_its_lanes_and_starts_whole_or_not_at_all(
    registry: RunRegistry, jobs: VisitorJobs, tmp_path: Path
) -> None:
    narrow = RunRegistry(tmp_path / "narrow", limits=AdmissionLimits(at_once=1, waiting=1))
    asked = client_of(ModelPair.of(WORLD.solver(), WORLD.verifier()), narrow, jobs)
    four = {**RACE, "lane": ["beam_search n=8"] * 4}
    refused = asked.post("/compare/race", params=four, headers=OURS)
    assert refused.status_code == 429
    assert "searches" in refused.json()["why"] or "search" in refused.json()["why"]
    narrow.close()


@pytest.mark.parametrize(
    ("changed", "field", "lane", "said"),
    [
        ({"problem": " "}, "problem", None, "expected 1 to"),
        ({"problem": "x" * 19_000}, "problem", None, "expected 1 to"),
        ({"seed": "-1"}, "seed", None, "expected a whole number"),
        ({"seed": "9" * 40}, "seed", None, "expected a whole number"),
        ({"lane": ["dvts n=8"]}, "", None, "2 to 4 lanes; got 1"),
        ({"lane": ["dvts n=8"] * 5}, "", None, "at most 4 lanes"),
        ({"lane": ["dvts n=8", "tea"]}, "", 1, "Lane 2:"),
        ({"lane": ["dvts n=8", "beam_search n=9999"]}, "n", 1, "Lane 2: Budget N (n) is 9999"),
        ({"lane": ["dvts n=8", "beam_search n=8 models=x"]}, "", 1, "not offered"),
        ({"lane": ["dvts n=8", "beam_search n=8 solver=/etc/passwd"]}, "", 1, "Lane 2:"),
        ({"problem": "x" * 30_000}, "", None, "too long"),
    ],
)
def test_what_is_no_race_is_refused_where_it_is_wrong(
    client: TestClient, changed: Query, field: str, lane: int | None, said: str
) -> None:
    refused = client.post("/compare/race", params={**RACE, **changed}, headers=OURS)
    assert refused.status_code == 400
    told = refused.json()
    assert said in told["why"]
    assert (told["field"], told["lane"]) == (field, lane)


def test_only_the_page_itself_may_ask(client: TestClient) -> None:
    for address in ("/compare/race", "/compare/trials"):
        assert client.post(address, params=RACE).status_code == 403


def test_questions_that_cannot_be_read_are_refused(client: TestClient) -> None:
    for runs, since in (("", "0"), ("a", "x"), ("a,b", "1"), ("a" * 99, "0")):
        query = {"runs": runs, "since": since}
        assert client.get("/compare/events", params=query).status_code == 400
    gone = client.get("/compare/events", params={"runs": "no-such-run", "since": "0"}).json()
    assert gone["lanes"][0]["gone"] is True
    table = client.get("/compare/table", params={"runs": "no-such-run,another"})
    assert (table.status_code, table.json()["why"][:6]) == (404, "A lane")
    assert client.get("/compare/trials/nothing").status_code == 404


def test_a_race_on_many_problems_is_told_while_it_runs(
    client: TestClient, jobs: VisitorJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = {"done": 1, "of": 20, "lanes": []}
    lines = f"{json.dumps(figures)}\n{json.dumps({**figures, 'done': 2})}\n{{half"
    command = [sys.executable, "-c", f"print({lines!r}, end='')"]
    monkeypatch.setattr("components.compare.routes.trials_command", lambda *_: command)
    told = client.post("/compare/trials", params=RACE, headers=OURS).json()
    job = jobs.get(told["id"])
    assert job is not None
    wait_until(lambda: not job.open)
    told = client.get(f"/compare/trials/{told['id']}").json()
    assert told["state"] == "done"
    assert told["figures"]["done"] == 2


def test_the_command_is_the_one_of_the_guide_and_only_embedded_models_are_tried() -> None:
    offer = ModelOffer.of(embedded_pair())
    lanes = ["dvts n=8", "best_of_n n=8 verifier=large"]
    asked = read_race("Use 24, 7 and 1 to make 18.", "", "1", lanes, offer, Limits())
    command = trials_command(asked, asked.texts)
    assert command[1:5] == ["-m", "search_core", "race", "Use 24, 7 and 1 to make 18."]
    assert command[-8:] == ["--lane", lanes[0], "--lane", lanes[1], "--seed", "1", "--trials", "20"]
    other = ModelOffer.of(ModelPair.of(WORLD.solver(), WORLD.verifier()))
    foreign = read_race("What is it?", "1", "1", ["dvts n=8"] * 2, other, Limits())
    assert foreign.lanes[0].recipe.problem.answer == "1"
    with pytest.raises(RaceRefusedError, match="Only the embedded models"):
        trials_command(foreign, foreign.texts)


@pytest.mark.parametrize("race", [*EXAMPLES, recorded_race()], ids=lambda race: race["problem"])
def test_every_race_that_is_ready_can_be_started(race: dict[str, Any]) -> None:
    offer = ModelOffer.of(embedded_pair())
    asked = read_race(race["problem"], "", str(race["seed"]), race["lanes"], offer, Limits())
    assert len(asked.lanes) == len(race["lanes"])
    assert all(read_lane(text) for text in race["lanes"])
    assert {request.recipe.problem for request in asked.lanes} == {asked.lanes[0].recipe.problem}
    assert asked.lanes[0].recipe.problem.answer is not None
