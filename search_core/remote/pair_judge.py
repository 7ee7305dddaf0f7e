"""Which of two tokens comes next: asked in the way of each server."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.remote import llama_cpp, sglang, token_pair
from search_core.remote.errors import RemoteError
from search_core.remote.server import RemoteServer
from search_core.remote.token_pair import Judgement

_OWN_WAYS = ("llamacpp", "sglang")


class PairJudge:
    """Asks llama.cpp and SGLang in their own ways, every other server as vLLM.

    Args:
        maker: Of the server's software.
        model: Its name there.
        pair: Ids of the two tokens.
        words: Texts of the two, by which they are looked for where ids cannot be asked for.
    """

    def __init__(
        self, maker: str, model: str, pair: tuple[int, int], words: tuple[str, str]
    ) -> None:
        self._maker, self._model, self._pair, self._words = maker, model, pair, words
        self._by_id = True

    async def try_(self, server: RemoteServer, prompt: Sequence[int]) -> None:
        """Find out whether this server gives the probabilities of tokens of our choice.

        Raises:
            RemoteError: It failed, or gives none at all where it has but one way.
        """
        if self._maker in _OWN_WAYS:
            await self(server, prompt)
            return
        try:
            first = await self(server, prompt)
            self._by_id = self._by_id and first.exact
        except RemoteError as error:
            if error.status not in (0, 400, 422):
                raise
            self._by_id = False

    @property
    def by_id(self) -> bool:
        """Whether all servers that were tried do."""
        return self._by_id

    async def __call__(self, server: RemoteServer, prompt: Sequence[int]) -> Judgement:
        """P(first) / (P(first) + P(second)) of the next token.

        Raises:
            RemoteError: The server failed, or gave neither's probability.
        """
        if self._maker == "llamacpp":
            return await llama_cpp.judge(server, self._model, prompt, self._pair)
        if self._maker == "sglang":
            return await sglang.judge(server, prompt, self._pair)
        return await token_pair.judge(
            server, self._model, prompt, self._pair, by_id=self._by_id, words=self._words
        )
