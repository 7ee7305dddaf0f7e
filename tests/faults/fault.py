"""One fault: what it replaces by what, why, and the tests that ought to notice."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FAULTS = Path(__file__).with_name("faults.toml")


class FaultError(ValueError):
    """A fault that cannot be planted as it is written."""


@dataclass(frozen=True)
class Fault:
    """A wrong line in the place of a right one.

    Attributes:
        name: What to call it on the command line.
        reason: What would go wrong for a person if nobody noticed.
        file: Path from the root of the repository.
        find: Text that stands in the file exactly once.
        put: What stands there instead.
        tests: Paths of test files, for pytest, from the root.
    """

    name: str
    reason: str
    file: str
    find: str
    put: str
    tests: tuple[str, ...]

    def planted(self, text: str) -> str:
        """The file's text with the fault in it.

        Raises:
            FaultError: The text to replace is not there exactly once or stays as it is, or what
                comes of it is no Python: that any test would notice.
        """
        count = text.count(self.find)
        if count != 1:
            raise FaultError(
                f"{self.name}: the text to find stands {count} times in {self.file}; expected "
                "once. Write the fault anew for the code as it is."
            )
        if self.find == self.put:
            raise FaultError(f"{self.name} changes nothing.")
        planted = text.replace(self.find, self.put)
        if self.file.endswith(".py"):
            try:
                ast.parse(planted)
            except SyntaxError as error:
                raise FaultError(
                    f"{self.name} leaves no Python in {self.file}: {error}."
                ) from error
        return planted


def read_faults(path: Path = FAULTS) -> list[Fault]:
    """All faults of a file.

    Raises:
        FaultError: A field is missing or unknown, or two faults have one name.
    """
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["fault"]
    faults = []
    for entry in entries:
        try:
            faults.append(Fault(**{**entry, "tests": tuple(entry["tests"])}))
        except (KeyError, TypeError) as error:
            raise FaultError(f"{path.name}, {entry.get('name', entry)!r:.80}: {error}") from error
    names = [fault.name for fault in faults]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FaultError(f"{path.name} has these names twice: {', '.join(twice)}.")
    return faults
