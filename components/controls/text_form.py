"""A long chain of thought, pasted or opened, to be drawn as the tree that it walked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from search_core.log.encodings import decoded

# What is read of a file: more than any text that can be drawn, and little to hold.
_MOST_BYTES = 8_000_000


@dataclass(frozen=True)
class TextForm:
    """Where to paste or open a text."""

    text: gr.Textbox
    problem: gr.Textbox
    draw: gr.Button
    open_file: gr.UploadButton


def make_text_form() -> TextForm:
    """Lay the form out."""
    gr.Markdown(
        "Any long answer that tries, doubts and turns back (*wait*, *alternatively*, *let me go "
        "back*) becomes the tree that it walked. No model is asked.",
        elem_classes="about",
        padding=False,
    )
    text = gr.Textbox(
        label="Chain of thought",
        info="Paste it here, with or without its <think> tags.",
        lines=5,
        max_lines=12,
        elem_id="pasted-text",
    )
    problem = gr.Textbox(
        label="What it is about",
        info="Optional.",
        lines=1,
        max_lines=4,
        elem_id="pasted-problem",
    )
    with gr.Row(elem_classes="buttons"):
        draw = gr.Button("Draw it as a tree", size="sm", elem_id="draw-text", min_width=90)
        open_file = gr.UploadButton(
            "Open a text file",
            file_types=[".txt", ".md"],
            size="sm",
            elem_id="open-text",
            min_width=90,
        )
    return TextForm(text, problem, draw, open_file)


def read_text_file(path: Path) -> str:
    """The text of a file that a person opened; what is no text in it becomes a sign for that.

    Raises:
        ValueError: It is no text file.
    """
    with path.open("rb") as file:
        return decoded(file.read(_MOST_BYTES))
