"""`verify`: the report card of a verifier, from the command line.

`command.py` is the command itself, `judges.py` finds whose scores are judged, `scoring.py` asks for
them with a progress, `summary.py` prints what was found, `diff.py` compares two reports.
"""

from search_core.cli.verifying.command import verify_app

__all__ = ["verify_app"]
