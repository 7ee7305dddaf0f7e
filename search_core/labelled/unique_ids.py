"""Ids that no two rows of a file share, in memory that does not grow with the file."""

from __future__ import annotations

from hashlib import blake2b

_BITS = 1 << 25
"""4 MB: of a million ids one in about ten thousand is taken for one that was there."""
_PROBES = 4


class UniqueIds:
    """Makes ids unique by adding the row's place to those that were there before.

    What was there is kept as a Bloom filter (Bloom 1970): it never forgets an id, and rarely
    believes to know a new one, which then has its place added for nothing.
    """

    def __init__(self) -> None:
        self._bits = bytearray(_BITS // 8)

    def of(self, wanted: str, where: str) -> str:
        """The wanted id, or one with the place of its row.

        Args:
            wanted: "" for none: the place alone is the id.
            where: Different for every row: "line 3".
        """
        found = wanted or where
        while self._was_there(found):
            found = f"{found} ({where})"
        return found

    def _was_there(self, found: str) -> bool:
        """Whether it was, or seems to have been; it is from now on."""
        digest = blake2b(found.encode(), digest_size=4 * _PROBES).digest()
        was = True
        for at in range(0, len(digest), 4):
            byte, bit = divmod(int.from_bytes(digest[at : at + 4]) % _BITS, 8)
            was = was and bool(self._bits[byte] >> bit & 1)
            self._bits[byte] |= 1 << bit
        return was
