"""`python -m tests.faults`."""

from __future__ import annotations

from tests.faults.plant import main

if __name__ == "__main__":
    raise SystemExit(main())
