"""The recipe that trains the embedded solver and verifier. Needs torch; nothing else does."""
