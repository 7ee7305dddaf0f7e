"""Finds the chosen problems anew: `python -m search_core.chosen_problems`."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from search_core.chosen_problems.claims import CLAIMS
from search_core.chosen_problems.finding import find, held_out
from search_core.chosen_problems.stored import FOLDER

_log = logging.getLogger("search_core.chosen_problems")


def main() -> None:
    """Search for each claim, and write the trace that shows it most plainly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder for the traces")
    parser.add_argument("--only", choices=list(CLAIMS), help="one of the claims")
    parser.add_argument("--count", type=int, default=120, help="problems of each family")
    parser.add_argument("--draw", type=int, default=7, help="seed of the problems")
    parser.add_argument("--seeds", type=int, default=1, help="runs of each problem")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    asked.out.mkdir(parents=True, exist_ok=True)
    for name in [asked.only] if asked.only else CLAIMS:
        claim = CLAIMS[name]
        problems = held_out(claim, asked.count, asked.draw)
        found = list(find(claim, problems, range(1, asked.seeds + 1), _log.info))
        if not found:
            parser.error(f"Nothing shows {name}: give a larger --count, or more --seeds.")
        _, result = max(found, key=lambda pair: pair[0].strength)
        result.save(asked.out / f"{name}.jsonl")
        _log.info("%s: %d of %d runs", name, len(found), len(problems) * asked.seeds)


if __name__ == "__main__":
    main()
