"""Edits of solutions that must not change a score, and edits that must lower one.

`edits.py` makes them, `truth.py` says whether an edit did what it is called (exactly, where the
families' checker knows), `choosing.py` says of which solutions, and `measuring.py` what the scores
made of them. They ask no model: edited solutions are scored like all others.
"""
