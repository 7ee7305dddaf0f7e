"""Plants faults one at a time and says which tests notice: do the tests bite?

`faults.toml` holds the faults, `plant.py` plants them; begin with `python -m tests.faults --help`.
It is run by hand, not by the test command; that each fault still fits the code is a test.
"""
