"""`verify`: the report card of a verifier, from the command line.

`command.py` is the command itself, `judges.py` finds whose scores are judged, `scoring.py` asks for
them with a progress, `summary.py` prints what was found, `diff.py` compares two reports,
`rescoring.py` scores a recorded tree anew.
"""

from search_core.cli.verifying.command import verify_app
from search_core.cli.verifying.diff import verify_diff, verify_schema
from search_core.cli.verifying.rescoring import verify_rescore

verify_app.command("diff")(verify_diff)
verify_app.command("rescore")(verify_rescore)
verify_app.command("schema")(verify_schema)

__all__ = ["verify_app"]
