"""What stands after the colon of a reasoning format: "question,samples=4,tokens=2048"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from search_core.protocols import Sampling, UsageError
from search_core.verifiers.generative.prompts import ReasoningPrompt

MOST_SAMPLES, MOST_TOKENS = 64, 32_768
OPTIONS = "samples=N,tokens=N,temperature=T"
"""Each of which may be left out."""


@dataclass(frozen=True, slots=True)
class Reasoning:
    """How a verifier reasons.

    Attributes:
        prompt: How it is asked.
        samples: Chains of thought a verdict, whose probabilities are averaged.
        tokens: Most tokens of one chain: a verdict costs at most `samples` times as many.
        sampling: How they are drawn. At temperature 0 several would be the same.
    """

    prompt: ReasoningPrompt
    samples: int
    tokens: int
    sampling: Sampling


def read_options(name: str, prompts: Mapping[str, ReasoningPrompt], argument: str) -> Reasoning:
    """A format's options.

    Args:
        name: Of the format.
        prompts: How it may be asked, by the word that chooses; "" for no word.
        argument: What stands after its colon: a word first where the format has one, then
            samples (1 to 64), tokens (1 to 32,768) and temperature (0 to 2).

    Raises:
        ValueError: An option is unknown or out of its range.
    """
    said = [part.strip() for part in argument.split(",") if part.strip()]
    word = said.pop(0) if said and "=" not in said[0] else ""
    prompt = prompts.get(word)
    if prompt is None:
        raise UsageError(_unknown(name, word, [known for known in prompts if known]))
    values: dict[str, float] = {}
    for part in said:
        key, _, text = part.partition("=")
        if key not in _RANGES or key in values:
            raise UsageError(_unknown(name, part, []))
        values[key] = _number(name, key, text)
    samples = int(values.get("samples", 1))
    temperature = values.get("temperature", prompt.warm if samples > 1 else prompt.cool)
    if samples > 1 and temperature == 0:
        raise UsageError(
            f"Verifier format {name} is to write {samples} samples at temperature 0, which would "
            "be the same. Choose a temperature above 0, or one sample."
        )
    tokens = int(values.get("tokens", prompt.tokens))
    return Reasoning(prompt, samples, tokens, Sampling(temperature, prompt.top_p))


_RANGES = {
    "samples": (1, MOST_SAMPLES),
    "tokens": (1, MOST_TOKENS),
    "temperature": (0, 2),
}


def _number(name: str, key: str, text: str) -> float:
    least, most = _RANGES[key]
    whole = key != "temperature"
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        kind = "a whole number" if whole else "a number"
        raise UsageError(
            f"Verifier format {name} has {key}={text!r:.40}; expected {kind} from {least} to "
            f"{most:,}."
        )
    return value


def _unknown(name: str, part: str, words: list[str]) -> str:
    known = ", ".join([*words, *(f"{key}=NUMBER" for key in _RANGES)])
    return f"Verifier format {name} has no option {part!r:.60}, or has it already; known: {known}."
