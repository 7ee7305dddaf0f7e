"""What a person labels in a report becomes rows that are read again, and written for others."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from search_core.labelled import LabelledSolution, read_labelled
from search_core.labelled.writing import convert
from search_core.verify.card import JudgedVerifier
from search_core.verify.page import report_page
from search_core.verify.page.mistakes import FIRST_SHOWN
from search_core.verify.report import ReportSettings, make_report

ROOT = Path(__file__).resolve().parents[1]
ROWS = [
    LabelledSolution("a", "1 + 1?", ("1 + 1 = 3", "The answer is 3."), labels=(0.0, 0.0)),
    LabelledSolution("b", "2 + 2? </script>", ("2 + 2 = 4", "So 4."), labels=(0.0, None)),
    LabelledSolution("c", "3 + 3?", ("3 + 3 = 6", "\u202eSo 6."), labels=(1.0, 1.0)),
]
SCORES = ((0.9, 0.8), (0.95, 0.9), (0.1, 0.2))


def page_of(rows: list[LabelledSolution], scores: Any = SCORES) -> str:
    given = [(row, {"mine": each}) for row, each in zip(rows, scores, strict=True)]
    values = make_report(given, [JudgedVerifier("mine")], ReportSettings(draws=5), {})
    return report_page(values)


def data_of(page: str) -> dict[str, Any]:
    text = page.partition('id="mistakes">')[2].partition("</script>")[0]
    data: dict[str, Any] = json.loads(text)
    return data


def lines_of(page: str, labels: dict[str, str]) -> str:
    """What the page's own script saves."""
    code = (
        f"import {{ linesOf }} from '{ROOT}/assets/js/verify/labelling.js';"
        "const [cards, labels] = JSON.parse(process.argv[1]);"
        "process.stdout.write(linesOf(cards, labels));"
    )
    given = json.dumps([data_of(page)["cards"], labels])
    done = subprocess.run(
        ["node", "--input-type=module", "-e", code, given],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_what_was_judged_is_read_again_and_written_for_others(tmp_path: Path) -> None:
    page = page_of(ROWS)
    listed = data_of(page)["cards"]["mine"]["mistakes"]
    place = {each["id"]: f"card-1/{at}" for at, each in enumerate(listed)}
    judged = {
        place["a"]: "verifier wrong",
        place["b"]: "label wrong",
        place["c"]: "unclear",
    }
    saved = tmp_path / "labels.jsonl"
    saved.write_text(lines_of(page, judged), encoding="utf-8")
    found = {row.id: row for row in read_labelled(saved)}
    assert set(found) == {"a (mine)", "b (mine)", "c (mine)"}
    assert found["a (mine)"].labels == (0.0, 0.0)
    assert found["b (mine)"].labels == (1.0, None)
    assert found["b (mine)"].problem == "2 + 2? </script>"
    assert found["c (mine)"].labels == (None, 1.0)
    assert found["c (mine)"].steps[1] == "\u202eSo 6."
    assert found["a (mine)"].scores == {"mine": (0.9, 0.8)}
    for target in ("prm800k", "trl"):
        out = tmp_path / f"{target}.jsonl"
        told = convert(saved, target, out, all_rows=False)
        assert out.read_text().count("\n") >= 1, told.said()


def test_a_solution_that_was_judged_as_a_whole_says_whether_its_answer_is_right(
    tmp_path: Path,
) -> None:
    row = LabelledSolution("a", "1 + 1?", ("One", "Two: 3"), answer_right=False)
    page = page_of([row], [(None, 0.9)])
    saved = tmp_path / "labels.jsonl"
    saved.write_text(lines_of(page, {"card-1/0": "label wrong"}), encoding="utf-8")
    assert next(iter(read_labelled(saved))).answer_right is True


def test_what_the_report_does_not_have_whole_cannot_be_labelled() -> None:
    long = LabelledSolution("long", "p" * 5_000, ("x",), labels=(0.0,))
    secret = LabelledSolution("secret", "p", ("x",), labels=(0.0,), secret=True)
    page = page_of([long, secret], [(0.9,), (0.9,)])
    assert 'id="mistakes"' not in page
    assert "data-key=" not in page
    mixed = page_of([long, ROWS[0]], [(0.9,), (0.9, 0.8)])
    assert mixed.count("data-key=") == 1


@pytest.mark.parametrize("count", [FIRST_SHOWN, FIRST_SHOWN + 3])
def test_a_long_list_is_short_at_first(count: int) -> None:
    rows = [LabelledSolution(f"{n}", f"{n}?", ("x",), labels=(0.0,)) for n in range(count)]
    page = page_of(rows, [(0.9,)] * count)
    assert page.count('class="mistake"') == count
    assert ("The next 3 mistakes" in page) is (count > FIRST_SHOWN)
