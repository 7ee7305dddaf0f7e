"""The report as one HTML file: no network, both themes, and a person can label its mistakes.

`report.py` puts it together of `cards.py` (one verifier), `charts.py` and `markup.py`. It knows
the report's JSON values and nothing of how they came about.
"""

from search_core.verify.page.labelling import labelling_policy
from search_core.verify.page.report import report_page

__all__ = ["labelling_policy", "report_page"]
