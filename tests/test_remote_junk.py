"""Whatever JSON a server sends is read, or is a `RemoteError` that says what it sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.protocols import StepSample
from search_core.remote import llama_cpp, sglang, token_pair
from search_core.remote.completions import Ask, OpenAIDialect, complete
from search_core.remote.connection import served
from search_core.remote.errors import RemoteError
from search_core.remote.llama_cpp import LlamaCppDialect
from search_core.remote.pooling import classify
from search_core.remote.server import DONE
from search_core.remote.tokens import server_tokens
from search_core.run.replies import checked_samples
from search_core.verifiers.formats import PathText

ASK = Ask("p", 2, 8, 1.0, 1.0, 1)
NUMBERS = st.none() | st.booleans() | st.integers(-3, 3) | st.integers() | st.floats()
VALUES = st.recursive(
    NUMBERS | st.text(st.characters(), max_size=3) | st.sampled_from(["stop", "length", "abort"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=5,
)


def like(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """An object with some of these fields, each sometimes something else; or something else."""
    optional = {name: field | VALUES for name, field in fields.items()}
    return st.fixed_dictionaries({}, optional=optional) | VALUES


def several(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=2)


CHOICE = like(
    index=st.integers(0, 1),
    text=st.text(st.characters(), max_size=3),
    finish_reason=st.sampled_from(["stop", "length", "abort", None]),
    stop_reason=st.just("\n\n"),
    logprobs=like(
        token_logprobs=several(NUMBERS),
        top_logprobs=several(st.dictionaries(st.sampled_from(["+", "-", "token_id:1"]), NUMBERS)),
    ),
)
USAGE = like(
    prompt_tokens=NUMBERS,
    completion_tokens=NUMBERS,
    prompt_tokens_details=like(cached_tokens=NUMBERS),
)
OBJECT = st.fixed_dictionaries(
    {},
    optional={
        "choices": several(CHOICE) | VALUES,
        "usage": USAGE,
        "data": several(
            like(
                id=st.just("m"),
                data=several(several(NUMBERS)),
                meta=like(n_ctx=NUMBERS),
                max_model_len=NUMBERS,
            )
        )
        | VALUES,
        "tokens": several(NUMBERS) | VALUES,
        "index": NUMBERS | VALUES,
        "content": VALUES,
        "stop": st.booleans(),
        "stop_type": st.sampled_from(["eos", "word", "limit"]) | VALUES,
        "tokens_predicted": NUMBERS,
        "tokens_evaluated": NUMBERS,
        "timings": like(cache_n=NUMBERS),
        "completion_probabilities": several(
            like(
                logprob=NUMBERS,
                top_probs=several(like(id=st.integers(1, 2), prob=st.floats(0, 1))),
            )
        ),
        "meta_info": like(
            prompt_tokens=NUMBERS,
            output_token_ids_logprobs=several(several(several(NUMBERS))),
        ),
    },
)


class Stub:
    """Sends these objects, whatever it is asked."""

    name, url, root = "s", "http://s/v1", "http://s"

    def __init__(self, objects: list[Mapping[str, Any]], *, whole: bool) -> None:
        self._objects, self._whole = objects, whole

    async def events(self, *_: Any) -> AsyncIterator[Mapping[str, Any]]:
        for value in self._objects:
            yield value
        if self._whole:
            yield DONE

    async def get(self, _: str) -> Mapping[str, Any]:
        return self._objects[0] if self._objects else {}

    async def post(self, *_: Any) -> Mapping[str, Any]:
        return await self.get("")


def ask(work: Awaitable[Any]) -> Any:
    """What comes of it; None where the server is said to have sent something wrong."""

    async def done() -> Any:
        return await work

    try:
        return asyncio.run(done())
    except RemoteError as error:
        str(error).encode()
        return None


@pytest.mark.parametrize(
    "dialect", [OpenAIDialect("vllm"), LlamaCppDialect()], ids=["openai", "llama"]
)
@given(objects=st.lists(OBJECT, max_size=3), whole=st.booleans())
def test_completions(dialect: Any, objects: list[Mapping[str, Any]], whole: bool) -> None:
    stub: Any = Stub(objects, whole=whole)
    reply = ask(complete(stub, dialect, "m", ASK))
    if reply is None:
        return
    for one in reply.completions.values():
        assert one.ended is not None
        sample = StepSample(one.text, one.tokens, one.logprob, one.ended)
        assert checked_samples([sample], 1, "s") == [sample]


@given(OBJECT)
def test_everything_else(said: Mapping[str, Any]) -> None:
    stub: Any = Stub([said], whole=True)
    ask(served(stub, ""))
    ask(server_tokens(stub, "m", "vllm"))
    ask(server_tokens(stub, "m", "llamacpp"))
    ask(classify(stub, "m", PathText((1, 2), (1,), 0, 1, 2)))
    ask(token_pair.judge(stub, "m", (1,), (1, 2), by_id=True))
    ask(llama_cpp.judge(stub, "m", (1,), (1, 2)))
    ask(sglang.judge(stub, (1,), (1, 2)))
