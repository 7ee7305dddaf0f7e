"""Uploaded files leave the disk once they have been read, and the oldest when there are too many.

Gradio keeps every upload for as long as its cache is kept, and what came of one that broke off for
ever: a stranger could fill the disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gradio import route_utils, routes

MOST_LYING = 64
"""Files that were uploaded and that nobody has opened yet; at most 1 GB of 16 MB each."""


@contextmanager
def discarded(path: str) -> Iterator[Path]:
    """An uploaded file, for as long as it is being read. Raises what its reading raises."""
    file = Path(path)
    try:
        yield file
    finally:
        file.unlink(missing_ok=True)


class TidyParser(route_utils.GradioMultiPartParser):  # type: ignore[misc, unused-ignore]
    """Reads a form as Gradio's parser does; of one that breaks off no file is left."""

    async def parse(self) -> Any:
        """As in Gradio, whose own parser tidies up after a form that is wrong, and after no other:
        its sender may have gone, it may be too large, or the disk full."""
        try:
            return await super().parse()
        except BaseException:
            for file in self._files_to_close_on_error:
                file.close()
                Path(file.name).unlink(missing_ok=True)
            raise


def leave_no_halves() -> None:
    """From now on, in this process, of an upload that breaks off nothing stays on the disk."""
    for module in (route_utils, routes):
        module.GradioMultiPartParser = TidyParser


class Uploads:
    """The files that have been uploaded to a page.

    Args:
        files: Their paths, to which whoever takes uploads in adds.
        most: Of them may lie on the disk; the oldest make room.
    """

    def __init__(self, files: set[str], most: int = MOST_LYING) -> None:
        self._files, self._most = files, most

    def make_room(self) -> None:
        """Delete the oldest, so that one more has room; forget those that are gone."""
        lying: list[tuple[float, str]] = []
        for file in list(self._files):
            try:
                lying.append((Path(file).stat().st_mtime, file))
            except OSError:  # it was read, and is gone
                self._files.discard(file)
        for _, file in sorted(lying)[: max(0, len(lying) - self._most + 1)]:
            Path(file).unlink(missing_ok=True)
            self._files.discard(file)
