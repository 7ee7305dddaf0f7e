"""What pages the guide has: read from its index, `assets/guide/index.md`.

A line `- [Title](slug.md): one-line summary.` is a page, a heading `## Group` the group of the
lines below it. The order is the order of reading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "guide"
INDEX = "index"
_PAGE = re.compile(r"- \[(?P<title>[^\]]+)\]\((?P<slug>[a-z0-9_-]+)\.md\): (?P<summary>\S.*)")
_GROUP = re.compile(r"## (?P<group>\S.*)")


class GuideError(ValueError):
    """The guide's index is not as it must be; the message says where."""


@dataclass(frozen=True)
class GuidePage:
    """One page as its index lists it.

    Attributes:
        slug: Its file's name without the ending, and its address.
        title: What it is called in lists.
        summary: One line.
        group: The index's heading above it.
    """

    slug: str
    title: str
    summary: str
    group: str


@dataclass(frozen=True)
class Guide:
    """All pages, in the order of reading.

    Attributes:
        folder: Where their files are.
        pages: As the index lists them; the index itself is none of them.
    """

    folder: Path
    pages: tuple[GuidePage, ...]

    def page(self, slug: str) -> GuidePage | None:
        """The page of this name, if there is one."""
        return next((page for page in self.pages if page.slug == slug), None)

    def groups(self) -> dict[str, list[GuidePage]]:
        """The pages by their group, both in order."""
        groups: dict[str, list[GuidePage]] = {}
        for page in self.pages:
            groups.setdefault(page.group, []).append(page)
        return groups

    def neighbours(self, slug: str) -> tuple[GuidePage | None, GuidePage | None]:
        """The pages before and after this one; the index comes before the first."""
        order = [INDEX, *(page.slug for page in self.pages)]
        place = order.index(slug)
        before = self.pages[place - 2] if place > 1 else None
        after = self.pages[place] if place < len(self.pages) else None
        return before, after

    def text(self, slug: str) -> str:
        """The Markdown of a page; of the index what stands above its first group."""
        text = (self.folder / f"{slug}.md").read_text(encoding="utf-8")
        return text if slug != INDEX else re.split(r"^(?:## |- )", text, maxsplit=1, flags=re.M)[0]


def read_guide(folder: Path = FOLDER) -> Guide:
    """Read the index, and see that every page that it lists is there.

    Raises:
        GuideError: There is no index, a line of it is not understood, or a page is missing.
    """
    index = folder / f"{INDEX}.md"
    try:
        lines = index.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise GuideError(f"The guide has no index at {index}: {error.strerror}.") from error
    pages: list[GuidePage] = []
    group = ""
    for number, line in enumerate(lines, 1):
        if heading := _GROUP.fullmatch(line.strip()):
            group = heading["group"]
        elif line.startswith("- "):
            pages.append(_page(line, group, f"{index}, line {number}"))
    if not pages:
        raise GuideError(f"{index} lists no page: `- [Title](slug.md): one-line summary.`")
    _check(pages, folder)
    return Guide(folder, tuple(pages))


def _page(line: str, group: str, where: str) -> GuidePage:
    found = _PAGE.fullmatch(line.strip())
    if found is None:
        raise GuideError(
            f"{where}: expected `- [Title](slug.md): one-line summary.`, got {line!r:.120}."
        )
    return GuidePage(found["slug"], found["title"], found["summary"], group)


def _check(pages: list[GuidePage], folder: Path) -> None:
    slugs = [page.slug for page in pages]
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise GuideError(f"The guide's index lists {slug}.md more than once.")
        if slug == INDEX or not (folder / f"{slug}.md").is_file():
            raise GuideError(f"The guide's index lists {slug}.md, which is not in {folder}.")
