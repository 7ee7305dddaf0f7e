"""Every format by name, and which one a checkpoint is in. Imports no torch."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class KnownFormat:
    """A format as people choose it.

    Attributes:
        name: What a command line calls it.
        models: Published models in it.
        reads: What text they read and what number is read where, in one line.
        named: Matches the names of published models that nothing else tells apart.
        argument: What may follow the name after a colon; "" for nothing.
        usual_argument: The argument that goes with the models in `named`.
        optional: Whether the name may stand without an argument.
    """

    name: str
    models: str
    reads: str
    named: str = ""
    argument: str = ""
    usual_argument: str = ""
    optional: bool = False

    @property
    def usage(self) -> str:
        """How it is written; what may be left out stands in brackets."""
        if self.optional:
            return f"{self.name}[:{self.argument}]"
        return f"{self.name}:{self.argument}" if self.argument else self.name


_REASONING = "samples=N,tokens=N,temperature=T"
"""Options of the formats that reason, each of which may be left out."""
FORMATS: Mapping[str, KnownFormat] = {
    one.name: one
    for one in (
        KnownFormat(
            "token_classification",
            "the embedded ones, and others trained on a chat",
            "problem and steps as a chat; labels at each step's last token",
        ),
        KnownFormat(
            "trl",
            "HuggingFaceH4/Qwen2.5-Math-*-Instruct-PRM-0.2, and what TRL's PRMTrainer makes",
            "problem and steps with a separator after each; labels there",
            named=r"Qwen2\.5-Math-[\d.]+B-Instruct-PRM-0\.[12]$",
            argument="line|blank-line",
            usual_argument="blank-line",
        ),
        KnownFormat(
            "rlhflow",
            "RLHFlow/Llama3.1-8B-PRM-Deepseek-Data, -Mistral-Data",
            'a chat in which each step gets the reply "+"; "+" against "-" before it',
            named=r"Llama3\.1-8B-PRM-(Deepseek|Mistral)-Data$",
        ),
        KnownFormat(
            "math_shepherd",
            "peiyi9979/math-shepherd-mistral-7b-prm",
            '" ки" after each step; "+" against "-" there',
            named=r"math-shepherd-mistral-7b-prm$",
        ),
        KnownFormat(
            "qwen_prm",
            "Qwen/Qwen2.5-Math-PRM-7B, -72B, Qwen2.5-Math-7B-PRM800K",
            "a chat with <extra_0> after each step; a two-label head there",
        ),
        KnownFormat(
            "skywork",
            "Skywork/Skywork-o1-Open-PRM-Qwen-2.5-1.5B, -7B",
            "one line for each step; a value head at its end",
        ),
        KnownFormat(
            "genprm",
            "GenPRM/GenPRM-1.5B, -7B, -32B",
            'a chat of steps and verdicts, asked at once; "Yes" against "No"',
            named=r"GenPRM-[\d.]+B$",
        ),
        KnownFormat(
            "genprm_reasoning",
            "GenPRM/GenPRM-1.5B, -7B, -32B",
            'writes an analysis of each step before its verdict; "Yes" against "No"',
            argument=_REASONING,
            optional=True,
        ),
        KnownFormat(
            "thinkprm",
            "launch/ThinkPRM-1.5B, -7B, -14B",
            "writes its reasoning about all steps, with a verdict for each in it; "
            '"correct" against "incorrect". With "question" it is asked about each step apart',
            named=r"ThinkPRM-[\d.]+B$",
            argument=f"question,{_REASONING}",
            optional=True,
        ),
        KnownFormat(
            "judge",
            "any chat model",
            'is asked whether the last step is correct; "Yes" against "No". With "reason" it '
            "writes its reasoning first",
            argument=f"reason,{_REASONING}",
            optional=True,
        ),
        KnownFormat(
            "implicit",
            "PRIME-RL/EurusPRM-Stage1, -Stage2",
            "how much likelier it finds the solution than a reference model does",
            named=r"EurusPRM-Stage[12]$",
            argument="REFERENCE_MODEL",
            usual_argument="Qwen/Qwen2.5-Math-7B-Instruct",
        ),
        KnownFormat(
            "outcome",
            "outcome reward models (sequence classification)",
            "problem and finished solution as a chat; labels at its end",
        ),
    )
}
AUTO = "auto"


def list_of_formats() -> str:
    """One line for each format, for messages and help."""
    return "\n".join(f"  {one.usage}: {one.reads} ({one.models})" for one in FORMATS.values())


def parsed(text: str) -> tuple[KnownFormat, str]:
    """A format and the argument after its colon; "" if there is none.

    Raises:
        ValueError: There is no such format, or it takes no argument.
    """
    name, colon, argument = text.partition(":")
    known = FORMATS.get(name)
    if known is None:
        raise ValueError(f"Verifier format {name!r:.60} is unknown. Known:\n{list_of_formats()}")
    if colon and not known.argument:
        raise ValueError(f"Verifier format {name} takes nothing after a colon; got {text!r:.80}.")
    return known, argument


def recognised(
    name: str, config: Mapping[str, Any], weights: Collection[str], facts: Mapping[str, Any]
) -> str:
    """The format that a checkpoint is in, with its argument.

    Args:
        name: The checkpoint's: its Hub id, or its folder's name.
        config: Its config.json.
        weights: The names of its weights.
        facts: Its espalier.json, where "format" may say it; {} if there is none.

    Raises:
        ValueError: It could be in several, or in none.
    """
    if "format" in facts:
        return str(facts["format"])
    if {"score.0.weight", "score.2.weight"} <= set(weights):
        return "qwen_prm"
    if "v_head.summary.weight" in weights:
        return "skywork"
    for known in FORMATS.values():
        if known.named and re.search(known.named, name):
            return f"{known.name}:{known.usual_argument}" if known.usual_argument else known.name
    architectures = [str(one) for one in config.get("architectures") or []]
    if any(one.endswith("ForTokenClassification") for one in architectures):
        return "token_classification"
    if any(one.endswith("ForSequenceClassification") for one in architectures):
        return "outcome"
    got = ", ".join(architectures) or "no architecture in its config"
    raise ValueError(
        f"{name} is {got}, which does not tell how it scores steps. Name its format, with "
        f"--verifier-format or format=:\n{list_of_formats()}"
    )
