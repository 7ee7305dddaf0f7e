"""A score costs its step: what was read is kept, and changes no score, whoever else asks."""

from __future__ import annotations

import gc
import json
import os
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from search_core.engine.coroutines import completed
from search_core.engine.memory.budget import MemoryBudget
from search_core.engine.memory.out_of_memory import SequenceTooLargeError
from search_core.engine.reading.call_batcher import BatchedCall, CallBatcher
from search_core.engine.reading.prefill import prefill
from search_core.engine.reading.reader import Reader
from search_core.engine.reading.readouts import label_readout
from search_core.protocols import KeepsPaths, RunCancelled, ScoreRequest, Watch
from search_core.verifiers import TransformersVerifier, load_verifier
from tests.examples import examples
from tests.tiny_models import tiny_verifier
from tests.waiting import PATIENCE, wait_until

PROBLEMS = ("3 + 4", "Use 3 7 8", "")
STEPS = ("a", "b.", "longer step", "")
PATHS = st.lists(st.sampled_from(STEPS), min_size=1, max_size=5).map(tuple)
READING = {
    "step": {"head": 1.0, "total": 0.25, "least": 0.5},
    "solution": {"head": 2.0, "total": 0.5, "shift": -1.0},
}


def go_on() -> bool:
    return False


def made(folder: Path, **config: Any) -> TransformersVerifier:
    tiny_verifier(folder)
    values = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**values, **config}))
    return load_verifier(folder, device="cpu")


@pytest.fixture(scope="module", params=["labels", "likelihood"])
def verifier(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> TransformersVerifier:
    config = {"score_reading": READING} if request.param == "likelihood" else {}
    return made(tmp_path_factory.mktemp("verifier"), **config)


def reader_of(verifier: TransformersVerifier) -> Reader:
    assert isinstance(verifier._reader, Reader)
    return verifier._reader


def whole(verifier: TransformersVerifier, one: ScoreRequest) -> list[float]:
    """One forward pass over the whole path, nothing kept, nobody else in the batch."""
    model = verifier._loaded.model
    text = completed(verifier._format.texts(one.problem, one.steps, one.first, one.finished))[0]
    ids = torch.tensor([text.ids])
    with torch.inference_mode():
        hidden = model.model(ids).last_hidden_state[0]
        known = torch.log_softmax(hidden @ model.get_input_embeddings().weight.T, -1)
        each = torch.cat([torch.zeros(1), known[:-1].gather(-1, ids[0, 1:, None])[:, 0]])
        each[: text.start] = 0
        at = list(text.at)
        total, least = each.cumsum(0)[at], each.cummin(0).values[at]
        readout = label_readout(model)
        return readout.values(hidden[at], ids[0, at], total, least).tolist()


REQUESTS = st.builds(
    lambda problem, steps, first, finished, run: ScoreRequest(
        problem, steps, min(first, len(steps) - 1), finished, (), run
    ),
    st.sampled_from(PROBLEMS),
    PATHS,
    st.integers(0, 4),
    st.booleans(),
    st.sampled_from(["one", "two"]),
)
LET_GO = st.tuples(st.sampled_from(["one", "two"]), st.sampled_from(PROBLEMS), st.none() | PATHS)
BATCHES = st.lists(st.one_of(st.lists(REQUESTS, min_size=1, max_size=6), LET_GO), max_size=5)


@examples(15)
@given(BATCHES, st.sampled_from([0, 3000, 10**9]))
def test_no_score_depends_on_what_is_kept_or_on_who_else_asks(
    verifier: TransformersVerifier, batches: list[Any], kept: int
) -> None:
    reader = reader_of(verifier)
    reader.forget()
    reader.cache.budget = kept
    for batch in batches:
        if isinstance(batch, tuple):
            run, problem, path = batch
            verifier.release(run, problem, None if path is None else [path])
            continue
        for one, scores in zip(batch, verifier.score(batch, go_on), strict=True):
            assert scores.scores == pytest.approx(whole(verifier, one), abs=1e-4)
            text = completed(
                verifier._format.texts(one.problem, one.steps, one.first, one.finished)
            )[0]
            counted = scores.tokens + scores.reused - len(text.ids)
            # What was forgotten in the middle of a call is computed, and counted, again. So is
            # the last token of a beginning that was read for many, where likelihood counts.
            again = 2 if reader._readout.next_token else 0
            assert counted >= 0
            assert kept < 10**9 or counted <= again
    assert reader.cache.bytes <= kept


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> TransformersVerifier:
    return made(tmp_path_factory.mktemp("plain"), max_position_embeddings=4096)


@pytest.fixture(autouse=True)
def nothing_kept(plain: TransformersVerifier) -> None:
    reader_of(plain).forget()
    reader_of(plain).cache.budget = 10**9


def search(beams: int, steps: int) -> list[list[tuple[str, ...]]]:
    """The paths of a beam search, round by round: a quarter of them goes on."""
    rounds = [[(f"{beam:030d}",) for beam in range(beams)]]
    while len(rounds) < steps:
        parents = rounds[-1][:: beams // 4]
        depth = len(rounds)
        rounds.append([(*parents[beam // 4 % 4], f"{depth}{beam:029d}") for beam in range(beams)])
    return rounds


def test_ten_steps_cost_a_ninth_of_rescoring_each_path(plain: TransformersVerifier) -> None:
    problem = "p" * 200
    computed = rescored = 0
    for paths in search(16, 10):
        wanted = [ScoreRequest(problem, path, len(path) - 1, False, (), "run") for path in paths]
        for scores in plain.score(wanted, go_on):
            computed += scores.tokens
            rescored += scores.tokens + scores.reused
    # Exactly: the problem once, and 16 new steps a round.
    prompt = len(completed(plain._format.texts(problem, ("",), 0, False))[0].ids) - 1
    assert computed == prompt + 10 * 16 * 31
    assert rescored / computed > 9


def test_siblings_read_what_they_share_once(plain: TransformersVerifier) -> None:
    path = ("first " * 10, "second " * 10)
    wanted = [ScoreRequest("p" * 50, (*path, str(n)), 2, False, ()) for n in range(4)]
    replies = plain.score(wanted, go_on)
    texts = [completed(plain._format.texts(one.problem, one.steps, 2, False))[0] for one in wanted]
    assert [reply.tokens for reply in replies] == [len(texts[0].ids), 2, 2, 2]
    assert [reply.reused for reply in replies] == [0, *[len(texts[1].ids) - 2] * 3]


def test_a_finished_solution_leaves_nothing_but_the_problem(plain: TransformersVerifier) -> None:
    one = ScoreRequest("problem", ("a step", "The answer is 7."), 0, True, (), "run")
    plain.score([one], go_on)
    text = completed(plain._format.texts(one.problem, one.steps, 0, True))[0]
    assert reader_of(plain).cache.tokens == text.start


def test_released_paths_are_freed(plain: TransformersVerifier) -> None:
    assert isinstance(plain, KeepsPaths)
    for step in ("b", "c"):
        plain.score([ScoreRequest("p", ("a", step), 0, False, (), "run")], go_on)
    cache = reader_of(plain).cache
    both = cache.tokens
    plain.release("run", "p", [("a", "b")])
    settle(plain)
    assert cache.tokens == both - 2  # "b" and its delimiter
    plain.release("run", "p")
    settle(plain)
    assert cache.tokens == 0


def settle(verifier: TransformersVerifier) -> None:
    """Waits until the thread that computes has done what was put off."""
    done = threading.Event()
    verifier._batcher.later(done.set)
    assert done.wait(PATIENCE)


def test_calls_of_several_threads_are_computed_together(
    plain: TransformersVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    entered, go = threading.Event(), threading.Event()
    read = Reader.read

    def watched(reader: Reader, asked: Sequence[Any]) -> Any:
        batches.append(len(asked))
        entered.set()
        go.wait(PATIENCE)
        return read(reader, asked)

    monkeypatch.setattr(Reader, "read", watched)
    found: dict[int, float] = {}

    def ask(number: int) -> None:
        one = ScoreRequest("p", (f"step {number}",), 0, False, (), str(number))
        found[number] = plain.score([one], go_on)[0].scores[0]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
    threads[0].start()
    assert entered.wait(PATIENCE)
    for thread in threads[1:]:
        thread.start()
    wait_until(lambda: len(plain._batcher._waiting) == 4, "Four calls that wait")
    go.set()
    for thread in threads:
        thread.join()
    assert batches == [1, 4]
    for number, score in found.items():
        one = ScoreRequest("p", (f"step {number}",), 0, False, ())
        assert score == pytest.approx(whole(plain, one)[0], abs=1e-4)


def test_a_cancelled_call_leaves_and_the_others_stay(
    plain: TransformersVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    read = Reader._read_batch

    def stopping(reader: Reader, jobs: Any) -> None:
        stop.set()
        read(reader, jobs)

    monkeypatch.setattr(Reader, "_read_batch", stopping)
    model = plain._loaded.model
    one_by_one = Reader(model, label_readout(model), budget=MemoryBudget(batch=1))
    monkeypatch.setattr(plain, "_reader", one_by_one)
    errors: list[Exception] = []

    def ask_and_leave() -> None:
        try:
            many = [ScoreRequest("p", (f"x {n}",), 0, False, (), "gone") for n in range(50)]
            plain.score(many, stop.is_set)
        except RunCancelled as error:
            errors.append(error)

    thread = threading.Thread(target=ask_and_leave)
    thread.start()
    (stays,) = plain.score([ScoreRequest("p", ("y",), 0, False, (), "stays")], go_on)
    thread.join()
    assert len(errors) == 1
    assert len(stays.scores) == 1


def test_out_of_memory_splits_the_batch_and_says_so(
    plain: TransformersVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Reader._read_together

    def tight(reader: Reader, jobs: Any) -> None:
        if len(jobs) > 2:
            raise torch.OutOfMemoryError("no room")
        read(reader, jobs)

    monkeypatch.setattr(Reader, "_read_together", tight)
    watch = Watch(go_on)
    wanted = [ScoreRequest("p", (f"step {n}",), 0, False, ()) for n in range(8)]
    for one, scores in zip(wanted, plain.score(wanted, watch), strict=True):
        assert scores.scores == pytest.approx(whole(plain, one), abs=1e-4)
    messages = watch.warnings()
    assert messages[0].startswith("The verifier ran out of memory: its batch of 8 paths was split")


def test_what_a_failed_pass_held_is_gone_when_it_is_tried_again(
    plain: TransformersVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its tensors would take the memory that the second try needs."""
    held: list[weakref.ref[torch.Tensor]] = []
    alive: list[int] = []

    def tight(*given: Any) -> Any:
        alive.append(sum(one() is not None for one in held))
        paths = given[3]
        if len(paths) > 1:
            activations = torch.zeros(8)
            held.append(weakref.ref(activations))
            try:
                raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
            except RuntimeError as error:
                raise torch.OutOfMemoryError("no room") from error
        return prefill(*given)

    monkeypatch.setattr("search_core.engine.reading.reader.prefill", tight)
    wanted = [ScoreRequest("p", (f"step {n}",), 0, False, ()) for n in range(4)]
    collects = gc.isenabled()
    gc.disable()  # Nothing but the last reference may free them.
    try:
        found = plain.score(wanted, go_on)
    finally:
        if collects:
            gc.enable()
    assert len(held) >= 3
    assert alive == [0] * len(alive)
    for one, scores in zip(wanted, found, strict=True):
        assert scores.scores == pytest.approx(whole(plain, one), abs=1e-4)


def test_a_path_that_does_not_fit_fails_its_asker_alone_and_says_so(
    plain: TransformersVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Reader._read_together

    def tight(reader: Reader, jobs: Any) -> None:
        if any(job.end > 40 for job in jobs):
            raise RuntimeError("MPS backend out of memory")
        read(reader, jobs)

    monkeypatch.setattr(Reader, "_read_together", tight)
    reader = Reader(plain._loaded.model, label_readout(plain._loaded.model))
    monkeypatch.setattr(plain, "_reader", reader)
    long = ScoreRequest("p", ("x " * 60,), 0, False, ())
    short = ScoreRequest("p", ("y",), 0, False, ())
    calls = [BatchedCall([one], Watch(go_on)) for one in (long, short)]
    plain._batcher._answer(calls)
    with pytest.raises(SequenceTooLargeError, match="does not suffice to read one path of"):
        calls[0].result(0)
    assert len(calls[1].result(0)[0].scores) == 1


@pytest.mark.parametrize("kind", ["mistral", "gemma2", "stablelm"])  # windows; and a cap; its own
def test_windows_are_continued_and_what_cannot_be_cut_is_read_whole_and_says_so_once(
    tmp_path: Path, kind: str
) -> None:
    from transformers import AutoConfig, AutoModelForTokenClassification

    from tests.tiny_models import tiny_config, tiny_tokenizer

    values = tiny_config(num_labels=2).to_dict()
    for name in ("model_type", "architectures", "rope_parameters"):
        values.pop(name, None)
    torch.manual_seed(0)
    config = AutoConfig.for_model(kind, **{**values, "sliding_window": 24})
    AutoModelForTokenClassification.from_config(config).save_pretrained(tmp_path)
    tiny_tokenizer().save_pretrained(tmp_path)
    verifier = load_verifier(tmp_path, device="cpu")
    watch = Watch(go_on)
    path: tuple[str, ...] = ()
    reused = []
    for number in range(6):
        path = (*path, f"step {number}")
        one = ScoreRequest("3 + 4", path, number, False, (), "run")
        (scores,) = verifier.score([one], watch)
        assert scores.scores == pytest.approx(whole(verifier, one), abs=1e-4)
        reused.append(scores.reused)
    messages = watch.warnings()
    if kind != "stablelm":
        assert reused[-1] > 24  # more than a window
        assert reused == sorted(reused)
        assert messages == []
    else:
        assert set(reused) == {0}
        (message,) = messages
        assert "from its beginning" in message


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_starts_its_own_worker() -> None:
    batcher: CallBatcher[int, int] = CallBatcher(
        lambda calls: (
            [call.set_result([number + 1 for number in call.requests]) for call in calls] and None
        ),
        lambda: None,
    )
    assert batcher([1], go_on) == [2]
    child = os.fork()
    if child == 0:
        os._exit(0 if batcher([2], go_on) == [3] else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_what_goes_wrong_goes_to_those_who_asked() -> None:
    def work(calls: Any) -> None:
        raise ZeroDivisionError("broken")

    batcher: CallBatcher[int, int] = CallBatcher(work, lambda: None)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            batcher([1], go_on)
