"""`export`: files of every kind, and what is said of those that cannot be."""

from __future__ import annotations

from pathlib import Path

from search_core.export import html_page
from search_core.export.formats import FORMATS
from search_core.log.traces import read_trace
from tests.test_cli_solve import invoke, said

TRACE = Path(__file__).resolve().parents[1] / "assets" / "traces" / "countdown-dvts.jsonl"


def test_one_command_writes_all_kinds(tmp_path: Path) -> None:
    paths = [tmp_path / f"run{ending}" for ending in FORMATS]
    done = invoke("export", str(TRACE), *(f"--to={path}" for path in paths))
    assert done.exit_code == 0, said(done)
    for path in paths:
        assert path.stat().st_size > 500
        assert path.name in "".join(done.stdout.split())
    page = (tmp_path / "run.html").read_text(encoding="utf-8")
    assert "answering once" in page
    template = html_page(read_trace(TRACE).events)
    assert len(page) > len(template)


def test_a_picture_has_the_theme_that_is_asked_for(tmp_path: Path) -> None:
    light, dark = tmp_path / "light.svg", tmp_path / "dark.svg"
    assert invoke("export", str(TRACE), "--to", str(light)).exit_code == 0
    assert invoke("export", str(TRACE), "--to", str(dark), "--theme", "dark").exit_code == 0
    assert light.read_text(encoding="utf-8") != dark.read_text(encoding="utf-8")


def test_nothing_is_written_where_one_name_is_wrong(tmp_path: Path) -> None:
    done = invoke("export", str(TRACE), f"--to={tmp_path}/run.md", f"--to={tmp_path}/run.pdf")
    assert done.exit_code == 2
    assert "'.pdf'; expected" in said(done)
    assert list(tmp_path.iterdir()) == []
    twice = invoke("export", str(TRACE), f"--to={tmp_path}/a.md", f"--to={tmp_path}/a.md")
    assert twice.exit_code == 2
    assert "twice" in said(twice)


def test_what_is_no_trace_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").write_text("hello\n")
    done = invoke("export", str(tmp_path / "run.jsonl"), f"--to={tmp_path}/run.md")
    assert done.exit_code == 2
    assert "not JSON" in said(done)
    missing = invoke("export", str(tmp_path / "none.jsonl"), f"--to={tmp_path}/run.md")
    assert missing.exit_code == 2
    assert "No such file" in said(missing)


def test_a_run_without_an_end_is_exported_and_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").write_text("\n".join(TRACE.read_text().splitlines()[:20]) + "\n")
    done = invoke("export", str(tmp_path / "run.jsonl"), f"--to={tmp_path}/run.md")
    assert done.exit_code == 0
    assert "interrupted" in said(done)
    assert "interrupted" in (tmp_path / "run.md").read_text(encoding="utf-8")
