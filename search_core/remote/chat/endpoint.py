"""A model behind chat completions: what its server takes, and how it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from search_core.engine.chat_template import without_system_turn
from search_core.remote.chat.patience import OnWait, Sleep, patiently
from search_core.remote.chat.wire import ChatReply, exchange
from search_core.remote.completions import MOST_SEED
from search_core.remote.connection import Served, described, listed_models, served
from search_core.remote.errors import RemoteError
from search_core.remote.server import RemoteServer

Turn = tuple[str, str]
"""Role and content."""
Manner = Literal["", "flags", "last turn", "prefix"]
"""How an assistant's turn is continued: not at all; by `continue_final_message` (vLLM, SGLang,
llama.cpp); because it stands last (Ollama, llama.cpp, OpenRouter); by "prefix" (Mistral,
DeepSeek)."""
REFUSED = (400, 404, 422)
"""What a server answers to a field that it does not take."""
_LIMITS = ("max_tokens", "max_completion_tokens")
_NO_LIST = (404, 405, 501)


@dataclass(frozen=True, slots=True)
class ChatAsk:
    """Write one turn of the assistant's. Its numbers as in `Sampling`.

    Attributes:
        turns: The chat. If the assistant's turn is last, it is continued.
        top: The most probable tokens that are wanted of each place.
    """

    turns: tuple[Turn, ...]
    max_tokens: int
    temperature: float
    top_p: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    top: int = 0
    top_k: int = 0
    min_p: float = 0.0
    repetition_penalty: float = 1.0


@dataclass(frozen=True, slots=True)
class Takes:
    """What a server takes of what a request may hold.

    Attributes:
        seed, logprobs, usage, system: Whether it takes a seed; gives log-probabilities when it is
            asked for them; says what a stream cost; takes a system turn.
        limit: What it calls the most tokens.
        manner: How it continues the assistant's turn.
    """

    seed: bool = True
    logprobs: bool = True
    usage: bool = True
    system: bool = True
    limit: str = _LIMITS[0]
    manner: Manner = ""

    def both(self, other: Takes) -> Takes:
        """What two servers take alike."""
        if (self.limit, self.system) != (other.limit, other.system):
            raise RemoteError(
                "Two servers of one address take different requests (the name of the token limit, "
                "or system turns). All must serve the same model by the same software."
            )
        return replace(
            self,
            seed=self.seed and other.seed,
            logprobs=self.logprobs and other.logprobs,
            usage=self.usage and other.usage,
            manner=self.manner if self.manner == other.manner else "",
        )


class ChatEndpoint:
    """Asks servers of one model.

    Args:
        model: As they list it.
        takes: What they take.
        sleep: Waits before a busy server is asked again.
    """

    def __init__(
        self, model: Served, takes: Takes | None = None, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.model = model
        self.takes = takes or Takes()
        self._sleep = sleep

    def taking(self, takes: Takes) -> ChatEndpoint:
        """The same one, of which more is known."""
        return ChatEndpoint(self.model, takes, self._sleep)

    @property
    def filters(self) -> bool:
        """Whether it takes top-k, min-p and a repetition penalty."""
        return self.model.maker in ("vllm", "sglang", "llamacpp")

    async def ask(
        self,
        server: RemoteServer,
        ask: ChatAsk,
        until: Callable[[str], bool] | None = None,
        on_written: Callable[[int], None] | None = None,
        on_wait: OnWait | None = None,
    ) -> ChatReply:
        """One reply; see `exchange` and `patiently`, also for what they raise."""
        body = self.body(ask)
        return await patiently(
            lambda: exchange(server, body, ask.max_tokens, until, on_written),
            on_wait,
            self._sleep,
        )

    def body(self, ask: ChatAsk) -> dict[str, Any]:
        """What is sent."""
        takes = self.takes
        messages = [{"role": role, "content": content} for role, content in ask.turns]
        if not takes.system:
            messages = without_system_turn(messages)
        body: dict[str, Any] = {
            "model": self.model.name,
            "messages": messages,
            takes.limit: ask.max_tokens,
            "temperature": ask.temperature,
            "top_p": ask.top_p,
            "stream": True,
        }
        if ask.stop:
            body["stop"] = list(ask.stop)
        if takes.seed:
            body["seed"] = ask.seed % MOST_SEED
        if takes.usage:
            body["stream_options"] = {"include_usage": True}
            if self.model.maker in ("vllm", "sglang"):
                # Of a reply that is left at its blank line, too.
                body["stream_options"]["continuous_usage_stats"] = True
        if takes.logprobs:
            body["logprobs"] = True
            if ask.top:
                body["top_logprobs"] = ask.top
        if ask.turns[-1][0] == "assistant":
            self._continue(messages, body)
        return body | self._filtered(ask)

    def _continue(self, messages: list[dict[str, Any]], body: dict[str, Any]) -> None:
        if self.takes.manner == "flags":
            body |= {"add_generation_prompt": False, "continue_final_message": True}
        elif self.takes.manner == "prefix":
            messages[-1]["prefix"] = True

    def _filtered(self, ask: ChatAsk) -> dict[str, Any]:
        """vLLM and SGLang fill what is left open from the model's generation config, llama.cpp from
        its own defaults, so they are told plainly."""
        maker = self.model.maker
        if maker in ("vllm", "sglang"):
            return {
                "top_k": ask.top_k or -1,
                "min_p": ask.min_p,
                "repetition_penalty": ask.repetition_penalty,
            }
        if maker == "llamacpp":
            return {
                "top_k": ask.top_k,
                "min_p": ask.min_p,
                "repeat_penalty": ask.repetition_penalty,
                # The whole chat; of text there are at most as many tokens as characters.
                "repeat_last_n": sum(len(said) for _, said in ask.turns) + ask.max_tokens,
                "samplers": ["penalties", "temperature", "top_k", "top_p", "min_p"],
            }
        return {}


async def chat_model(server: RemoteServer, wanted: str) -> Served:
    """The model of this name; "": the only one that the server lists.

    One that is named need not be listed: routers take names with a provider behind them, Ollama one
    without its tag, and some servers list nothing.

    Raises:
        RemoteError: None is named and the server does not list just one; or it cannot be reached.
    """
    if not wanted:
        return await served(server, wanted)
    try:
        listed = await listed_models(server)
    except RemoteError as error:
        if error.status not in _NO_LIST:
            raise
        listed = []
    makers = {str(model.get("owned_by") or "") for model in listed}
    found = [described(model) for model in listed if model.get("id") == wanted]
    # Not listed under this name; the software is the same.
    return found[0] if found else Served(wanted, makers.pop() if len(makers) == 1 else "", None)
