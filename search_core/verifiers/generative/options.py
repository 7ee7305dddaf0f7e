"""What stands after the colon of a reasoning format: "question,samples=4,tokens=2048"."""

from __future__ import annotations

from dataclasses import dataclass

from search_core.protocols import Sampling
from search_core.verifiers.generative.manners import MANNERS, Manner

MOST_SAMPLES, MOST_TOKENS = 64, 32_768


@dataclass(frozen=True, slots=True)
class Reasoning:
    """How a verifier reasons.

    Attributes:
        manner: How it is asked.
        samples: Chains of thought a verdict, whose probabilities are averaged.
        tokens: Most tokens of one chain: a verdict costs at most `samples` times as many.
        sampling: How they are drawn. At temperature 0 several would be the same.
    """

    manner: Manner
    samples: int
    tokens: int
    sampling: Sampling


def reasons(name: str, argument: str) -> bool:
    """Whether a format, with these options, is one that reasons before it judges."""
    return (name, "") in MANNERS or (name, argument.split(",")[0]) in MANNERS


def reasoning(name: str, argument: str) -> Reasoning:
    """A format's options.

    Args:
        name: Of the format.
        argument: What stands after its colon: a word first where the format has one, then
            samples (1 to 64), tokens (1 to 32,768) and temperature (0 to 2).

    Raises:
        ValueError: An option is unknown or out of its range.
    """
    said = [part.strip() for part in argument.split(",") if part.strip()]
    word = said.pop(0) if said and "=" not in said[0] else ""
    manner = MANNERS.get((name, word))
    if manner is None:
        words = [word for one, word in MANNERS if one == name and word]
        raise ValueError(_unknown(name, word, words))
    values: dict[str, float] = {}
    for part in said:
        key, _, text = part.partition("=")
        if key not in _RANGES or key in values:
            raise ValueError(_unknown(name, part, []))
        values[key] = _number(name, key, text)
    samples = int(values.get("samples", 1))
    temperature = values.get("temperature", manner.warm if samples > 1 else manner.cool)
    if samples > 1 and temperature == 0:
        raise ValueError(
            f"Verifier format {name} is to write {samples} samples at temperature 0, which would "
            "be the same. Choose a temperature above 0, or one sample."
        )
    tokens = int(values.get("tokens", manner.tokens))
    return Reasoning(manner, samples, tokens, Sampling(temperature, manner.top_p))


_RANGES = {
    "samples": (1, MOST_SAMPLES),
    "tokens": (1, MOST_TOKENS),
    "temperature": (0, 2),
}


def _number(name: str, key: str, text: str) -> float:
    least, most = _RANGES[key]
    whole = key != "temperature"
    try:
        value = float(int(text) if whole else float(text))
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        kind = "a whole number" if whole else "a number"
        raise ValueError(
            f"Verifier format {name} has {key}={text!r:.40}; expected {kind} from {least} to "
            f"{most:,}."
        )
    return value


def _unknown(name: str, part: str, words: list[str]) -> str:
    known = ", ".join([*words, *(f"{key}=NUMBER" for key in _RANGES)])
    return f"Verifier format {name} has no option {part!r:.60}, or has it already; known: {known}."
