"""The report as one HTML file: no network, both themes, and a person can label its mistakes.

`report.py` puts it together of `cards.py` (one verifier), `charts.py` and `markup.py`. It knows
the report's JSON values and nothing of how they came about. `rescoring.py` is a page of its own:
one tree that another verifier scored anew.
"""

from search_core.verify.page.report import report_page
from search_core.verify.page.rescoring import rescoring_page
from search_core.verify.page.scripts import report_policy

__all__ = ["report_page", "report_policy", "rescoring_page"]
