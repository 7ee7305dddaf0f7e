"""What the cuts cost, asked as the page asks: a job in bounds, told as it grows, or refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components.audit import audit_routes
from components.audit.asked import MOST_ROLLOUTS, RESULT, command, rollouts_each
from components.audit.routes import AUDITS
from components.bounds.jobs import VisitorJobs
from search_core.log.traces import read_trace
from search_core.serving import HostedRun, RunRegistry
from tests.waiting import PATIENCE, wait_until

ASSETS = Path(__file__).resolve().parents[1] / "assets"
CUT = ASSETS / "chosen_problems" / "right_path_is_cut.jsonl"
OURS = {"X-Espalier": "explore"}


class Runs(RunRegistry):
    """A registry of runs that are over."""

    def __init__(self, **files: Path) -> None:
        self._held = {
            name: HostedRun.finished(name, read_trace(path).events) for name, path in files.items()
        }

    def get(self, run_id: str) -> HostedRun | None:
        return self._held.get(run_id)


@pytest.fixture
def jobs() -> Iterator[VisitorJobs]:
    made = VisitorJobs(PATIENCE, 4, AUDITS)
    yield made
    made.close()


@pytest.fixture
def client(jobs: VisitorJobs) -> TestClient:
    runs = Runs(
        cut=CUT,
        greedy=ASSETS / "traces" / "word-problem-greedy.jsonl",
        other=ASSETS / "traces" / "smollm2-beam-search-one-of-seven-answers-is-right.jsonl",
    )
    routes = audit_routes(runs, jobs=jobs)
    return TestClient(Starlette(routes=routes))


def told_by(lines: str, then: str = "") -> list[str]:
    """A command that tells these lines, keeps rollouts, and then does something."""
    code = (
        f"import time; print({lines!r}, end='', flush=True); "
        f"open({RESULT!r}, 'a').write('x\\n'); {then}"
    )
    return [sys.executable, "-c", code]


def test_what_is_known_is_told_while_it_grows_and_goes_on_after_a_stop(
    client: TestClient, jobs: VisitorJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = told_by('{"cuts": 1}\n{"cuts": 2}\n{"cu', "time.sleep(600)")
    monkeypatch.setattr("components.audit.routes.command", lambda each: growing)
    name = client.post("/audit/start/cut", headers=OURS).json()["id"]
    wait_until(lambda: client.get(f"/audit/state/{name}").json()["audit"] is not None)
    assert client.get(f"/audit/state/{name}").json()["audit"] == {"cuts": 2}
    # Asked again it is the same one.
    assert client.post("/audit/start/cut", headers=OURS).json()["id"] == name
    job = jobs.get(name)
    assert job is not None
    wait_until(lambda: (job.folder / RESULT).is_file())
    assert client.post(f"/audit/stop/{name}").status_code == 404
    assert client.post(f"/audit/stop/{name}", headers=OURS).json()["state"] == "stopped"
    wait_until(lambda: job.process is not None and job.process.poll() is not None)
    monkeypatch.setattr("components.audit.routes.command", lambda each: told_by('{"cuts": 3}\n'))
    again = client.post("/audit/start/cut", headers=OURS).json()["id"]
    assert again != name
    wait_until(lambda: client.get(f"/audit/state/{again}").json()["state"] == "done")
    assert client.get(f"/audit/state/{again}").json()["audit"] == {"cuts": 3}
    kept = jobs.get(again)
    assert kept is not None
    assert (kept.folder / RESULT).read_text() == "x\nx\n"
    # What is found once serves whoever asks next.
    assert client.post("/audit/start/cut", headers=OURS).json()["id"] == again


@pytest.mark.parametrize(
    ("run", "headers", "status", "why"),
    [
        ("cut", {}, 403, "from the page alone"),
        ("nothing", OURS, 404, "no longer has this run"),
        ("greedy", OURS, 400, "No step was cut in this run"),
        ("other", OURS, 400, "this run is by another one"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(
    client: TestClient, run: str, headers: dict[str, str], status: int, why: str
) -> None:
    refused = client.post(f"/audit/start/{run}", headers=headers)
    assert refused.status_code == status
    assert why in refused.json()["why"]


def test_one_visitor_has_one_under_way(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "components.audit.routes.command", lambda each: told_by("", "time.sleep(600)")
    )
    runs = Runs(cut=CUT, dvts=ASSETS / "traces" / "countdown-dvts.jsonl")
    asking = TestClient(Starlette(routes=audit_routes(runs)))
    name = asking.post("/audit/start/cut", headers=OURS).json()["id"]
    refused = asking.post("/audit/start/dvts", headers=OURS)
    assert refused.status_code == 429
    assert "Your last audit is still being made" in refused.json()["why"]
    asking.post(f"/audit/stop/{name}", headers=OURS)


def test_the_work_is_bounded() -> None:
    events = list(read_trace(CUT).events)
    each = rollouts_each(events)
    assert 4 <= each <= 16
    assert each * sum(event.kind == "sampled" for event in events) <= 4 * MOST_ROLLOUTS
    assert command(each)[1:4] == ["-m", "search_core", "audit"]
    with pytest.raises(ValueError, match="not over"):
        rollouts_each(events[:-1])
