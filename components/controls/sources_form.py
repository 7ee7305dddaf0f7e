"""What there is besides typing a problem: a fresh one, a recorded example, files, a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr

from components.controls.problem_file_form import ProblemFileForm, make_problem_file_form
from components.controls.text_form import TextForm, make_text_form
from components.elements import GroupedChoice
from components.explorer import Recording, listed
from search_core.embedded import FAMILIES
from search_core.problem import Problem


@dataclass(frozen=True)
class SourcesForm:
    """Where a problem, or a whole tree, can be taken from."""

    family: gr.Radio
    level: gr.Radio
    new_problem: gr.Button
    recording: GroupedChoice
    open_trace: gr.UploadButton
    reference: gr.Textbox
    file: ProblemFileForm
    pasted: TextForm


def make_sources_form(recordings: Sequence[Recording], first: Problem) -> SourcesForm:
    """Lay the form out; it opens with the family and level of the first problem."""
    with gr.Accordion("Problems, recorded examples, texts", open=True, elem_id="new-problem"):
        reference = gr.Textbox(
            label="Reference answer",
            info="To a problem of your own, if you know it: answers are graded by it. The "
            "problems below have theirs already.",
            lines=1,
            max_lines=3,
            elem_id="reference",
        )
        with gr.Row(elem_classes="fields"):
            family = gr.Radio(
                choices=[(family.title, name) for name, family in FAMILIES.items()],
                value=first.family,
                label="Family",
                elem_id="family",
                min_width=120,
            )
            level = gr.Radio(
                choices=levels_of(str(first.family)),
                value=first.level,
                label="Level",
                info="Steps, or numbers in Countdown.",
                elem_id="level",
                min_width=80,
            )
        new_problem = gr.Button("Draw a new problem", elem_id="draw")
        recording = GroupedChoice(
            listed(recordings),
            label="Recorded example",
            info="Opens at once; nothing is computed.",
            elem_id="recording",
        )
        with gr.Row(elem_classes="buttons"):
            open_trace = gr.UploadButton(
                "Open a trace file", file_types=[".jsonl", ".ndjson", ".json"], elem_id="open-trace"
            )
        file = make_problem_file_form()
        with gr.Accordion("Read a chain of thought", open=False, elem_id="read-text"):
            pasted = make_text_form()
    return SourcesForm(family, level, new_problem, recording, open_trace, reference, file, pasted)


def levels_of(family: str) -> list[int]:
    """Difficulty levels of a family."""
    return list(FAMILIES[family].levels)
