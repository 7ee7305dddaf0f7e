"""Ends sequences at texts such as "</think>", which may be several tokens, from token ids alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from search_core.engine.writing.stopping import StopTable, token_texts


def text_stop_table(tokenizer: Any, stops: Sequence[str], ends: Iterable[int]) -> StopTable:
    """A table that misses none of these texts where each ends within one token or the next.

    It knows two tokens at a time, so it also ends sequences at what only looks like the end of such
    a text: whoever decodes by it looks at the text, and goes on where nothing is to be found.

    Args:
        tokenizer: A transformers tokenizer; its vocabulary is read once.
        stops: The texts, none of them empty.
        ends: Tokens that end everything. A token that is one of the texts does so too.
    """
    heads = {stop[:size] for stop in stops for size in range(1, len(stop))}
    tails = {stop[size:] for stop in stops for size in range(1, len(stop))}
    inside = {head[start:] for head in heads for start in range(len(head))}
    longest = max(map(len, stops), default=0)
    before, after, within = set(), set(), set()
    texts = token_texts(tokenizer, [[id_] for id_ in range(len(tokenizer))])
    for id_, text in enumerate(texts):
        sizes = range(1, min(longest, len(text)) + 1)
        if any(stop in text for stop in stops):
            within.add(id_)
        if text in inside or any(text[-size:] in heads for size in sizes):
            before.add(id_)
        if any(text[:size] in tails for size in sizes):
            after.add(id_)
    added = tokenizer.get_added_vocab()
    whole = {added[stop] for stop in stops if stop in added}
    return StopTable(
        frozenset(within), frozenset(before), frozenset(after), frozenset({*ends} | whole)
    )


def stopped_text(text: str, stops: Sequence[str]) -> tuple[str, bool]:
    """What comes before the first of these texts, and whether there is any."""
    places = [place for stop in stops if (place := text.find(stop)) >= 0]
    return (text[: min(places)], True) if places else (text, False)
