"""What the solver is told before the problem, where a solver can be told something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from components.controls.mistakes import FormError, meant
from search_core.models import ModelPair, SolverPrompt
from search_core.models.prompts import EXAMPLE, MAX_EXAMPLES, check_examples, check_system

SYSTEM, EXAMPLES = "system-prompt", "examples"
"""The ids of the fields."""
_NONE = (
    "The embedded models read no system prompt and no worked examples: they were trained on "
    "problems alone."
)
_NONE_OF_OTHERS = "This solver reads no system prompt and no worked examples."


@dataclass(frozen=True)
class PromptForm:
    """A system prompt and worked examples, or a sentence why there are none."""

    about: gr.Markdown
    system: gr.Textbox
    examples: gr.Textbox

    @property
    def outputs(self) -> list[Any]:
        """What `prompt_updates` updates."""
        return [self.about, self.system, self.examples]


def make_prompt_form(pair: ModelPair) -> PromptForm:
    """Lay the form out, with what this pair's solver is told unless somebody changes it."""
    taken, usual = pair.takes_prompt, usual_prompt(pair)
    with gr.Group(elem_id="told"):
        about = gr.Markdown(
            _why_not(pair), elem_id="about-prompt", elem_classes="about", padding=False,
            visible=not taken,
        )  # fmt: skip
        system = gr.Textbox(
            usual.system,
            label="System prompt",
            info="What the solver is told before the problem. Leave it empty to say nothing.",
            lines=3,
            max_lines=8,
            elem_id=SYSTEM,
            visible=taken,
        )
        examples = gr.Textbox(
            usual.examples,
            label="Worked examples",
            info=f"Shown after it, at most {MAX_EXAMPLES}. Each begins with “{EXAMPLE.strip()}” "
            "and its problem; the steps follow, with blank lines between them.",
            placeholder=f"{EXAMPLE}What is 2 + 3 * 4?\n\n3 * 4 = 12\n\n2 + 12 = 14, so the answer "
            "is \\boxed{14}.",
            lines=3,
            max_lines=12,
            elem_id=EXAMPLES,
            visible=taken,
        )
    return PromptForm(about, system, examples)


def prompt_updates(pair: ModelPair) -> list[Any]:
    """Updates of `PromptForm.outputs`: which of it this pair has."""
    taken = pair.takes_prompt
    return [
        gr.update(visible=not taken, value=_why_not(pair)),
        gr.update(visible=taken),
        gr.update(visible=taken),
    ]


def usual_prompt(pair: ModelPair) -> SolverPrompt:
    """What this pair's solver is told unless a run says otherwise; nothing where it reads none."""
    return SolverPrompt.of(pair.prompt) if pair.takes_prompt else SolverPrompt()


def asked_prompt(system: str | None, examples: str | None, pair: ModelPair) -> str | None:
    """What a run is to tell the solver; None: what it is told anyway.

    Args:
        system, examples: As typed; None: as usual.

    Raises:
        FormError: The solver reads none, or they are not what they should be.
    """
    usual = usual_prompt(pair)
    asked = SolverPrompt(
        usual.system if system is None else system,
        usual.examples if examples is None else examples,
    )
    if asked.text == usual.text:
        return None
    if not pair.takes_prompt:
        raise FormError(_why_not(pair) + " Leave them out.", "pair")
    with meant(SYSTEM):
        check_system(asked.system)
    with meant(EXAMPLES):
        check_examples(asked.examples)
    return asked.text


def _why_not(pair: ModelPair) -> str:
    return _NONE if pair.embedded else _NONE_OF_OTHERS
