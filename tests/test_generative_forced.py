"""Verifiers that reason, over models whose words are forced: boxes, stops, a whole search."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from search_core.engine.checkpoints.checkpoint import find_checkpoint
from search_core.engine.checkpoints.loading import load_checkpoint
from search_core.engine.checkpoints.tokenizers import load_tokenizer
from search_core.engine.reading.path_reading import PathText, ReadRequest
from search_core.engine.reading.readouts import PairReadout, language_head
from search_core.engine.writing.requests import DecodeRequest
from search_core.engine.writing.text_calls import TextCall, TextRequest
from search_core.engine.writing.text_writer import TextWriter
from search_core.protocols import Sampling, ScoreRequest, Watch
from search_core.search import search
from search_core.verifiers import load_verifier
from search_core.verifiers.generative import GenerativeVerifier
from search_core.verifiers.generative.prompts import JUDGE
from tests.fakes import World
from tests.forced_words import forced_verdicts, ratio, scripted
from tests.tiny_models import tiny_tokenizer
from tests.waiting import wait_until


def go_on() -> bool:
    return False


def request(*steps: str) -> ScoreRequest:
    return ScoreRequest("3 + 4?", steps, 0, False, (0.0,) * len(steps), "r")


def verifier_of(folder: Path, format_: str) -> GenerativeVerifier:
    verifier = load_verifier(folder, format=format_, device="cpu", dtype="float32")
    assert isinstance(verifier, GenerativeVerifier)
    return verifier


def test_the_verdicts_of_a_chain_are_read_in_its_boxes(tmp_path: Path) -> None:
    folder = forced_verdicts(tmp_path, correct=0.5, incorrect=0.25)
    verifier = verifier_of(folder, "thinkprm")
    [reply] = verifier.score([request("a")], go_on)
    assert reply.scores == pytest.approx([ratio(0.25)], abs=1e-4)
    [unfitting] = verifier.score([request("a", "b")], go_on)
    assert unfitting.scores == (None, None), "one verdict for two steps is none"


def test_a_chain_that_goes_on_is_as_long_as_it_may_be(tmp_path: Path) -> None:
    """Its second verdict stands before the limit, or it is no score."""
    folder = scripted(
        tmp_path,
        {
            ":": {"\\boxed{": 1},
            "\\boxed{": {"correct": 0.5},
            "correct": {"}\nStep 2 is ": 1},
            "}\nStep 2 is ": {"\\boxed{": 1},
        },
    )
    two = verifier_of(folder, "thinkprm:tokens=6")
    [reply] = two.score([request("a", "b")], go_on)
    assert reply.scores == pytest.approx([ratio(0.5)] * 2, abs=1e-4)
    for tokens in (5, 9):  # one verdict, and three
        [cut] = verifier_of(folder, f"thinkprm:tokens={tokens}").score([request("a", "b")], go_on)
        assert cut.scores == (None, None)


def test_reasoning_stops_at_a_text_of_several_tokens(tmp_path: Path) -> None:
    """It writes "ok", then "Verdict:", a token for each letter, and then x for ever."""
    said = ["<|assistant|>", *"okVerdict:x", "x"]
    script = {one: {other: 1.0} for one, other in pairwise(said)}
    folder = scripted(tmp_path, script)
    [reply] = verifier_of(folder, "judge:reason").score([request("a")], go_on)
    (_, task), (_, asked) = JUDGE.messages("3 + 4?", ("a",), ())
    text = f"<|user|>{task}<|end|>\n<|user|>{asked}<|end|>\n<|assistant|>"
    prompt = len(load_tokenizer(folder)(text, add_special_tokens=False)["input_ids"])
    # The blank line before the verdict is one token.
    written, read = len("okVerdict:"), len(JUDGE.closing + " ") - 1
    # What was written up to the stop is not computed again to read the verdict behind it.
    assert (reply.tokens, reply.reused) == (prompt + written + read, prompt + len("ok"))


def writer_of(folder: Path, stops: tuple[str, ...]) -> TextWriter:
    loaded = load_checkpoint(find_checkpoint(folder), "ForCausalLM", "cpu", "float32")
    readout = PairReadout(language_head(loaded.model), 1, 2)
    return TextWriter(loaded.model, loaded.tokenizer, loaded.lock, stops, [3], readout)


def text_request(limit: int, stops: tuple[str, ...], seed: int = 0) -> TextRequest:
    prompt = tuple(tiny_tokenizer()("hello a")["input_ids"])
    return TextRequest(DecodeRequest(prompt, seed, limit, "r"), stops)


def test_what_only_looks_like_a_stop_is_written_on(tmp_path: Path) -> None:
    """It writes "abzxbz" and so on: "bz" ends one of the stops, but not behind an a."""
    said = ["a", "b", "z", "x", "b"]
    script = {one: {other: 1.0} for one, other in pairwise(said)}
    stops = ("abc", "xbz")
    writer = writer_of(scripted(tmp_path, script), stops)
    requests = [text_request(limit, stops) for limit in (50, 4)]
    whole, cut = writer.write(requests, Sampling(0), Watch(go_on))
    assert (whole.text, whole.cut) == ("bz", False)
    assert [len(part.tokens) for part in whole.parts] == [2, 3]
    assert (cut.text, cut.cut) == ("bzxb", True)
    assert writer.write([], Sampling(0), Watch(go_on)) == []
    # Texts are kept until their run has read something, prompts but for their last token.
    wait_until(lambda: writer.cached_tokens > 6)
    text = PathText(requests[0].start.prompt, (6,), 6, 6, 6)
    writer.read([ReadRequest(text, "r", Watch(go_on))], Watch(go_on))
    wait_until(lambda: writer.cached_tokens == 6)
    writer.release("r")
    wait_until(lambda: writer.cached_tokens == 0)


def test_parts_of_a_text_are_drawn_apart(tmp_path: Path) -> None:
    """Any two letters look like the end of a stop here, so that each part has two."""
    even = {"a": 1.0, "b": 1.0}
    stops = ("xab", "yba")
    writer = writer_of(scripted(tmp_path, {"a": even, "b": even}), stops)
    requests = [text_request(40, stops, seed) for seed in range(8)]
    found = writer.write(requests, Sampling(0.5), Watch(go_on))
    assert all(len(one.parts) == 20 for one in found)
    for one in found:
        assert len({one.text[at : at + 2] for at in range(0, 40, 2)}) > 1
    assert len({one.text for one in found}) == 8
    [alone] = writer.write(requests[3:4], Sampling(0.5), Watch(go_on))
    assert alone.text == found[3].text


def test_a_text_that_is_called_off_between_two_tokens_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = writer_of(scripted(tmp_path, {"a": {"a": 1.0}}), ("xyz",))
    call = TextCall([text_request(40, ("xyz",))], Sampling(0), Watch(go_on))
    call.start(writer._decoder)
    writer._writing.append(call)
    step = writer._decoder.step

    def step_and_call_off() -> bool:
        more = step()
        call.cancel()
        return more

    monkeypatch.setattr(writer._decoder, "step", step_and_call_off)
    assert writer._turn()  # The decoder has not heard of it yet.
    assert not writer._writing
    while writer._turn():
        pass
    assert not writer._decoder._calls
    assert writer.cached_tokens == 0


def test_a_beam_search_in_this_process(tmp_path: Path) -> None:
    folder = forced_verdicts(tmp_path, correct=0.25, incorrect=0.5)
    verifier = verifier_of(folder, "thinkprm")
    result = search(
        "3 + 4?", "beam_search", solver=World().solver(), verifier=verifier, n=8, beam_width=2
    )
    assert result.tree.finished is not None
    assert result.tree.finished.status == "completed"
    scores = [node.score for node in result.tree.steps() if node.score is not None]
    assert scores == pytest.approx([ratio(-0.25)] * len(scores), abs=1e-4)
    assert result.cost.verifier_flops > 0
    assert result.cost.verified > 100 * len(scores)
    wait_until(lambda: verifier.memory() == 0)
