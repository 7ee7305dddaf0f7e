"""Stories with worked solutions from the library reasoning-gym (its "gsm_symbolic")."""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

from search_core.embedded.generation import answer_text

STORIES = "shop"
MOST_STEPS = 5
MOST_CHARACTERS = 280
"""Of a story, and of its solution, so that sequences stay short."""
_LOOKED_AT_PER_STORY = 30
_CLOSING = re.compile(r"\s*####.*")
_MARGIN = re.compile(r"<<.*?>>")
_FORM = re.compile(r"\s*Give the result as your final answer\..*")
"""What the library adds to each story about the form of the answer."""
_FRACTION = re.compile(r"\d\.\d")


class WorkedStory(NamedTuple):
    """A story, its whole-number answer, and the steps to it, the closing one last."""

    text: str
    answer: int
    steps: tuple[str, ...]


def draw_stories(count: int, seed: int, split: str) -> list[WorkedStory]:
    """Different stories of a split.

    Names and numbers differ between splits, and the library's hundred templates do not.

    Raises:
        ModuleNotFoundError: The library is not installed; the message says how to.
        ValueError: There are too few.
    """
    try:
        from reasoning_gym.factory import create_dataset
    except ImportError as error:
        raise ModuleNotFoundError(
            "Stories come from the library reasoning-gym: `pip install reasoning-gym`, or leave "
            f"{STORIES} out of the kinds."
        ) from error
    number = int.from_bytes(hashlib.sha256(f"{split}/{seed}".encode()).digest()[:4], "big")
    looked_at = _LOOKED_AT_PER_STORY * max(count, 10)
    entries = create_dataset("gsm_symbolic", seed=number, size=looked_at)
    found: dict[str, WorkedStory] = {}
    for index in range(looked_at):
        if len(found) == count:
            break
        entry = entries[index]
        story = read_story(entry["question"], entry["answer"], entry["metadata"]["answer_cot"])
        if story is not None and split_of_story(story.text) == split:
            found.setdefault(story.text, story)
    if len(found) < count:
        raise ValueError(f"Found {len(found)} stories; {count} were asked for. Ask for fewer.")
    return list(found.values())


def read_story(question: str, answer: str, worked: str) -> WorkedStory | None:
    """A story with one step a line; None where it has other than whole numbers, or is long."""
    text = " ".join(_FORM.sub("", question).split())
    plain = _MARGIN.sub("", worked)
    lines = [" ".join(_CLOSING.sub("", line).split()) for line in plain.splitlines()]
    steps = [line for line in lines if line]
    if not re.fullmatch(r"[0-9]{1,6}", answer.strip()) or not 1 <= len(steps) <= MOST_STEPS:
        return None
    if _FRACTION.search(text + plain):
        return None
    if len(text) > MOST_CHARACTERS or sum(map(len, steps)) > MOST_CHARACTERS:
        return None
    number = int(answer)
    return WorkedStory(text, number, (*steps, answer_text(number)))


def split_of_story(text: str) -> str:
    """The split that a story belongs to, by a hash of its words: 70, 15 and 15 %."""
    percent = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % 100
    return "train" if percent < 70 else "verifier" if percent < 85 else "test"
