"""The table of formats: what each is called, what it reads, and how its number is read.

A format is one class (`formats/`) and one row here. Everything else is a view of the rows: the
lists in help and messages, which format a checkpoint is in, how it is built in this process
(`loading.py`) and over a server (`search_core.remote.verifier`). Imports no torch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from search_core.engine.path_tokens import DELIMITER
from search_core.verifiers.formats.base import Format
from search_core.verifiers.formats.chat_turns import ChatTurns
from search_core.verifiers.formats.genprm import GenPrm
from search_core.verifiers.formats.markers import Lines, MarkedSteps, TaggedSteps
from search_core.verifiers.formats.readout_kinds import (
    HeadLabels,
    LikelihoodRatio,
    ReadoutKind,
    SequenceLabels,
    TokenLabels,
    TokenPair,
)
from search_core.verifiers.formats.step_ends import PlainStepEnds, StepEnds
from search_core.verifiers.formats.tokenizers import ChatTokenizer
from search_core.verifiers.formats.whole import JudgePrompt, WholeSolution
from search_core.verifiers.generative.options import OPTIONS
from search_core.verifiers.generative.prompts import (
    GENPRM_REASONING,
    JUDGE,
    THINKPRM,
    THINKPRM_QUESTION,
    ReasoningPrompt,
)

AUTO = "auto"
"""Stands for the format that a checkpoint, or an address, tells by itself."""

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
            raise ValueError(
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
            raise ValueError(f"Verifier format {self.name} writes, and reads no text in one pass.")
        return make(tokenizer)


_ROWS = (
    VerifierFormat(
        "token_classification",
        "the embedded ones, and others trained on a chat",
        "problem and steps as a chat; labels at each step's last token",
        StepEnds,
        TokenLabels(),
        architecture="ForTokenClassification",
    ),
    VerifierFormat(
        "trl",
        "HuggingFaceH4/Qwen2.5-Math-*-Instruct-PRM-0.2, and what TRL's PRMTrainer makes",
        "problem and steps with a separator after each; labels there",
        partial(PlainStepEnds, separator="\n"),
        TokenLabels(),
        variants={
            "line": partial(PlainStepEnds, separator="\n"),
            "blank-line": partial(PlainStepEnds, separator=DELIMITER),
        },
        usual_variant="blank-line",
        published=r"Qwen2\.5-Math-[\d.]+B-Instruct-PRM-0\.[12]$",
    ),
    VerifierFormat(
        "rlhflow",
        "RLHFlow/Llama3.1-8B-PRM-Deepseek-Data, -Mistral-Data",
        'a chat in which each step gets the reply "+"; "+" against "-" before it',
        ChatTurns,
        TokenPair("+", "-"),
        published=r"Llama3\.1-8B-PRM-(Deepseek|Mistral)-Data$",
    ),
    VerifierFormat(
        "math_shepherd",
        "peiyi9979/math-shepherd-mistral-7b-prm",
        '" ки" after each step; "+" against "-" there',
        TaggedSteps,
        TokenPair("+", "-"),
        published=r"math-shepherd-mistral-7b-prm$",
        aliases=("shepherd",),
    ),
    VerifierFormat(
        "qwen_prm",
        "Qwen/Qwen2.5-Math-PRM-7B, -72B, Qwen2.5-Math-7B-PRM800K",
        "a chat with <extra_0> after each step; a two-label head there",
        MarkedSteps,
        HeadLabels(("score.0", "score.2"), pooled=True),
    ),
    VerifierFormat(
        "skywork",
        "Skywork/Skywork-o1-Open-PRM-Qwen-2.5-1.5B, -7B",
        "one line for each step; a value head at its end",
        Lines,
        HeadLabels(("v_head.summary",)),
    ),
    VerifierFormat(
        "genprm",
        "GenPRM/GenPRM-1.5B, -7B, -32B",
        'a chat of steps and verdicts, asked at once; "Yes" against "No"',
        GenPrm,
        TokenPair("Yes", "No"),
        published=r"GenPRM-[\d.]+B$",
    ),
    VerifierFormat(
        "genprm_reasoning",
        "GenPRM/GenPRM-1.5B, -7B, -32B",
        'writes an analysis of each step before its verdict; "Yes" against "No"',
        reasoning={"": GENPRM_REASONING},
    ),
    VerifierFormat(
        "thinkprm",
        "launch/ThinkPRM-1.5B, -7B, -14B",
        "writes its reasoning about all steps, with a verdict for each in it; "
        '"correct" against "incorrect". With "question" it is asked about each step apart',
        reasoning={"": THINKPRM, "question": THINKPRM_QUESTION},
        published=r"ThinkPRM-[\d.]+B$",
    ),
    VerifierFormat(
        "judge",
        "any chat model",
        'is asked whether the last step is correct; "Yes" against "No". With "reason" it '
        "writes its reasoning first",
        JudgePrompt,
        TokenPair("Yes", "No"),
        reasoning={"reason": JUDGE},
    ),
    VerifierFormat(
        "implicit",
        "PRIME-RL/EurusPRM-Stage1, -Stage2",
        "how much likelier it finds the solution than a reference model does",
        StepEnds,
        LikelihoodRatio(),
        usual_variant="Qwen/Qwen2.5-Math-7B-Instruct",
        published=r"EurusPRM-Stage[12]$",
    ),
    VerifierFormat(
        "outcome",
        "outcome reward models (sequence classification)",
        "problem and finished solution as a chat; labels at its end",
        WholeSolution,
        SequenceLabels(),
        architecture="ForSequenceClassification",
        aliases=("orm",),
    ),
)
_by_name: dict[str, VerifierFormat] = {}
FORMATS: Mapping[str, VerifierFormat] = MappingProxyType(_by_name)
"""Every row by its name, in the order of the table."""


def add_format(row: VerifierFormat) -> None:
    """Put a row of your own into the table.

    Raises:
        ValueError: A row has its name, or one of its aliases, already.
    """
    taken = {name for known in FORMATS.values() for name in (known.name, *known.aliases)}
    clash = sorted(taken & {row.name, *row.aliases})
    if clash:
        raise ValueError(f"There is a verifier format {clash[0]} already. Choose another name.")
    _by_name[row.name] = row


for _row in _ROWS:
    add_format(_row)


def list_of_formats() -> str:
    """One line for each format, for messages and help."""
    return "\n".join(map(_line, FORMATS.values()))


def _line(row: VerifierFormat) -> str:
    also = f"; also called {', '.join(row.aliases)}" if row.aliases else ""
    return f"  {row.usage}: {row.about} ({row.models}){also}"


def parsed(text: str) -> tuple[VerifierFormat, str]:
    """A format and the argument after its colon; "" if there is none.

    Raises:
        ValueError: There is no such format, it takes no argument, or it has no such variant.
    """
    name, colon, argument = text.partition(":")
    found = [row for row in FORMATS.values() if name in (row.name, *row.aliases)]
    if not found:
        raise ValueError(f"Verifier format {name!r:.60} is unknown. Known:\n{list_of_formats()}")
    row = found[0]
    if colon and not row.argument:
        raise ValueError(f"Verifier format {name} takes nothing after a colon; got {text!r:.80}.")
    if argument and row.variants and argument not in row.variants:
        known = " or ".join(f"{row.name}:{word}" for word in row.variants)
        raise ValueError(
            f"Verifier format {row.name} has no variant {argument!r:.40}; expected {known}."
        )
    return row, argument


def recognised(
    name: str, config: Mapping[str, Any], weights: Collection[str], card: Mapping[str, Any]
) -> str:
    """The format that a checkpoint is in, with its argument.

    Args:
        name: The checkpoint's: its Hub id, or its folder's name.
        config: Its config.json.
        weights: The names of its weights.
        card: Its espalier.json, where "format" may say it; {} if there is none.

    Raises:
        ValueError: It could be in several, or in none.
    """
    if "format" in card:
        return str(card["format"])
    architectures = [str(architecture) for architecture in config.get("architectures") or []]
    told: tuple[Callable[[VerifierFormat], bool], ...] = (
        lambda row: _has_head(row, weights),
        lambda row: bool(row.published) and re.search(row.published, name) is not None,
        lambda row: (
            bool(row.architecture)
            and any(architecture.endswith(row.architecture) for architecture in architectures)
        ),
    )
    for tells in told:
        for row in FORMATS.values():
            if tells(row):
                return f"{row.name}:{row.usual_variant}" if row.usual_variant else row.name
    got = ", ".join(architectures) or "no architecture in its config"
    raise ValueError(
        f"{name} is {got}, which does not tell how it scores steps. Name its format, with "
        f"--verifier-format or format=:\n{list_of_formats()}"
    )


def _has_head(row: VerifierFormat, weights: Collection[str]) -> bool:
    """Whether these are the names of the format's own head."""
    if not isinstance(row.readout, HeadLabels):
        return False
    return {f"{layer}.weight" for layer in row.readout.layers} <= set(weights)
