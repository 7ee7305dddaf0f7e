"""Tuning a published model by low-rank changes: steps that a search can use, and a verifier.

`python -m search_core.tuning train --out DIR` makes both on CPUs from a small chat model; what
comes out are folders of a few megabytes, which are loaded like any model
(`search_core.engine.checkpoints.low_rank_folder`). Begin with `problems.py` and `stages.py`.
Importing this package needs no torch.
"""
