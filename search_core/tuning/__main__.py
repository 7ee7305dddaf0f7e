"""`python -m search_core.tuning`: see `command.py`."""

from search_core.tuning.command import main

if __name__ == "__main__":
    main()
