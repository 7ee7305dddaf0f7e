"""What number is read of the text that a format gives: plain data, carried out by whoever reads.

`search_core.verifiers.loading` carries each out in this process, `search_core.remote.verifier`
over a server, where one can.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TokenPair:
    """A language model's next token at each position: P(good) / (P(good) + P(bad)).

    Every kind of server can be asked for it.

    Attributes:
        good, bad: Short texts; the last token of each stands for it.
    """

    good: str
    bad: str


@dataclass(frozen=True, slots=True)
class TokenLabels:
    """A token classifier's labels at each position: the second of two, or the only one.

    Servers that give the classes of tokens (vLLM, `/pooling`) can be asked for it.
    """


@dataclass(frozen=True, slots=True)
class HeadLabels:
    """The labels of a head of one's own on a decoder: linear layers with rectifiers between them.

    Attributes:
        layers: The names of their weights, without ".weight" and ".bias".
        pooled: Whether vLLM knows the architecture and gives its classes of tokens.
    """

    layers: tuple[str, ...]
    pooled: bool = False


@dataclass(frozen=True, slots=True)
class SequenceLabels:
    """A sequence classifier's labels at the last token, of finished solutions only.

    Read in this process only.
    """


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """How much likelier a model finds the solution than the model that it was trained from.

    The second model is named after the format's colon. Read in this process only.
    """


ReadoutKind = TokenPair | TokenLabels | HeadLabels | SequenceLabels | LikelihoodRatio
