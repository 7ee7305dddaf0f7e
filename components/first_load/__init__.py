"""What it costs a browser to open Gradio's page, taken down from outside.

The page that Gradio writes is changed on its way out: it names at once the files that it will ask
for (`gradio_files`), brings their style sheets as one, builds its components once (`page_head`),
asks for no frames while nothing happens (`quiet_frames`), and is sent compressed (`page_text`).
Answers that never change are compressed once (`kept_answers`). Nothing here knows what stands on
the page; where Gradio's files are not written as expected, its page stays as it is.
"""

from __future__ import annotations

from components.first_load.gradio_files import GradioFiles, gradio_files
from components.first_load.kept_answers import KeptAnswers
from components.first_load.page_head import PageHead, page_head
from components.first_load.page_text import PageText

__all__ = [
    "GradioFiles",
    "KeptAnswers",
    "PageHead",
    "PageText",
    "gradio_files",
    "page_head",
]
