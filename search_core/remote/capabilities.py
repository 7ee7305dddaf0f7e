"""What a server really does, found out by asking it: names and documents are not enough.

A server that ignores a parameter says nothing of it. For a search some of that costs a little
(no usage of cached tokens), and some makes it worthless: children that are all the same text, or
steps that run on over their delimiter. The latter is refused by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from search_core.remote.completions import Ask, Dialect, Reply, complete
from search_core.remote.errors import RemoteError, VoidSearch
from search_core.remote.probed import ONE_TOKEN, SAME, TEMPERATURES, lacks, no_choice
from search_core.remote.server import RemoteServer

_PROMPT = "Random words, one after the other:"
"""Plain text that no model continues in one way only."""
_SAMPLES, _TOKENS, _STOPS = 4, 16, 4


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one server does with the model that it was asked about.

    Attributes:
        n: Whether one request gets several samples that differ. If not, each sample is a
            request of its own.
        most: Samples that one request may ask for; None: no bound is known.
        seed: Whether the same request with the same seed gives the same text.
        logprobs: Whether it gives log-probabilities.
        tempered: Whether those are of the distribution after temperature, and not of the model.
        cached_usage: Whether it says how much of a prompt it had already.
        streams: Whether samples come while they are written.
    """

    n: bool
    most: int | None
    seed: bool
    logprobs: bool
    tempered: bool
    cached_usage: bool
    streams: bool

    def both(self, other: Capabilities) -> Capabilities:
        """What two servers do alike."""
        return Capabilities(
            n=self.n and other.n,
            most=min((most for most in (self.most, other.most) if most), default=None),
            seed=self.seed and other.seed,
            logprobs=self.logprobs and other.logprobs,
            tempered=self.tempered or other.tempered,
            cached_usage=self.cached_usage and other.cached_usage,
            streams=self.streams and other.streams,
        )

    def warnings(self) -> list[str]:
        """What a run over this server does without, in plain sentences."""
        one = (
            "The solver's server gives one sample for each request, whatever n says: every "
            "sample is a request of its own, and reads the path again unless it is cached."
        )
        others = lacks(
            seed=self.seed,
            logprobs=self.logprobs,
            tempered=self.tempered,
            way_out="(SGLang: start it with the environment variable "
            "SGLANG_RETURN_ORIGINAL_LOGPROB=1.)",
        )
        return others if self.n else [one, *others]


async def probe(server: RemoteServer, dialect: Dialect, model: str) -> Capabilities:
    """Asks the server a few short questions, ten requests at most where all is well.

    Raises:
        VoidSearch: Its samples are all the same at temperature 1 and at 2, or it does not
            stop at a stop string, or does not say that it did.
        RemoteError: It fails.
    """
    ask = Ask(_PROMPT, _SAMPLES, _TOKENS, TEMPERATURES[0], 1.0, seed=1, stop=())
    most = await dialect.most(server, model)
    together = min(_SAMPLES, most or _SAMPLES)
    for temperature in TEMPERATURES:
        ask = replace(ask, temperature=temperature)
        several = await _several(server, dialect, model, replace(ask, n=together))
        if several is not None and _differ(several):
            first, ask = [several], replace(ask, n=together)
            break
        first = await _one_by_one(server, dialect, model, ask)
        if _differ(*first):
            ask = replace(ask, n=1)
            break
    else:
        raise no_choice(server.name, model, "vLLM, SGLang, llama.cpp")
    again = await complete(server, dialect, model, ask)
    await _check_stop(server, dialect, model, ask, _texts(*first))
    given = [completion for reply in first for completion in reply.completions.values()]
    # One sample may lack them (llama.cpp's server, inside of a character), but not all.
    logprobs = any(completion.given for completion in given)
    return Capabilities(
        n=ask.n > 1,
        most=most,
        seed=_texts(again) == _texts(first[0]),
        logprobs=logprobs,
        tempered=logprobs and await _tempered(server, dialect, model),
        cached_usage=again.cached is not None,
        streams=first[0].streamed,
    )


async def _several(server: RemoteServer, dialect: Dialect, model: str, ask: Ask) -> Reply | None:
    """Several samples by one request; None where the server gives fewer, or refuses."""
    try:
        reply = await complete(server, dialect, model, ask)
    except RemoteError as error:
        if error.status in (400, 422):  # "n is not supported"
            return None
        raise
    return reply if len(reply.completions) == ask.n else None


async def _one_by_one(server: RemoteServer, dialect: Dialect, model: str, ask: Ask) -> list[Reply]:
    return [
        await complete(server, dialect, model, replace(ask, n=1, seed=ask.seed + index))
        for index in range(ask.n)
    ]


async def _check_stop(
    server: RemoteServer, dialect: Dialect, model: str, ask: Ask, texts: Sequence[str]
) -> None:
    """Stops at characters that the model is sure to write sooner or later."""
    common = Counter("".join(texts)).most_common(_STOPS)
    stops = tuple(letter for letter, _ in common)
    for seed in range(_SAMPLES):
        asked = replace(ask, seed=seed, stop=stops, max_tokens=2 * _TOKENS)
        given = (await complete(server, dialect, model, asked)).completions.values()
        if any(completion.overran for completion in given):
            break
        if any(completion.stopped_by for completion in given):
            return
    raise VoidSearch(
        f"Server {server.name} does not stop at stop strings, or does not say that it did: asked "
        f"to stop at {', '.join(map(repr, stops))}, it did not. A step has to end at a "
        "blank line; use a server that stops (vLLM, SGLang, llama.cpp)."
    )


async def _tempered(server: RemoteServer, dialect: Dialect, model: str) -> bool:
    """Asks for the most probable token twice: greedily, and hot with a nucleus of only that one."""
    greedy = Ask(_PROMPT, 1, 1, temperature=0.0, top_p=1.0, seed=1, stop=())
    hot = replace(greedy, temperature=TEMPERATURES[-1], top_p=ONE_TOKEN)
    logprobs = []
    for ask in (greedy, hot):
        reply = await _several(server, dialect, model, ask)
        if reply is None:  # It takes no such temperature or top-p, so none can be compared.
            return False
        logprob = reply.completions[0].logprob
        if logprob is None:
            return False
        logprobs.append(logprob)
    return abs(logprobs[0] - logprobs[1]) > SAME


def _texts(*replies: Reply) -> list[str]:
    return [reply.completions[key].text for reply in replies for key in sorted(reply.completions)]


def _differ(*replies: Reply) -> bool:
    return len(set(_texts(*replies))) > 1
