"""Files of text, written whole or not at all; and why one cannot be written, in plain words."""

from __future__ import annotations

import errno
import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ESTALE, errno.EISDIR, errno.EEXIST}
_TOO_MANY = {errno.EMFILE, errno.ENFILE}


def why_not_written(error: Exception) -> str:
    """What keeps a file from being written, in plain words and without its path."""
    number = error.errno if isinstance(error, OSError) else None
    if number in _FULL:
        return "the disk is full"
    if number in _FORBIDDEN:
        return "the folder may not be written to"
    if number in _GONE:
        return "its file or folder was removed or replaced"
    if number in _TOO_MANY:
        return "too many files are open"
    said = (error.strerror if isinstance(error, OSError) else "") or str(error)
    return f"its file cannot be written ({said:.200})"


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file; text as UTF-8. Where that fails, what was there before is still there.

    Raises:
        OSError: It cannot be written.
    """
    with replaced_when_whole(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def replaced_when_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write into, which takes the path's place once all is written without an error.

    Raises:
        OSError: It cannot be written.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():  # a pipe or a terminal: there is nothing to lose
        with target.open("wb") as file:
            yield file
        return
    beside = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}")
    try:
        with beside.open("xb") as file:
            yield file
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o777)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def append_all(file: io.FileIO, text: str | bytes) -> int:
    """Append text, as UTF-8, to a file without a buffer: closing it has nothing to write.

    Returns:
        How many bytes that were.

    Raises:
        OSError: Not all of it could be written.
    """
    data = text.encode() if isinstance(text, str) else text
    rest = memoryview(data)
    while rest:
        written = file.write(rest)
        if not written:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        rest = rest[written:]
    return len(data)
