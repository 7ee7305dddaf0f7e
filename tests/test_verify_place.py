"""Verify, asked as a browser asks: reports are made in bounds, one after the other, or refused."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components.bounds.jobs import MOST_KEPT, JobsBusyError, VisitorJob, VisitorJobs
from components.verify import verify_routes
from components.verify.asked import MOST_PROBLEMS, MOST_ROWS, Asked, read_asked
from components.verify.routes import SHIPPED
from tests.waiting import PATIENCE, wait_until

OURS = {"X-Espalier": "verify"}
ROWS = "".join(
    json.dumps({"problem": f"{n}+1?", "steps": [f"{n}+1={n + 1 + n % 2}"], "labels": [1 - n % 2],
                "scores": {"mine": [0.9 - 0.1 * (n % 3)]}}) + "\n"
    for n in range(6)
)  # fmt: skip


@pytest.fixture
def jobs() -> Iterator[VisitorJobs]:
    made = VisitorJobs(seconds=PATIENCE)
    yield made
    made.close()


@pytest.fixture
def client(jobs: VisitorJobs) -> TestClient:
    return TestClient(Starlette(routes=verify_routes(jobs=jobs)))


def writing(report: str) -> list[str]:
    """A command that writes a report at once."""
    return [sys.executable, "-c", f"open('report.html', 'w').write({report!r})"]


def over(jobs: VisitorJobs, job: VisitorJob) -> dict[str, object]:
    wait_until(lambda: not job.open)
    return jobs.told(job)


def test_the_page_asks_and_shows(client: TestClient) -> None:
    page = client.get("/verify/").text
    for part in ("Make the report", "processbench", "An outcome verifier", "../guide/verify"):
        assert part in page
    assert client.get("/verify", follow_redirects=False).headers["location"] == "verify/"
    for address in ("style.css", "emblem.svg", "js/verify/verify.js", "js/guide/theme.js"):
        assert client.get(f"/verify/{address}").status_code == 200
    for address in ("js/main.js", "js/../../app.py", "report/nothing", "state/nothing"):
        assert client.get(f"/verify/{address}").status_code == 404


def test_the_shipped_report_is_the_first(client: TestClient) -> None:
    assert 'src="report/embedded"' in client.get("/verify/").text
    report = client.get("/verify/report/embedded")
    assert "Report cards" in report.text
    # The guide points to the same as a file.
    assert report.text == SHIPPED.with_suffix(".html").read_text(encoding="utf-8")
    policy = report.headers["content-security-policy"]
    assert re.search("script-src( 'sha256-[^']+'){2}$", policy)
    assert {"small", "large", "outcome", "early"} <= set(
        client.get("/verify/report/embedded.json").json()["cards"]
    )


def test_a_file_becomes_a_report(client: TestClient, jobs: VisitorJobs) -> None:
    query = {"judges": "columns", "name": "../../mine.JSONL"}
    asked = client.post("/verify/upload", params=query, content=ROWS, headers=OURS)
    job = jobs.get(asked.json()["id"])
    assert job is not None
    wait_until(lambda: not job.open)
    told = client.get(f"/verify/state/{job.id}").json()
    assert told["state"] == "done", told
    report = client.get(f"/verify/report/{job.id}").text
    assert "Report card: mine" in report
    figures = client.get(f"/verify/report/{job.id}.json").json()
    assert figures["rows"]["solutions"] == 6
    # Nobody learns where the server keeps its files.
    assert str(job.folder) not in report + json.dumps(figures)


def test_what_a_file_lacks_is_said_in_the_commands_own_words(
    client: TestClient, jobs: VisitorJobs
) -> None:
    query = {"judges": "columns", "name": "x.jsonl"}
    asked = client.post("/verify/upload", params=query, content='{"a": 1}\n', headers=OURS)
    job = jobs.get(asked.json()["id"])
    assert job is not None
    told = over(jobs, job)
    assert told["state"] == "failed"
    assert str(told["said"]).startswith("It cannot be told what kind of file solutions.jsonl is")
    assert str(told["said"]).endswith("'problem' and 'steps'.")


@pytest.mark.parametrize(
    ("query", "content", "headers", "status", "why"),
    [
        ({"judges": "columns", "name": "x.jsonl"}, ROWS, {}, 403, "page of Verify alone"),
        ({"judges": "columns", "name": "x.jsonl"}, "", OURS, 400, "The file is empty."),
        ({"judges": "columns", "name": "x.exe"}, ROWS, OURS, 400, "of a type that is not read"),
        ({"judges": "/etc", "name": "x.csv"}, ROWS, OURS, 400, "'/etc' is not offered here"),
        ({"name": "x.csv", "kind": "--debug"}, ROWS, OURS, 400, "'--debug' is not known"),
        ({"problems": "9999", "judges": "small"}, "", OURS, 400, f"expected 1 to {MOST_PROBLEMS}"),
        ({"problems": "٣", "judges": "small"}, "", OURS, 400, "expected 1 to"),
        ({"problems": "3", "judges": "small", "threshold": "nan"}, "", OURS, 400, "from 0 to 1"),
        ({"problems": "3", "judges": "small", "threshold": "-1"}, "", OURS, 400, "from 0 to 1"),
        ({"problems": "3", "judges": "small", "threshold": "x"}, "", OURS, 400, "from 0 to 1"),
        ({"problems": "3"}, "", OURS, 400, "at least one verifier"),
    ],
)
def test_what_is_not_offered_is_refused(
    client: TestClient,
    jobs: VisitorJobs,
    query: dict[str, str],
    content: str,
    headers: dict[str, str],
    status: int,
    why: str,
) -> None:
    answer = client.post("/verify/upload", params=query, content=content, headers=headers)
    assert (answer.status_code, why in answer.json()["why"]) == (status, True), answer.text
    assert not any(job.open for job in jobs._jobs.values())


def test_commands_hold_only_what_is_offered() -> None:
    drawn = Asked("", "", 4, ("small", "early")).command()
    assert drawn[1:8] == ["-m", "search_core", "verify", "--drawn", "4", "--attempts", "8"]
    file = read_asked({"judges": "columns,large", "name": "a.csv", "kind": "plain"})
    words = " ".join(file.command())
    given = f"--input solutions.csv --first {MOST_ROWS} --kind plain --column * --verifier large"
    assert given in words
    chosen = read_asked({"judges": "columns", "name": "a.csv", "threshold": "0.4"})
    assert "--threshold 0.4" in " ".join(chosen.command())
    assert "--threshold" not in words
    assert "--column" not in read_asked({"judges": "columns", "name": "a.csv"}).command()


def test_one_visitor_has_one_report_under_way_and_all_have_so_many(jobs: VisitorJobs) -> None:
    first = jobs.new("ada")
    with pytest.raises(JobsBusyError, match="Your last report is still being made"):
        jobs.new("ada")
    others = [jobs.new(f"visitor {number}") for number in range(5)]
    assert jobs.told(others[2])["before"] == 3
    with pytest.raises(JobsBusyError, match="6 reports are being made or wait already"):
        jobs.new("eve")
    first.stop()
    assert jobs.told(first)["state"] == "stopped"
    jobs.start(first, writing("never"))
    jobs.start(others[0], writing("second"))
    assert over(jobs, others[0])["state"] == "done"
    assert not (first.folder / "report.html").exists()


def test_what_takes_too_long_is_ended_and_says_so() -> None:
    jobs = VisitorJobs(seconds=0.05)
    job = jobs.new("ada")
    jobs.start(job, [sys.executable, "-c", f"import time; time.sleep({PATIENCE})"])
    told = over(jobs, job)
    assert told["state"] == "failed"
    assert "longer than 0 seconds" in str(told["said"])
    assert job.process is not None
    assert job.process.poll() is not None


def test_stop_ends_the_process_and_its_children(jobs: VisitorJobs, tmp_path: Path) -> None:
    pipe = tmp_path / "held"
    child = f"import time; open({str(pipe)!r}, 'w').close(); time.sleep({PATIENCE})"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    job = jobs.new("ada")
    jobs.start(job, [sys.executable, "-c", parent])
    wait_until(pipe.exists)
    job.stop()
    assert job.process is not None
    job.process.wait(PATIENCE)
    assert jobs.told(job)["state"] == "stopped"


def test_old_reports_make_room(jobs: VisitorJobs) -> None:
    made = []
    for _ in range(MOST_KEPT + 3):
        made.append(jobs.new("ada"))
        made[-1].stop()
    assert [jobs.get(job.id) is None for job in made].count(True) >= 2
    assert not made[0].folder.exists()
    assert made[-1].folder.is_dir()


def test_no_exception_stands_in_the_way_of_the_next(
    jobs: VisitorJobs, caplog: pytest.LogCaptureFixture
) -> None:
    broken, whole = jobs.new("ada"), jobs.new("bob")
    jobs.start(broken, ["no such program at all"])
    jobs.start(whole, writing("<p>"))
    assert over(jobs, whole)["state"] == "done"
    told = jobs.told(broken)
    assert (told["state"], "Errno" in str(told["said"])) == ("failed", False)
