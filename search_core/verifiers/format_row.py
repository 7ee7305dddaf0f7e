"""A row of the table of formats: what is told of one, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from search_core.protocols import UsageError
from search_core.verifiers.formats.base import Format
from search_core.verifiers.formats.readout_kinds import (
    HeadLabels,
    LikelihoodRatio,
    ReadoutKind,
    TokenLabels,
    TokenPair,
)
from search_core.verifiers.formats.tokenizers import ChatTokenizer
from search_core.verifiers.generative.options import OPTIONS
from search_core.verifiers.generative.prompts import ReasoningPrompt

MakeFormat = Callable[[ChatTokenizer], Format]


@dataclass(frozen=True, slots=True)
class VerifierFormat:
    """A row of the table.

    What reads gives its number in one pass: `texts` and `readout`. What reasons writes first:
    `reasoning`. A format may do either, by the word after its colon.

    Attributes:
        name: What a command line calls it.
        models: Published models in it.
        about: What text they read and what number is read where, in one line.
        texts: Makes the text that is read: usually a class of `formats/`.
        readout: What number is read of it.
        reasoning: How a model is asked that writes its reasoning first, by the word that chooses
            it; "" for no word.
        variants: Other ways to make the text, by the word after the colon.
        usual_variant: The word, or model, that goes with the models in `published`.
        published: Matches the names of published models that nothing else tells apart.
        architecture: How the class of a checkpoint ends that is in this format, if nothing else
            is told of it.
        aliases: Other names that a command line may call it.
    """

    name: str
    models: str
    about: str
    texts: MakeFormat | None = None
    readout: ReadoutKind | None = None
    reasoning: Mapping[str, ReasoningPrompt] = field(default_factory=dict)
    variants: Mapping[str, MakeFormat] = field(default_factory=dict)
    usual_variant: str = ""
    published: str = ""
    architecture: str = ""
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.texts is None) != (self.readout is None) or not (self.readout or self.reasoning):
            raise UsageError(
                f"Format {self.name} needs texts with a readout, or reasoning; it has "
                f"texts={self.texts!r}, readout={self.readout!r} and {len(self.reasoning)} ways to "
                "reason."
            )

    @property
    def argument(self) -> str:
        """What may follow the name after a colon; "" for nothing."""
        if self.reasoning:
            return ",".join([*filter(None, self.reasoning), OPTIONS])
        if isinstance(self.readout, LikelihoodRatio):
            return "REFERENCE_MODEL"
        return "|".join(self.variants)

    @property
    def usage(self) -> str:
        """How it is written; what may be left out stands in brackets."""
        if self.reasoning:
            return f"{self.name}[:{self.argument}]"
        return f"{self.name}:{self.argument}" if self.argument else self.name

    def reasons(self, argument: str) -> bool:
        """Whether it writes its reasoning before it judges, with this after its colon."""
        return bool(self.reasoning) and (bool(argument) or self.readout is None)

    @property
    def servers(self) -> str:
        """Over which servers it can be read, in words; "" for none."""
        if self.reasoning or isinstance(self.readout, TokenPair):
            return "any server"
        pooled = isinstance(self.readout, HeadLabels) and self.readout.pooled
        return "vLLM" if pooled or isinstance(self.readout, TokenLabels) else ""

    def made(self, tokenizer: ChatTokenizer, argument: str = "") -> Format:
        """The text that one model reads, in the variant that was chosen.

        Raises:
            ValueError: It reads none: it reasons.
        """
        make = self.variants.get(argument, self.texts)
        if make is None:
            raise UsageError(f"Verifier format {self.name} writes, and reads no text in one pass.")
        return make(tokenizer)
