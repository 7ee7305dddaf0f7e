"""The bytes of files that people open, as text: UTF-8, or what a byte order mark says."""

from __future__ import annotations

import codecs

# The long marks first: that of UTF-32 begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LOOKED_AT = 4096


def encoding_of(data: bytes) -> str | None:
    """How a text is encoded, where a byte order mark says it."""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def declares_encoding(data: bytes) -> bool:
    """Whether a byte order mark says how the text is encoded."""
    return encoding_of(data) is not None


def decoded(data: bytes) -> str:
    """The text of a file, without its byte order mark.

    Single bytes that are no text become "\N{REPLACEMENT CHARACTER}".

    Raises:
        ValueError: It is no text file: it has bytes of zero, as pictures, archives, and UTF-16
            without its mark have.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if b"\0" in data[:_LOOKED_AT]:
        raise ValueError(
            "The file has bytes of zero, as no text in UTF-8 has. Save it as text in UTF-8, or in "
            "UTF-16 with a byte order mark."
        )
    return data.decode("utf-8", "replace")
