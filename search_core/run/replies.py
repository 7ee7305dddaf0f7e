"""What models reply, checked where it comes in: from here on a reply is what it must be.

A model may be anybody's. Whatever it gives is either a fine reply or a `ProtocolError` whose
sentence names the model, what was got, and what was expected. Numbers of other libraries (numpy's,
torch's) are taken for the numbers that they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice
from numbers import Number
from operator import index
from typing import Any, get_args

from search_core.log.events import MAX_TEXT, Ended
from search_core.log.fields import Repeats, Thought
from search_core.protocols import PlainError, StepSample, StepScores

MOST_TOKENS = 10**9
"""Of one reply; a count above it is a mistake, and no FLOPs that follow from it could be written
down."""
_MOST_FLOPS = 1e30
_MOST_TEXT = MAX_TEXT - 1000
"""Room is left for what is put into a solver's mouth."""
_MOST_ITEMS = 100_000
"""More than a round ever asks for: whatever calls itself a list may have no end."""
_MOST_SHOWN = 60
_THOUGHTS: tuple[Thought, ...] = get_args(Thought)
_REPEATS: tuple[Repeats, ...] = get_args(Repeats)
_ENDINGS: tuple[str, ...] = get_args(Ended)


class ProtocolError(PlainError, RuntimeError):
    """A strategy, solver or verifier broke its contract; the message says which and how."""


def checked_samples(reply: object, requests: int, solver: str) -> list[StepSample]:
    """A solver's reply to so many requests.

    Args:
        solver: Its name, for the message.

    Raises:
        ProtocolError: The reply is something else.
    """
    who = f"Solver {solver}"
    items = _sequence(reply, f"{who} gave", f"a list of {requests} steps")
    if len(items) != requests:
        raise ProtocolError(f"{who} gave {len(items)} steps for {requests} requests.")
    return [
        _sample(item, f"{who} gave, as step {place} of {requests},")
        for place, item in enumerate(items, start=1)
    ]


def checked_scores(reply: object, wanted: Sequence[int], verifier: str) -> list[StepScores]:
    """A verifier's reply to requests for so many scores each. As `checked_samples`."""
    who = f"Verifier {verifier}"
    items = _sequence(reply, f"{who} gave", f"a list of {len(wanted)} replies")
    if len(items) != len(wanted):
        raise ProtocolError(f"{who} gave {len(items)} replies for {len(wanted)} requests.")
    return [_scores(item, count, who) for item, count in zip(items, wanted, strict=True)]


def _sample(item: object, gave: str) -> StepSample:
    if not isinstance(item, StepSample):
        raise _misfit(gave, item, "a StepSample")
    text = _text(item.text, f"{gave} the text")
    if len(text) > _MOST_TEXT:
        raise ProtocolError(
            f"{gave} a text of {len(text):,} characters; at most {_MOST_TEXT:,} fit. "
            "Lower max_step_tokens."
        )
    if not isinstance(item.ended, str) or item.ended not in _ENDINGS:
        raise _misfit(f"{gave} the ending", item.ended, f"one of {', '.join(_ENDINGS)}")
    reused = _count(item.reused, f"{gave} reused tokens")
    known = None if item.known is None else _count(item.known, f"{gave} known tokens")
    if known is not None and known > reused:
        raise ProtocolError(f"{gave} {known} known tokens of {reused} reused ones.")
    return StepSample(
        text=text,
        tokens=_count(item.tokens, f"{gave} tokens"),
        logprob=None
        if item.logprob is None
        else _number(item.logprob, f"{gave} the log-probability", "a finite number, or None"),
        ended=item.ended,
        prefilled=_count(item.prefilled, f"{gave} prefilled tokens"),
        reused=reused,
        known=known,
        ids=None if item.ids is None else _ids(item.ids, f"{gave} token ids"),
        thought=_thought(item.thought, gave),
        flops=_flops(item.flops, gave),
        repeats=_repeats(item.repeats, gave),
    )


def _thought(value: object, gave: str) -> Thought | None:
    for known in _THOUGHTS:
        if value is None or value == known:
            return None if value is None else known
    raise _misfit(f"{gave} the thought", value, f"None or one of {_THOUGHTS}")


def _repeats(value: object, gave: str) -> Repeats | None:
    for known in _REPEATS:
        if value is None or value == known:
            return None if value is None else known
    raise _misfit(f"{gave} the repetition", value, f"None or one of {_REPEATS}")


def _ids(value: object, gave: str) -> tuple[int, ...]:
    expected = "whole numbers from 0, or None"
    if isinstance(value, tuple) and all(type(id_) is int for id_ in value):
        ids: tuple[int, ...] = value
    else:
        ids = tuple(_count(id_, gave) for id_ in _sequence(value, gave, expected))
    if ids and not 0 <= min(ids) <= max(ids) <= MOST_TOKENS:
        raise _misfit(gave, min(ids) if min(ids) < 0 else max(ids), expected)
    return ids


def _scores(item: object, count: int, who: str) -> StepScores:
    if not isinstance(item, StepScores):
        raise _misfit(f"{who} gave", item, "a StepScores for each request")
    scores = _sequence(item.scores, f"{who} gave the scores", f"{count} numbers")
    if len(scores) != count:
        raise ProtocolError(f"{who} gave {len(scores)} scores for {count} steps.")
    reasons = _sequence(item.reasons, f"{who} gave the reasons", f"{count} texts, or none")
    if reasons and len(reasons) != count:
        raise ProtocolError(f"{who} gave {len(reasons)} reasons for {count} steps.")
    return StepScores(
        scores=tuple(
            None
            if score is None
            else _number(score, f"{who} gave score", "a number from 0 to 1", least=0, most=1)
            for score in scores
        ),
        tokens=_count(item.tokens, f"{who} gave tokens"),
        reused=_count(item.reused, f"{who} gave reused tokens"),
        flops=_flops(item.flops, f"{who} gave"),
        reasons=tuple(_text(reason, f"{who} gave the reason") for reason in reasons),
    )


def _flops(value: object, gave: str) -> float | None:
    if value is None:
        return None
    return _number(value, f"{gave} FLOPs", "a number from 0", least=0, most=_MOST_FLOPS)


def _sequence(value: object, gave: str, expected: str) -> list[Any]:
    if isinstance(value, str | bytes | dict | set | frozenset) or not hasattr(value, "__len__"):
        raise _misfit(gave, value, expected)
    try:
        return list(islice(value, _MOST_ITEMS))  # type: ignore[call-overload]
    except Exception as error:
        raise _misfit(gave, value, expected) from error


def _text(value: object, gave: str) -> str:
    if not isinstance(value, str):
        raise _misfit(gave, value, "text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ProtocolError(
            f"{gave} with half a character in it (the lone surrogate "
            f"U+{ord(value[error.start]):04X}, at place {error.start + 1}); expected whole ones. "
            "It cuts its output inside of a character: decode whole texts."
        ) from error
    return str(value)


def _count(value: object, gave: str) -> int:
    try:
        number = -1 if _is_truth(value) else index(value)  # type: ignore[arg-type]
    except Exception as error:
        raise _misfit(gave, value, "a whole number from 0") from error
    if not 0 <= number <= MOST_TOKENS:
        raise _misfit(gave, value, f"a whole number from 0 to {MOST_TOKENS:,}")
    return number


def _number(
    value: object, gave: str, expected: str, *, least: float = -math.inf, most: float = math.inf
) -> float:
    try:
        wrong = _is_truth(value) or isinstance(value, str | bytes | bytearray)
        number = math.nan if wrong else float(value)  # type: ignore[arg-type]
    except Exception as error:
        raise _misfit(gave, value, expected) from error
    if not math.isfinite(number) or not least <= number <= most:
        raise _misfit(gave, value, expected)
    return number


def _is_truth(value: object) -> bool:
    """True and False are no numbers here, numpy's neither."""
    return isinstance(value, bool) or type(value).__name__ in ("bool", "bool_")


def _misfit(gave: str, value: object, expected: str) -> ProtocolError:
    return ProtocolError(f"{gave} {_shown(value)}; expected {expected}.")


def _shown(value: object) -> str:
    """A value in a sentence: itself where it is plain, else what kind of thing it is."""
    if value is None:
        return "None"
    try:
        if isinstance(value, str):
            shown = ascii(value) if not value.isprintable() else repr(value)
        elif isinstance(value, Number):
            shown = str(value)
        else:
            shown = f"something of type {type(value).__name__}"
    except Exception:  # Whatever it is, it cannot be shown.
        shown = f"something of type {type(value).__name__}"
    return shown if len(shown) <= _MOST_SHOWN else shown[: _MOST_SHOWN - 1] + "…"
