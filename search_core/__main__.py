"""Command line of the search core: `python -m search_core --help`."""

from __future__ import annotations

from search_core.cli.app import main

if __name__ == "__main__":
    main()
