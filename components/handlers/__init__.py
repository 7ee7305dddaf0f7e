"""What happens on the page: a button is pressed, a field changes, the page opens.

- `runs`: a run is started, followed, stopped, and found again. Begin here.
- `steering`: a person acts on the run on show, and another one comes of it.
- `shown`: a tree is shown without a run: a recorded example, a file, a pasted text.
- `problem_files`: a problem is picked from a file of one's own.
- `problem_words`: a problem has words that the models have not learned.
- `form`: the form changes with what is chosen in it, and says what a run will take.
- `tying`: the form is filled from the run on show.
- `naming`: a page names its run before the server hears of it, so that a refresh finds it.
- `memory`: the line that says what memory the models hold.

Each is a class with its handlers and `wire`, which attaches them to the controls. They hand work
to the run registry and hold no state of their own, so a refreshed page finds its run again. How
the controls look is in `components.controls`, how a search goes in `search_core`.
"""

from __future__ import annotations

from components.handlers.form import FormHandlers
from components.handlers.memory import MemoryHandlers
from components.handlers.problem_files import ProblemFileHandlers
from components.handlers.problem_words import ProblemWords
from components.handlers.runs import RunHandlers
from components.handlers.shown import ShownHandlers
from components.handlers.steering import SteerHandlers
from components.handlers.tying import FormTie

__all__ = [
    "FormHandlers",
    "FormTie",
    "MemoryHandlers",
    "ProblemFileHandlers",
    "ProblemWords",
    "RunHandlers",
    "ShownHandlers",
    "SteerHandlers",
]
