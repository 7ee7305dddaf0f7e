"""The process that reads a file for `opening`: `python -m search_core.serving.file_reader`.

It is given the file, where its events are to be written, and the limits as JSON. One line of JSON
says what came of it: `{"notice", "rows"}`; or `{"refused": why}`, or `{"missing": why}`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from search_core.log.traces import OpenedLimits, TraceError
from search_core.serving.opening import read_here


def main() -> None:
    """Read the file that the command names."""
    path, out, limits = sys.argv[1:]
    try:
        opened = read_here(Path(path), OpenedLimits(**json.loads(limits)))
    except TraceError as problem:
        told: dict[str, object] = {"refused": str(problem)}
    except FileNotFoundError as problem:
        told = {"missing": str(problem)}
    else:
        Path(out).write_bytes(opened.log.text())
        told = {"notice": opened.notice, "rows": opened.comparison}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
