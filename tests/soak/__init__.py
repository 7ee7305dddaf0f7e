"""A long test by hand: visitors come, go, stop, refresh and upload at random, and nothing is lost.

`python -m tests.soak --minutes 20`, or `python -m tests.soak --memory` for what the server holds
after many runs and files. It is no part of the suite: it takes as long as it is told to.
"""
