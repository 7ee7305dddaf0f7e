"""The recipe that trains the embedded solvers and verifiers; it alone needs torch here.

It knows no search and no page: it makes the model folders that those load like any others. Begin
with `recipe.py` (the stages in their order) and `settings.py` (every number in one place).
"""
