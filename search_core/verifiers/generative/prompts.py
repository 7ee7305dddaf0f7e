"""How each family of reasoning verifiers is asked, and where its verdict stands: plain data."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from search_core.verifiers.formats.whole import JUDGE_TASK
from search_core.verifiers.generative.chains import Messages

_MOST_STEPS = 64
"""Further ones are noticed a little later, not missed."""


@dataclass(frozen=True, slots=True)
class ReasoningPrompt:
    """How one family is asked.

    Attributes:
        name: As a format.
        messages: The chat, of a problem, its steps, and what was written about those before the
            last one.
        opening: What the answer about so many steps begins with.
        stops: Texts at which the reasoning about so many steps is over.
        closing: Written behind the reasoning about a step; then comes the verdict. "": the
            verdicts stand in the reasoning itself, one for each step.
        right, wrong: The verdicts as they are written.
        answers: Whether the chat template opens the assistant's turn.
        looks_back: Whether it reads what it wrote about the steps before.
        tokens: Most tokens of reasoning, unless options say otherwise.
        cool, warm: Temperature for one chain a verdict, and for several.
        top_p: Nucleus mass.
    """

    name: str
    messages: Callable[[str, Sequence[str], Sequence[str]], Messages]
    opening: Callable[[int], str]
    stops: Callable[[int], tuple[str, ...]]
    closing: str
    right: str
    wrong: str
    tokens: int
    cool: float
    warm: float
    top_p: float = 1.0
    answers: bool = True
    looks_back: bool = False

    @property
    def all_stops(self) -> tuple[str, ...]:
        """Whatever may stop its reasoning."""
        return tuple(dict.fromkeys(s for n in range(1, _MOST_STEPS) for s in self.stops(n)))


# ThinkPRM ----------------------------------------------------------------------------------

_THINK_TASK = (
    "You are given a math problem and a proposed step-by-step solution:\n\n[Math Problem]\n\n"
    "{problem}\n\n[Solution]\n\n{solution}\n\nReview and critique each step in the proposed "
    "solution to determine whether each step is correct. If the solution is incomplete, only "
    "verify the provided steps."
)
_NUMBERED = re.compile(r"(?:## )?Step \d+:")


def bare(step: str) -> str:
    """A step without a number of its own, as ThinkPRM is shown it."""
    return _NUMBERED.sub("", step).strip()


def _think_messages(problem: str, steps: Sequence[str], earlier: Sequence[str]) -> Messages:
    said = [f"Step {n}: {bare(text)}" for n, text in enumerate(steps, 1)]
    # In one go: a problem that spells out a slot is not filled in.
    before, between, after = re.split(r"\{problem\}|\{solution\}", _THINK_TASK)
    return (("user", before + problem + between + "\n".join(said) + after),)


THINKPRM = ReasoningPrompt(
    name="thinkprm",
    messages=_think_messages,
    opening=lambda steps: "\nLet's verify step by step:",
    stops=lambda steps: ("</think>", "Is the solution correct?", f"Step {steps + 1}:"),
    closing="",
    right="\\boxed{correct}",
    wrong="\\boxed{incorrect}",
    tokens=4096,
    cool=0.0,
    warm=0.4,
)
"""launch/ThinkPRM-1.5B, -7B, -14B: one chain about a path, with a box for each of its steps.

Prompt, opening and stops: github.com/mukhal/ThinkPRM at 0beccfb, utils/helper.py
(`format_verification_cot_for_thinkprm`) and prm/thinkprm_api.py; tokens and temperature: the
model card, and the recipes for several chains. Score: "correct" against "incorrect" in each
step's box. In the training data (dataset/prm_dataset.py) a chain has a box for each step, or
ends at its first "incorrect".

Different on purpose: where the chat template itself ends with a line break ("<think>" and a line
break in the released models) the opening adds none, as in the training text.
"""

THINKPRM_QUESTION = replace(
    THINKPRM,
    closing="\n</think>\nIs the solution correct?",
    right=" Yes",
    wrong=" No",
)
"""The same, asked after each step whether the solution so far is correct: the score that
ThinkPRM's own search uses. Reasoning that is cut off is asked all the same, as there.

Different on purpose: the question stands behind "</think>", and " Yes" is held against " No", as
in the training text; prm/thinkprm_api.py leaves the tag out and asks for "yes" or "no".
"""

# GenPRM ------------------------------------------------------------------------------------

GENPRM_REASONING_SYSTEM = (
    "You are a math teacher. Your task is to review and critique the paragraphs in solution "
    "step by step."
)
_ANALYZED, _JUDGEMENT = "</analyze>\n", "<output>\n**Judgement**: $"


def _genprm_messages(problem: str, steps: Sequence[str], earlier: Sequence[str]) -> Messages:
    said: list[tuple[str, str]] = [("system", GENPRM_REASONING_SYSTEM)]
    for number, step in enumerate(steps):
        said.append(("user", step if number else f"{problem}\n{step}"))
        if number < len(steps) - 1:
            said.append(("assistant", f"{earlier[number]}$\n</output>"))
    return tuple(said)


GENPRM_REASONING = ReasoningPrompt(
    name="genprm_reasoning",
    messages=_genprm_messages,
    opening=lambda steps: f"<analyze>\nLet's analyze the Paragraph {steps} step by step: ",
    stops=lambda steps: ("</analyze>",),
    closing=_ANALYZED + _JUDGEMENT,
    right="\\boxed{Yes}",
    wrong="\\boxed{No}",
    tokens=2048,
    cool=0.6,
    warm=0.6,
    top_p=0.95,
    answers=False,
    looks_back=True,
)
"""GenPRM-1.5B, -7B, -32B with an analysis before each verdict, and no programs.

Prompt, opening, stops, tokens and sampling: github.com/RyanLiu112/GenPRM at cc80f47,
src/prm_evaluation/genprm_inference.py and prm_evaluate.py with `--analyze` and without `--verify`:
each paragraph is a turn of the user's, after it comes what was written about it, and the template
does not open the assistant's turn. Score: "Yes" against "No" in the verdict's box; several chains
are averaged, and the first one is read again at the next step.

Different on purpose: programs are neither asked for nor run; there is no top-k (20 there); the
verdict that is read again at the next step is the likelier one, not a drawn one.
"""

# Any chat model ----------------------------------------------------------------------------

JUDGE_REASONING = (
    "Is the last of these steps correct, given the problem and the steps before it? Reason about "
    'it first. Then end with one line, "Verdict: Yes" or "Verdict: No".'
)


def _judge_messages(problem: str, steps: Sequence[str], earlier: Sequence[str]) -> Messages:
    said = "".join(f"Step {n}: {text}\n\n" for n, text in enumerate(steps, 1))
    asked = f"Problem:\n\n{problem}\n\nSolution so far:\n\n{said}{JUDGE_REASONING}"
    return (("system", JUDGE_TASK), ("user", asked))


JUDGE = ReasoningPrompt(
    name="judge",
    messages=_judge_messages,
    opening=lambda steps: "",
    stops=lambda steps: ("Verdict:",),
    closing="\n\nVerdict:",
    right=" Yes",
    wrong=" No",
    tokens=1024,
    cool=0.0,
    warm=0.6,
)
"""Any chat model: it reasons about the last step, and is held to a verdict. The format `judge`
with the option "reason"; our own prompt."""
