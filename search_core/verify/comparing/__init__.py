"""Two verifiers on the same rows (`paired.py`), and two reports (`diff.py`)."""
