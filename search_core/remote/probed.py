"""What is found out about every server, in whichever way it is asked."""

from __future__ import annotations

from search_core.remote.errors import VoidSearch

TEMPERATURES = (1.0, 2.0)
"""A model that is very sure of itself may repeat itself at 1; nothing does at 2 that samples."""
ONE_TOKEN = 1e-6
"""A top-p that leaves the most probable token alone."""
SAME = 0.1
"""Two computations of one log-probability differ by less, in half precision too."""


def lacks(*, seed: bool, logprobs: bool, tempered: bool, way_out: str = "") -> list[str]:
    """What a run over a server does without, in plain sentences.

    Args:
        seed: Whether the same request with the same seed gives the same text.
        logprobs: Whether it gives log-probabilities.
        tempered: Whether those are of the distribution after temperature, and not of the model.
        way_out: What helps against that.
    """
    said = []
    if not seed:
        said.append(
            "The solver's server gives other samples for the same seed: this run cannot be "
            "repeated."
        )
    if not logprobs:
        said.append(
            "The solver's server gives no log-probabilities: what goes by them cannot be used "
            "with it."
        )
    if tempered:
        told = (
            "The solver's server gives log-probabilities after temperature: at others than 1 "
            "they are not the model's."
        )
        said.append(f"{told} {way_out}".rstrip())
    return said


def no_choice(server: str, model: str, others: str = "") -> VoidSearch:
    """A server whose samples are all the same.

    Args:
        server, model: Their names.
        others: Servers that are known to sample.
    """
    return VoidSearch(
        f"Server {server} gives identical samples of {model} at temperature 1 and at 2, so there "
        "is nothing to search among. Its temperature may be fixed, or sampling is off in its "
        f"generation config; use a server that samples{f' ({others})' if others else ''}."
    )
