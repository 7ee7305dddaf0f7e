"""Codes by which a class is found, short enough to be read from a wall and typed on a phone."""

from __future__ import annotations

import secrets

LETTERS = "ACDEFGHJKMNPQRTVWXY34679"
"""None that is taken for another one: of O and 0, I, L and 1, S and 5, B and 8, Z and 2 there is
none, of U and V one."""
LENGTH = 6
"""24 to the 6 are 191 million codes: whoever tries five a second meets one of 100 classes in four
days, and may then look on."""
_LONGEST_TYPED = 40


def new_code() -> str:
    """A code that nobody can foretell; whoever hands it out sees to it that it is free."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def typed_code(text: str) -> str | None:
    """The code that somebody typed, in small letters or with gaps; None: it is none."""
    bare = "".join(text[:_LONGEST_TYPED].upper().replace("-", " ").split())
    return bare if len(bare) == LENGTH and set(bare) <= set(LETTERS) else None
