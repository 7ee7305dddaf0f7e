"""What a server holds of runs: counted in bytes, bounded for all and for each, and read once."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from components.charts.drawing import charts_of_run
from components.explorer.following import EVENTS_PER_PULL, puller
from search_core.bench.synthetic import synthetic_log
from search_core.log.events import Event, event_to_dict, event_to_json
from search_core.log.traces import OpenedLimits, read_trace, write_trace
from search_core.log.tree import Tree
from search_core.serving import (
    HostedRun,
    RunRegistry,
    batch_of_lines,
    encode_batch,
    encoded_log,
    open_file,
    trace_writer,
    values_of,
    values_of_batch,
)
from search_core.serving.encoded_log import EncodedLog
from search_core.serving.findings import BYTES_PER_NODE
from search_core.serving.memory import RunMemory
from search_core.serving.storage import RunStorage
from tests.test_following import fake_events

LOG = fake_events(32)


@pytest.fixture(scope="module")
def long_log() -> list[Event]:
    return synthetic_log(3_000)


def held(name: str, owner: str = "", events: Sequence[Event] = tuple(LOG)) -> HostedRun:
    return HostedRun.finished(name, events, owner=owner)


SIZE = held("one").size


# The log as text ------------------------------------------------------------------------------


def test_a_log_gives_back_its_events_from_anywhere() -> None:
    run = held("one")
    assert run.events() == LOG
    assert run.since(3, 2) == LOG[3:5]
    assert run.since(len(LOG), 2) == run.since(len(LOG) + 7, 2) == []
    assert values_of(run.lines(5, 4)) == [event_to_dict(event) for event in LOG[5:9]]
    assert values_of([]) == []


def test_a_log_made_of_its_text_is_the_same() -> None:
    text = "".join(event_to_json(event) + "\n" for event in LOG).encode()
    log = EncodedLog(LOG)
    assert log.has_text(text)
    assert EncodedLog.of_text(text).lines() == log.lines()
    assert not log.has_text(text[:-1])


def test_a_batch_of_lines_is_a_batch_of_events() -> None:
    run = held("one")
    assert batch_of_lines(4, run.lines(4, 6)) == encode_batch(LOG[4:10])
    assert values_of_batch(encode_batch(LOG)) == [event_to_dict(event) for event in LOG]


def test_a_batch_says_what_its_events_say_to_the_letter() -> None:
    traces = Path(__file__).parent / "golden" / "traces_v1"
    for path in sorted(traces.glob("*.jsonl")):
        lines = path.read_text("utf-8").splitlines()
        for first, size in ((0, len(lines)), (1, 5), (3, 1)):
            batch = batch_of_lines(first, lines[first : first + size])
            sent = [json.dumps(value) for value in values_of_batch(batch)]
            assert sent == [json.dumps(json.loads(line)) for line in lines[first : first + size]]


def test_what_differs_in_type_alone_or_is_missing_is_kept_apart() -> None:
    values = [
        {"seq": 4, "kind": "a", "x": 1, "list": [1], "gone": 0},
        {"seq": 5, "kind": "a", "x": 1.0, "list": [1]},
        {"seq": 6, "kind": "a", "x": True, "list": [1], "more": {"y": 2}},
        {"seq": 7, "kind": "a", "x": None},
        {"seq": 8, "kind": "b", "x": "ü"},
    ]
    batch = batch_of_lines(4, [json.dumps(value) for value in values])
    assert repr(values_of_batch(batch)) == repr(values)


def test_a_standard_run_costs_the_page_250_bytes_a_node_at_most() -> None:
    traces = Path(__file__).parents[1] / "assets" / "traces"
    for name in ("countdown-beam-search", "expression-beam-search", "word-problem-beam-search"):
        events = read_trace(traces / f"{name}.jsonl").events
        batches = [encode_batch(events[at : at + 48]) for at in range(0, len(events), 48)]
        sent = sum(len(json.dumps(batch, ensure_ascii=False).encode()) for batch in batches)
        nodes = sum(event.kind == "sampled" for event in events)
        assert sent / nodes <= 250, name


def test_the_bytes_of_a_run_are_those_that_it_takes(long_log: list[Event]) -> None:
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        run = held("one", events=long_log)
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert taken / 1.1 < run.size < 1.1 * taken + 4_000


def test_the_bytes_of_a_folded_tree_are_at_least_about_those_that_it_takes(
    long_log: list[Event],
) -> None:
    run = HostedRun("live-run")
    for event in long_log:
        run.add(event)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        run.find("nothing", lambda fold: bool(fold()), lambda _: 1)
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert taken / 1.5 < BYTES_PER_NODE * 3_000 < 2 * taken


# One budget -----------------------------------------------------------------------------------


def test_what_nobody_asked_for_longest_leaves_first() -> None:
    memory = RunMemory(4 * SIZE)
    for name in "abcd":
        memory.hold(held(name))
    assert memory.get("a") is not None
    memory.hold(held("e"))
    assert [run.id for run in memory.runs()] == ["c", "d", "a", "e"]
    assert memory.size <= 4 * SIZE


def test_one_owner_pushes_out_only_his_own() -> None:
    memory = RunMemory(9 * SIZE)
    memory.hold(held("other", "somebody"))
    for number in range(20):
        memory.hold(held(f"mine-{number}", "me"))
    assert [run.id for run in memory.runs()] == ["other", "mine-17", "mine-18", "mine-19"]


def test_live_runs_and_the_newest_stay_whatever_they_take() -> None:
    memory = RunMemory(1)
    live = HostedRun("live")
    for event in LOG:
        live.add(event)
    memory.hold(live)
    memory.hold(held("first"))
    memory.hold(held("second"))
    assert [run.id for run in memory.runs()] == ["live", "second"]
    live.close()
    memory.make_room()
    assert [run.id for run in memory.runs()] == ["second"]


def test_what_is_found_out_of_a_run_counts_and_makes_others_leave() -> None:
    memory = RunMemory(4 * SIZE)
    for name in "abc":
        memory.hold(held(name))
    run = memory.get("c")
    assert run is not None
    run.find("something large", lambda _: "x", lambda _: 3 * SIZE)
    assert [run.id for run in memory.runs()] == ["c"]


@pytest.mark.parametrize("room", [0, -5])
def test_no_room_is_refused(room: int) -> None:
    with pytest.raises(ValueError, match=f"{room} bytes; expected at least 1"):
        RunMemory(room)


@pytest.mark.parametrize("share", [0.0, 1.5])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="above 0, at most 1"):
        RunMemory(SIZE, share)


# Opened again from the folder -----------------------------------------------------------------


class Counted:
    """A folder that counts how often a whole trace was checked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.checks = 0
        read = RunStorage.read

        def counting(storage: RunStorage, run_id: str) -> Any:
            self.checks += 1
            return read(storage, run_id)

        monkeypatch.setattr(RunStorage, "read", counting)


def test_what_left_memory_opens_again_without_being_checked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted(monkeypatch)
    registry = RunRegistry(tmp_path, most_bytes=1)
    first, second = registry.add_opened(LOG), registry.add_opened(LOG)
    again = registry.get(first.id)
    assert again is not None
    assert again is not first
    assert again.events() == LOG
    assert not again.live
    assert registry.get(second.id) is not second
    assert counted.checks == 0


def test_a_file_of_somebody_else_is_checked_once_and_whenever_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted(monkeypatch)
    for name in ("from-before", "another-one"):
        write_trace([LOG[0].model_copy(update={"run": name}), *LOG[1:]], tmp_path / f"{name}.jsonl")
    registry = RunRegistry(tmp_path, most_bytes=1)
    for _ in range(3):
        assert registry.get("from-before") is not None
        assert registry.get("another-one") is not None
    assert counted.checks == 2
    with (tmp_path / "from-before.jsonl").open("a") as file:
        file.write("<html>\n")
    registry.get("another-one")
    assert registry.get("from-before") is None
    assert counted.checks == 3


# Folded once ----------------------------------------------------------------------------------


class Folds:
    """Counts the events that are applied to trees."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.applied = 0
        apply = Tree.apply

        def counting(tree: Tree, event: Event) -> None:
            self.applied += 1
            apply(tree, event)

        monkeypatch.setattr(Tree, "apply", counting)


def pulled(registry: RunRegistry, run: HostedRun) -> list[dict[str, Any]]:
    pull, events = puller(registry), []
    while len(events) < run.head:
        reply = pull({"run": run.id, "since": len(events)})
        assert "rows" in reply["comparison"]
        events += reply["events"]
    return events


def test_all_pages_of_a_run_that_is_over_take_one_fold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long_log: list[Event]
) -> None:
    registry = RunRegistry(tmp_path)
    run = registry.pin("recorded-run", long_log)
    folds = Folds(monkeypatch)
    assert run.head > 3 * EVENTS_PER_PULL
    assert pulled(registry, run) == [event_to_dict(event) for event in long_log]
    assert folds.applied == run.head
    pulled(registry, run)
    assert folds.applied == run.head


def test_a_tree_that_is_there_already_is_not_folded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_trace(LOG, tmp_path / "log.jsonl")
    opened = open_file(tmp_path / "log.jsonl", OpenedLimits())
    folds = Folds(monkeypatch)
    registry = RunRegistry(tmp_path / "runs")
    pulled(registry, registry.add_opened(opened.log, comparison=opened.comparison))
    assert folds.applied == 0


def test_what_left_memory_is_not_folded_again_when_it_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folds = Folds(monkeypatch)
    registry = RunRegistry(tmp_path, most_bytes=1)
    runs = [registry.add_opened(LOG), registry.add_opened(LOG)]
    assert folds.applied == 2 * len(LOG)
    for _ in range(3):
        for run in runs:
            pulled(registry, run)
    assert folds.applied == 2 * len(LOG)


def test_an_opened_file_holds_no_tree_while_it_waits_to_be_looked_at(tmp_path: Path) -> None:
    run = RunRegistry(tmp_path).add_opened(LOG)
    assert run.size < held("its log alone").size + 5_000


def test_while_a_run_is_live_only_new_events_are_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    folds, run = Folds(monkeypatch), HostedRun("live-run")
    looks: list[int] = []

    def look(fold: Any) -> int:
        looks.append(len(fold().nodes))
        return looks[-1]

    for event in LOG:
        run.add(event)
        assert run.find("nodes", look, lambda _: 8) == run.find("nodes", look, lambda _: 8)
    run.close()
    assert run.find("nodes", look, lambda _: 8) == len(Tree.from_events(LOG).nodes)
    assert folds.applied == 2 * len(LOG)  # the tree that is compared with is one of them
    assert looks == sorted(looks)
    assert len(looks) == len(LOG)


def test_a_run_that_is_on_no_disk_leaves_memory_last() -> None:
    lost, kept, last = held("lost"), held("kept"), held("last")
    lost.lose("the disk is full")
    memory = RunMemory(lost.size + last.size)
    for run in (lost, kept, last):
        memory.hold(run)
    assert [run.id for run in memory.runs()] == ["lost", "last"]


def test_an_opened_log_is_encoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[Event] = []

    def counting(event: Event) -> str:
        encoded.append(event)
        return event_to_json(event)

    for module in (encoded_log, trace_writer):
        monkeypatch.setattr(module, "event_to_json", counting)
    run = RunRegistry(tmp_path).add_opened(LOG)
    assert encoded == LOG
    (written,) = tmp_path.rglob(f"{run.id}*")
    assert written.read_text().splitlines() == [event_to_json(event) for event in LOG]


# Charts ---------------------------------------------------------------------------------------


def test_charts_of_a_run_are_made_once_for_each_theme_of_one_fold(
    monkeypatch: pytest.MonkeyPatch, long_log: list[Event]
) -> None:
    run = HostedRun.finished("one", long_log)
    folds = Folds(monkeypatch)
    first = charts_of_run(run, "light")
    assert charts_of_run(run, "light") is first
    assert charts_of_run(run, "dark") is charts_of_run(run, "dark")
    assert folds.applied == run.head


def test_charts_of_a_live_run_are_made_anew_only_when_there_are_new_events(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folds, run = Folds(monkeypatch), HostedRun("live-run")
    assert charts_of_run(run, "light") == ()
    drawn = []
    for event in LOG:
        run.add(event)
        drawn += [charts_of_run(run, "light") for _ in range(2)] if event.seq % 20 == 0 else []
    assert all(first is second for first, second in zip(drawn[::2], drawn[1::2], strict=True))
    assert folds.applied == LOG[-1].seq // 20 * 20 + 1


def test_charts_that_are_kept_are_counted(long_log: list[Event]) -> None:
    run = HostedRun.finished("one", long_log)
    before = run.size
    drawn = charts_of_run(run, "light")
    assert drawn
    assert run.size - before > sum(len(chart.figure) for chart in drawn)
