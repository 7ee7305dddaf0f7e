"""Whether a verifier is right: measures over labelled solutions, and the report that shows them.

It knows how scores and labels compare; reading the files in which they stand is
`search_core.labelled`, and asking a model for scores is the verifiers' own.
"""
