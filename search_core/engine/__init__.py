"""In-process models: loading, tokenising, and batched decoding with a key-value cache.

Importing this package imports no torch; its modules do so inside functions or when they are
imported themselves, which only solvers and verifiers do, when they are built.
"""
