"""Reads lessons, and says of a broken one which line is wrong.

The number of a lesson is the number that its file's name begins with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from search_core.lessons.schema import LessonFile, keys_of

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "lessons"
TRACES = "traces"
"""Folder of the recorded runs, below that of the lessons."""
_FILE = re.compile(r"(?P<number>[1-9]\d?)_(?P<slug>[a-z0-9_]+)\.yaml")
_MOST_BYTES = 200_000
# libyaml's, where PyYAML has it: the same, ten times faster, and every app reads all lessons.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Place = tuple[str | int, ...]


class LessonError(ValueError):
    """A lesson is broken; the message begins with its file and line."""


@dataclass(frozen=True)
class ReadLesson:
    """A lesson, and where in its file everything stands.

    Attributes:
        number: Its place in the row, from 1.
        lines: Line of the file by place in it, e.g. `("pages", 2, "caption")`.
    """

    number: int
    path: Path
    lesson: LessonFile
    lines: Mapping[Place, int] = field(repr=False)

    def error(self, place: Sequence[str | int], message: str) -> LessonError:
        """The message with file and line; of a place that has no line, that of what is around."""
        return LessonError(f"{self.path}, line {line_of(self.lines, place)}: {message}")

    def trace_path(self, name: str) -> Path:
        """Where the recorded run of this name lies."""
        return self.path.parent / TRACES / f"{name}.jsonl"


def read_lessons(folder: Path = FOLDER) -> list[ReadLesson]:
    """All lessons of a folder, in order. Their words are not yet held to their runs.

    Raises:
        LessonError: A file is broken, or has no number, or one that another has.
    """
    lessons: dict[int, ReadLesson] = {}
    for path in sorted(folder.glob("*.yaml")):
        found = _FILE.fullmatch(path.name)
        if found is None:
            raise LessonError(f"{path}: expected a name like 3_a_judge.yaml.")
        number = int(found["number"])
        if number in lessons:
            raise LessonError(f"{path}: {lessons[number].path.name} is lesson {number} already.")
        lessons[number] = read_lesson(path, number)
    missing = sorted(set(range(1, len(lessons) + 1)) - set(lessons))
    if missing:
        raise LessonError(f"{folder} has no lesson {missing[0]}; expected numbers without a gap.")
    return [lessons[number] for number in sorted(lessons)]


def read_lesson(path: Path, number: int = 1) -> ReadLesson:
    """One lesson.

    Raises:
        LessonError: It cannot be read; the message names file and line.
    """
    values, lines = read_values(path)
    try:
        lesson = LessonFile.model_validate(values)
    except ValidationError as error:
        raise LessonError(said_of(error, path, lines, keys_of)) from error
    return ReadLesson(number, path, lesson, lines)


def read_values(path: Path) -> tuple[Any, Mapping[Place, int]]:
    """Plain values of a YAML file, and the line of each.

    Raises:
        LessonError: It cannot be read, or a key stands twice in one place.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LessonError(f"{path} cannot be read: {error}. Check the path.") from error
    if len(text) > _MOST_BYTES:
        raise LessonError(f"{path} has {len(text):,} characters; at most {_MOST_BYTES:,} fit.")
    try:
        node = yaml.compose(text, _LOADER)
        lines: dict[Place, int] = {(): 1}
        return _values(node, (), lines, set(), path), lines
    except RecursionError as error:
        raise LessonError(f"{path}: this is no lesson: it is nested too deeply.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        said = getattr(error, "problem", None) or "it cannot be read"
        raise LessonError(f"{path}, line {line}: this is no YAML: {said}.") from error


def line_of(lines: Mapping[Place, int], place: Sequence[str | int]) -> int:
    """The line of a place, or of the nearest one around it."""
    whole = tuple(place)
    while whole not in lines:
        whole = whole[:-1]
    return lines[whole]


def _values(node: Any, place: Place, lines: dict[Place, int], seen: set[int], path: Path) -> Any:
    """Plain values of a node; `lines` learns where each stands.

    `seen` holds the nodes that were read. One that stands in two places could stand in itself, or
    ten times in what stands ten times in a third: no end, or none that anybody would see.
    """
    if node is None:
        return None
    lines[place] = node.start_mark.line + 1
    if id(node) in seen:
        raise LessonError(
            f"{path}, line {lines[place]}: what stands here is used once more by its name (`*`). "
            "Write it out there."
        )
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        values: dict[Any, Any] = {}
        for key, value in node.value:
            # Every key is text: `27: 6` counts the answers "27".
            name = str(key.value)
            if name in values:
                raise LessonError(
                    f"{path}, line {key.start_mark.line + 1}: {name!r:.60} stands here twice."
                )
            values[name] = _values(value, (*place, name), lines, seen, path)
            lines[(*place, name)] = key.start_mark.line + 1
        return values
    if isinstance(node, yaml.SequenceNode):
        return [
            _values(value, (*place, index), lines, seen, path)
            for index, value in enumerate(node.value)
        ]
    loader = yaml.constructor.SafeConstructor()
    value = loader.construct_object(node)
    if value is not None and not isinstance(value, (str, int, float, bool)):
        return str(node.value)
    return value


def said_of(
    error: ValidationError,
    path: Path,
    lines: Mapping[Place, int],
    keys: Callable[[list[Any]], list[str]],
) -> str:
    """The first mistake: file, line, key, what was got, and what is known."""
    mistakes = error.errors(include_url=False)
    unknown = [mistake for mistake in mistakes if mistake["type"] == "extra_forbidden"]
    first = (unknown or mistakes)[0]
    place = list(first["loc"])
    where = f"{path}, line {line_of(lines, place)}"
    if first["type"] == "extra_forbidden":
        known = ", ".join(keys(place[:-1]))
        return f"{where}: unknown key {place[-1]!r:.60}; known: {known}."
    got = first["input"]
    shown = f", got {got!r:.60}" if isinstance(got, (str, int, float, bool)) else ""
    name = ".".join(str(part) for part in place) or "the file"
    return f"{where}: {name} {first['msg'].removeprefix('Value error, ').rstrip('.')}{shown}."
