"""Problems from a file of one's own: open it, and pick one of them by its number."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from search_core.problem_files import SUFFIXES

PAGE_SUFFIXES = tuple(suffix for suffix in SUFFIXES if suffix != ".parquet")
"""What a page takes from strangers: how large a Parquet file is unpacked, only it knows."""


@dataclass(frozen=True)
class ProblemFileForm:
    """Where a file of problems is opened, and which of its problems is in the form.

    Attributes:
        held: The opened file's problems: pairs of text and reference answer.
        picker: Holds what picks one; shown once a file is open.
    """

    held: gr.State
    open_file: gr.UploadButton
    picker: gr.Group
    number: gr.Number
    previous: gr.Button
    following: gr.Button


def make_problem_file_form() -> ProblemFileForm:
    """Lay the form out."""
    with gr.Row(elem_classes="buttons"):
        open_file = gr.UploadButton(
            "Open a problem file", file_types=list(PAGE_SUFFIXES), elem_id="open-problems"
        )
    with gr.Group(visible=False, elem_id="problem-picker") as picker:
        number = gr.Number(
            1, label="Problem of the file", info="", precision=0, step=1, elem_id="problem-number"
        )
        with gr.Row(elem_classes="buttons"):
            previous, following = (
                gr.Button(
                    f"{name} problem", size="sm", elem_id=f"{name.lower()}-problem", min_width=90
                )
                for name in ("Previous", "Next")
            )
    return ProblemFileForm(gr.State(()), open_file, picker, number, previous, following)
