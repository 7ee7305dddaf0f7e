"""Solutions with labels and scores for their steps, and the files in which people keep them.

What is in it: the row that every file of labels becomes (`solution`), and what reads and writes
the published forms. It knows no model and draws no report. Begin with `solution`, then `reading`;
the kinds of files are in `kinds`, what is written in `writing`, and what the
page opens in `opening`.
"""

from search_core.labelled.kinds import KINDS, FileKind, NeutralRating
from search_core.labelled.reading import LabelledFile, read_labelled, read_trees
from search_core.labelled.report import LabelledFileError, ReadingReport
from search_core.labelled.solution import NO_ERROR, RIGHT_FROM, LabelledSolution

__all__ = [
    "KINDS",
    "NO_ERROR",
    "RIGHT_FROM",
    "FileKind",
    "LabelledFile",
    "LabelledFileError",
    "LabelledSolution",
    "NeutralRating",
    "ReadingReport",
    "read_labelled",
    "read_trees",
]
