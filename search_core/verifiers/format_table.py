"""The table of formats: what each is called, what it reads, and how its number is read.

A format is one class (`formats/`) and one row here. Everything else is a view of the rows: the
lists in help and messages and which format a checkpoint is in (`format_choice.py`), how it is built
in this process (`loading.py`) and over a server (`search_core.remote.verifier`). Imports no torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from search_core.engine.running_text import DELIMITER
from search_core.verifiers.format_row import VerifierFormat
from search_core.verifiers.formats.chat_turns import ChatTurns
from search_core.verifiers.formats.genprm import GenPrm
from search_core.verifiers.formats.markers import Lines, MarkedSteps, TaggedSteps
from search_core.verifiers.formats.readout_kinds import (
    HeadLabels,
    LikelihoodRatio,
    SequenceLabels,
    TokenLabels,
    TokenPair,
)
from search_core.verifiers.formats.step_ends import PlainStepEnds, StepEnds
from search_core.verifiers.formats.whole import JudgePrompt, WholeSolution
from search_core.verifiers.generative.prompts import (
    GENPRM_REASONING,
    JUDGE,
    THINKPRM,
    THINKPRM_QUESTION,
)

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
