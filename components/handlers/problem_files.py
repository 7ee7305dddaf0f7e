"""A file of problems that a person opens, and picking one of them into the form."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import gradio as gr

from components.bounds import FairTurns, discarded
from components.controls import Controls
from components.controls.problem_file_form import PAGE_SUFFIXES
from components.elements import error, info
from components.handlers.attaching import OPENED_AT_ONCE, OPENING, QUIET, in_turn
from search_core.problem_files import ProblemFileError, read_problem_file

MOST_HELD = 1_000
"""Problems of a file that a page holds for its visitor: 5 MB at most."""
Held: TypeAlias = tuple[tuple[str, str], ...]


class ProblemFileHandlers:
    """Open a file of problems and pick one. What is picked: number, problem, answer, notice.

    Args:
        trusted_proxies: As for `owner_of`.
        turns: In which files are read; of its own unless others share them.
    """

    def __init__(self, trusted_proxies: int = 0, turns: FairTurns | None = None) -> None:
        self._trusted_proxies = trusted_proxies
        self._turns = turns or FairTurns(OPENED_AT_ONCE)

    def wire(self, controls: Controls) -> None:
        """Attach the handlers."""
        form = controls.sources.file
        picked = [form.number, controls.problem, controls.sources.reference, controls.notice]
        form.open_file.upload(
            in_turn(self._turns, self._trusted_proxies, self.open, self._refused),
            form.open_file,
            [form.held, form.picker, *picked],
            **OPENING,
        )
        asked = [form.held, form.number]
        form.number.input(self.pick, asked, picked, trigger_mode="always_last", **QUIET)
        form.previous.click(self.pick_previous, asked, picked, **QUIET)
        form.following.click(self.pick_next, asked, picked, **QUIET)

    def open(self, path: str, request: gr.Request | None = None) -> tuple[Any, ...]:
        """Hold what a file has, and put its first problem into the form.

        Args:
            request: Whose it is: asked for its turn, and by nobody else.
        """
        try:
            with discarded(path) as opened:
                if opened.suffix.lower() not in PAGE_SUFFIXES:
                    return self._refused(f"It must end in {', '.join(PAGE_SUFFIXES)}.")
                file = read_problem_file(opened, graded=False, most=MOST_HELD)
        except FileNotFoundError:
            return self._refused("This file is no longer here. Open it again.")
        except (ProblemFileError, OSError) as mistake:
            return self._refused(str(mistake))
        held = tuple((problem.text, problem.answer or "") for problem in file.problems)
        number, problem, answer, _ = self.pick(held, 1)
        number |= {"info": f"Of {file.name:.60}: 1 to {len(held):,}."}
        shown = gr.update(visible=True)
        return held, shown, number, problem, answer, info(file.said())

    def pick(self, held: Held, number: float | None) -> tuple[Any, ...]:
        """Put one problem into the form, with its reference answer."""
        if number is None:  # the field is being emptied, to type another one
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        if not (math.isfinite(number) and 1 <= number <= len(held)):
            told = f"The file has problems 1 to {len(held):,}; got {number:g}."
            return gr.skip(), gr.skip(), gr.skip(), error(told, "problem-number")
        text, answer = held[int(number) - 1]
        told = f"Problem {int(number):,} of {len(held):,}."
        return gr.update(value=int(number)), text, answer, info(told)

    def pick_previous(self, held: Held, number: float | None) -> tuple[Any, ...]:
        """The problem before; of the first, itself."""
        return self.pick(held, max(1, (number or 2) - 1))

    def pick_next(self, held: Held, number: float | None) -> tuple[Any, ...]:
        """The problem after; of the last, itself."""
        return self.pick(held, min(len(held), (number or 0) + 1))

    def _refused(self, why: str) -> tuple[Any, ...]:
        told = error(f"This file cannot be opened. {why}", "open-problems")
        return *[gr.skip()] * 5, told
