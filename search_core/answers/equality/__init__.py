"""Whether two answers are equal: what they say decides, never how they are written.

An answer is read (`reading.py`) as a number, a quantity with its unit, a group of values, words,
or a formula, and readings are compared (`comparing.py`): exactly where both are exact. Only what
that cannot decide is for algebra (`algebra.py`), which runs in a worker process.

This package imports nothing of the app, so that the worker process can load it alone.
"""

from search_core.answers.equality.comparing import equal
from search_core.answers.equality.reading import read
from search_core.answers.equality.readings import Reading

__all__ = ["Reading", "equal", "read"]
