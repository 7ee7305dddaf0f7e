"""Command line of the embedded models: `python -m search_core.embedded train --out DIR`."""

from __future__ import annotations

from search_core.embedded.training.command import main

if __name__ == "__main__":
    main()
