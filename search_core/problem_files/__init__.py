"""Files of problems as people have them: JSON lines, a JSON list, CSV, TSV, Parquet.

It knows no model and no run. Begin with `reading.py`; `rows.py` takes a file apart, `columns.py`
says which column is the problem and which its reference answer. The files are a stranger's: their
sizes are bounded, and whatever cannot be used is named by its line and the reason.
"""

from search_core.problem_files.columns import ANSWER_COLUMNS, PROBLEM_COLUMNS, USUAL, Columns
from search_core.problem_files.lines import ProblemFileError
from search_core.problem_files.reading import (
    ProblemFile,
    ReadRow,
    read_problem_file,
    read_rows,
)
from search_core.problem_files.rows import SUFFIXES

__all__ = [
    "ANSWER_COLUMNS",
    "PROBLEM_COLUMNS",
    "SUFFIXES",
    "USUAL",
    "Columns",
    "ProblemFile",
    "ProblemFileError",
    "ReadRow",
    "read_problem_file",
    "read_rows",
]
