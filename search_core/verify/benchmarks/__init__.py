"""The benchmarks' own numbers, in the order of operations of their reference scripts.

One module a benchmark: each says which script it follows. Where a script divides by zero, or
writes -1 for what is not defined, the value here is None and `undefined` says why. They know
tables of scores and no file and no model.
"""

from search_core.verify.benchmarks.hard2verify import hard2verify
from search_core.verify.benchmarks.prmbench import prmbench
from search_core.verify.benchmarks.processbench import processbench

__all__ = ["hard2verify", "prmbench", "processbench"]
