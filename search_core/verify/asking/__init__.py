"""Asks a verifier for the scores of labelled solutions, and keeps them.

`scoring.py` asks, `scores_file.py` keeps what was answered so that a stopped run goes on, and
`own_file.py` makes a verifier of an operator's Python file. They know no measure.
"""
