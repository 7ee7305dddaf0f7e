"""Whether a verifier is right: measures over labelled solutions, and the report that shows them.

What is in it: one verifier's card (`card.py`, of `measures` and `benchmarks`), several on the same
rows (`report.py`, `comparing`), edits that fool it (`stress`), who is asked for scores (`asking`),
solutions to judge by (`drawn.py`), and the page (`page`). It knows how scores and labels compare;
reading the files in which they stand is `search_core.labelled`. Begin with `report.py`.
"""

from search_core.verify.card import JudgedVerifier
from search_core.verify.page import report_page
from search_core.verify.report import ReportSettings, make_report

__all__ = ["JudgedVerifier", "ReportSettings", "make_report", "report_page"]
