"""How solutions of each family are spoiled, so that a verifier learns what wrong steps look like.

One module a family, each with its own kinds of mistakes; `common.py` is what they share. They
know no model. Begin with `search_core.embedded.corruption`, which chooses among them.
"""
