"""The parts of a remote model that need no server."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml

from search_core.models import open_pair
from search_core.remote import RemoteAddress, is_remote, model_name
from search_core.remote.errors import shown
from search_core.remote.gate import Gate
from search_core.remote.loop import LoopThread
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
T = TypeVar("T")


def test_addresses() -> None:
    parsed = RemoteAddress.parse(
        "http://a:8000/v1/, https://b#model=m&tokenizer=some/folder&timeout=5&in_flight=3"
    )
    assert parsed.urls == ("http://a:8000/v1", "https://b/v1")
    assert (parsed.model, parsed.tokenizer) == ("m", "some/folder")
    assert (parsed.timeout, parsed.in_flight) == (5.0, 3)
    assert {parsed.place_of(str(number)) for number in range(20)} == {0, 1}
    assert parsed.place_of("p") == parsed.place_of("p")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://", "is no server"),
        ("http://a,ftp://b", "is no server"),
        ("http://a:port", "is no address"),
        ("http://user:word@a/v1", "ESPALIER_SOLVER_KEY"),
        ("http://a#colour=red", "Unknown 'colour'"),
        ("http://a#model", "name=value"),
        ("http://a#timeout=soon", "from 1 to 86400"),
        ("http://a#in_flight=0", "from 1 to 4096"),
        ("#model=m", "names no server"),
    ],
)
def test_what_is_no_address(address: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RemoteAddress.parse(address)


def test_a_pair_of_addresses_asks_nobody_before_it_must() -> None:
    pair = open_pair("http://nowhere.invalid:1", "http://nowhere.invalid:2#format=rlhflow")
    assert not pair.embedded
    assert pair.sizes("verifier") == (None, None)
    assert is_remote(pair.solver_path)
    assert model_name(pair.solver_path) == "a model behind a server"
    assert model_name("http://nowhere.invalid:1#model=m&timeout=9") == "m"
    assert "nowhere" not in " ".join(pair.names)
    assert model_name("some/folder") == "folder"


def test_a_servers_words_are_shown_with_care() -> None:
    assert shown("a\n\tb\x00c\x1b[31m") == "a b?c?[31m"
    assert shown("my key is k3y.", "k3y") == "my key is [key]."
    assert len(shown("x" * 10_000)) == 400


def _alone(play: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Runs it on a thread of its own: a browser's test leaves a loop running on this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(play())).result()


def test_the_gate_takes_turns_between_runs() -> None:
    async def play() -> list[str]:
        gate, entered = Gate(1), []

        async def work(run: str) -> None:
            async with gate.turn(run):
                entered.append(run)
                await asyncio.sleep(0)

        await asyncio.gather(*map(work, ["big"] * 5 + ["small"] * 2))
        return entered

    assert _alone(play) == ["big", "big", "small", "big", "small", "big", "big"]


def test_whoever_gives_up_at_the_gate_blocks_nobody() -> None:
    async def play() -> None:
        gate = Gate(1)

        async def work() -> None:
            async with gate.turn("run"):
                await asyncio.sleep(0)

        async with gate.turn("run"):
            waiting = [asyncio.ensure_future(work()) for _ in range(3)]
            await asyncio.sleep(0)
            waiting[0].cancel()
            await asyncio.sleep(0)
        waiting[1].cancel()  # at the moment it is let in
        await asyncio.gather(*waiting, return_exceptions=True)
        await work()

    _alone(lambda: asyncio.wait_for(play(), PATIENCE))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_process_has_a_loop_of_its_own() -> None:
    async def close(made: int) -> None:
        """There is nothing to close."""

    async def work(made: int) -> int:
        return made

    thread = LoopThread(lambda: os.getpid(), close)

    assert thread.run(work, lambda: False) == os.getpid()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, str(thread.run(work, lambda: False) == os.getpid()).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 10) == b"True"


def test_the_manifest() -> None:
    """Every reference of the manifest is answered in it."""
    path = ROOT / "assets" / "deploy" / "kubernetes.yaml"
    parts = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    kinds = [(part["kind"], part["metadata"]["name"]) for part in parts]
    for name in ("vllm", "espalier"):
        assert ("Deployment", name) in kinds
        assert ("Service", name) in kinds
    deployed = {
        part["metadata"]["name"]: part["spec"]["template"]
        for part in parts
        if part["kind"] == "Deployment"
    }
    for part in parts:
        if part["kind"] == "Service":
            chosen = deployed[part["metadata"]["name"]]
            assert part["spec"]["selector"] == chosen["metadata"]["labels"]
            ports = chosen["spec"]["containers"][0]["ports"]
            assert part["spec"]["ports"][0]["port"] == ports[0]["containerPort"]
    args = deployed["espalier"]["spec"]["containers"][0]["args"]
    (solver,) = [arg.removeprefix("--solver=") for arg in args if arg.startswith("--solver=")]
    assert RemoteAddress.parse(solver).urls == ("http://vllm:8000/v1",)
