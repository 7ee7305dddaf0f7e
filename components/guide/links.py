"""Where a link in a page of the guide leads when the app shows the page.

A link is written as one that works in the repository: to another page (`verifiers.md#judge`), to
a file (`../models/verifier-small/README.md`), to a picture. The app has the pages and the
pictures; a file becomes a link into the repository where its address is known, else plain text.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote, urlsplit

from components.guide.pages import INDEX, Guide

ROOT = Path(__file__).resolve().parents[2]
IMAGES = frozenset({".png", ".svg", ".webp", ".gif", ".jpg", ".jpeg"})


@dataclass(frozen=True)
class Link:
    """Where a link leads.

    Attributes:
        href: Its address, or None: it becomes text.
        outside: Whether it leaves the guide.
        file: Path in the repository of a file that it names.
    """

    href: str | None
    outside: bool = False
    file: str | None = None


class Links:
    """Links of the pages of one guide.

    Args:
        guide: Its pages.
        repository: Address under which the repository's files can be read, or "".
        root: The repository's folder.
    """

    def __init__(self, guide: Guide, repository: str = "", root: Path = ROOT) -> None:
        self._slugs: Collection[str] = {INDEX, *(page.slug for page in guide.pages)}
        self._folder = guide.folder
        self._repository = repository.rstrip("/")
        self._root = root

    def link(self, written: str) -> Link:
        """Where a link leads that is written like this."""
        parts = urlsplit(written)
        if parts.scheme in {"http", "https"} and parts.netloc:
            return Link(written, outside=True)
        if parts.scheme or parts.netloc:
            return Link(None)
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        if not parts.path:
            return Link(fragment or None)
        slug = parts.path.removesuffix(".md").removeprefix("./")
        if parts.path.endswith(".md") and slug in self._slugs:
            return Link(("./" if slug == INDEX else slug) + fragment)
        return self._file(parts.path, fragment)

    def image(self, written: str) -> str | None:
        """The repository's path of a picture; None: there is no such picture here."""
        parts = urlsplit(written)
        if parts.scheme or parts.netloc:
            return None
        path = self._inside(parts.path)
        if path is None or Path(path).suffix.lower() not in IMAGES:
            return None
        return path if (self._root / path).is_file() else None

    def _file(self, path: str, fragment: str) -> Link:
        inside = self._inside(path)
        if inside is None:
            return Link(None)
        if not self._repository:
            return Link(None, file=inside)
        return Link(f"{self._repository}/{inside}{fragment}", outside=True, file=inside)

    def _inside(self, path: str) -> str | None:
        """The path in the repository that a relative link means; None: it is not in there."""
        if path.startswith("/") or not self._folder.is_relative_to(self._root):
            return None
        folder = self._folder.relative_to(self._root).as_posix()
        inside = normpath(f"{folder}/{unquote(path)}")
        return None if inside.startswith("..") or inside == "." else inside
