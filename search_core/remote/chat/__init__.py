"""Models behind chat completions alone: the Hub's inference router, Ollama, LM Studio, vendors.

A chat takes turns, and gives no tokenizer, no token ids and often no probabilities. So a solution
is written whole and handed over step by step where a strategy wants it whole (`solutions`); a
single step is the assistant's own turn, continued, where the server does that (`probing`), and else
asked for in a turn of its own (`turns`), which is an approximation and is said to be one. Verdicts
are read from the probabilities of a word where there are any, and from votes else (`asker`). Begin
with `solver.py`.
"""

from __future__ import annotations

from search_core.remote.chat.solver import ChatSolver
from search_core.remote.chat.verifier import CHAT_FORMATS, open_chat_verifier

__all__ = ["CHAT_FORMATS", "ChatSolver", "open_chat_verifier"]
