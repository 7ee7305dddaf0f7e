"""A class by itself, with a clock of ours: who leads, who follows, what is asked and counted."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from components.classroom import following, room, rooms
from components.classroom.codes import LENGTH, LETTERS, new_code, typed_code
from components.classroom.following import follow_room
from components.classroom.rates import MOST_NAMES, Rate
from components.classroom.room import MOST_PUPILS, ClassRefusedError, ClassRoom, TeacherPlace
from components.classroom.rooms import ALONE_SECONDS, MOST_OF_ONE, ClassRooms
from tests.waiting import PATIENCE

HERE = TeacherPlace("run", 7)
OPTIONS = ("0.0", "0.1", "0.2")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lesson(clock: Clock) -> ClassRoom:
    return ClassRoom("ACDEFG", HERE, "teacher", clock)


def told(lesson: ClassRoom, *, teacher: bool = False) -> dict[str, Any]:
    values = json.loads(lesson.told(teacher=teacher))
    assert isinstance(values, dict)
    return values


def test_codes_are_typed_as_they_are_read() -> None:
    assert not set("O0I1LS5B8Z2U") & set(LETTERS)
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(typed_code(code) == code and len(code) == LENGTH for code in codes)
    assert typed_code(" acd-efg ") == typed_code("A C D E F G") == "ACDEFG"
    assert [typed_code(text) for text in ("", "ACDEF", "ACDEFO", "ACDEFGA", "АCDEFG")] == [None] * 5


def test_what_the_teacher_does_is_told_and_what_was_chosen_only_once_revealed(
    lesson: ClassRoom,
) -> None:
    pupils = [lesson.join() for _ in range(3)]
    lesson.move(TeacherPlace("run", 12, live=True, node="0"))
    lesson.ask("0", OPTIONS)
    for pupil, choice in zip(pupils, (0, 1, 1), strict=True):
        lesson.choose(pupil, 1, choice)
    lesson.choose(pupils[0], 1, 2)  # another thought
    where = {"run": "run", "cursor": 12, "live": True, "node": "0"}
    asked = {"number": 1, "node": "0", "options": list(OPTIONS)}
    assert told(lesson) == {**where, "question": asked}
    leading = told(lesson, teacher=True)
    assert leading == {**where, "question": {**asked, "answered": 3}, "following": 0}
    lesson.reveal()
    assert told(lesson)["question"]["counts"] == [0, 2, 1]
    with pytest.raises(ClassRefusedError, match="revealed"):
        lesson.choose(pupils[0], 1, 0)
    assert told(lesson)["question"]["counts"] == [0, 2, 1]
    lesson.ask("0", OPTIONS[:2])
    assert told(lesson)["question"] == {"number": 2, "node": "0", "options": ["0.0", "0.1"]}
    with pytest.raises(ClassRefusedError, match="over"):
        lesson.choose(pupils[0], 1, 0)  # it answers the question before
    lesson.move(TeacherPlace("other", 0))
    assert "question" not in told(lesson)


@pytest.mark.parametrize("options", [(), ("0.0",), ("0.0", "0.0"), tuple("abcdefghijklm")])
def test_a_question_needs_some_branches(lesson: ClassRoom, options: tuple[str, ...]) -> None:
    with pytest.raises(ClassRefusedError, match="2 to 12 different branches"):
        lesson.ask("0", options)
    assert "question" not in told(lesson)


def test_a_question_that_is_asked_twice_is_one_until_it_is_revealed(lesson: ClassRoom) -> None:
    pupil = lesson.join()
    lesson.ask("0", OPTIONS)
    lesson.choose(pupil, 1, 2)
    lesson.ask("0", OPTIONS)
    assert told(lesson, teacher=True)["question"]["answered"] == 1
    lesson.reveal()
    lesson.ask("0", OPTIONS)
    assert told(lesson)["question"] == {"number": 2, "node": "0", "options": list(OPTIONS)}


def test_only_who_is_there_chooses_and_only_what_is_there(lesson: ClassRoom) -> None:
    pupil = lesson.join()
    with pytest.raises(ClassRefusedError, match="over"):
        lesson.choose(pupil, 1, 0)
    lesson.ask("0", OPTIONS)
    for stranger in ("", "made up", lesson.token):
        with pytest.raises(ClassRefusedError, match="Join the class"):
            lesson.choose(stranger, 1, 0)
    for place in (-1, 3, 10**9):
        with pytest.raises(ClassRefusedError, match="no branch"):
            lesson.choose(pupil, 1, place)
    for _ in range(5):
        lesson.choose(pupil, 1, 0)
    assert told(lesson, teacher=True)["question"]["answered"] == 1


def test_the_token_is_the_teachers_alone(lesson: ClassRoom) -> None:
    assert lesson.is_led_by(lesson.token)
    for wrong in ("", lesson.token[:-1], lesson.code, lesson.join(), "é\ud800"):
        assert not lesson.is_led_by(wrong)
    for teacher in (False, True):
        assert lesson.token.encode() not in lesson.told(teacher=teacher)


def test_a_class_is_full_until_somebody_leaves(lesson: ClassRoom, clock: Clock) -> None:
    pupils = [lesson.join() for _ in range(MOST_PUPILS)]
    with pytest.raises(ClassRefusedError, match="full"):
        lesson.join()
    with lesson.followed_by(pupils[0]):
        assert told(lesson, teacher=True)["following"] == lesson.following == 1
        clock.now += room.GONE_SECONDS + 1
        lesson.join()
        assert lesson.knows(pupils[0])  # who follows stays, however long
        assert not lesson.knows(pupils[1])
    assert told(lesson, teacher=True)["following"] == 0


def test_a_choice_counts_on_after_its_pupil_has_left(lesson: ClassRoom, clock: Clock) -> None:
    lesson.ask("0", OPTIONS)
    lesson.choose(lesson.join(), 1, 1)
    clock.now += room.GONE_SECONDS + 1
    lesson.join()
    lesson.reveal()
    assert told(lesson)["question"]["counts"] == [0, 1, 0]


def test_classes_are_bounded_and_end_by_themselves(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "MOST_ROOMS", MOST_OF_ONE + 1)
    held = ClassRooms(clock)
    first = held.open(HERE, "a")
    for _ in range(MOST_OF_ONE - 1):
        held.open(HERE, "a")
    with pytest.raises(ClassRefusedError, match="from your network"):
        held.open(HERE, "a")
    other = held.open(HERE, "b")
    with pytest.raises(ClassRefusedError, match="open here already"):
        held.open(HERE, "c")
    with other.taught_here():
        clock.now += ALONE_SECONDS + 1
        assert held.get(first.code) is None
        assert "teacher has been away" in told(first)["over"]
        assert held.get(other.code) is other
        held.open(HERE, "c")  # there is room again
    clock.now += ALONE_SECONDS - 1
    assert held.get(other.code) is other
    held.end(other)
    assert held.get(other.code) is None
    assert "ended the class" in told(other)["over"]


def test_no_class_lasts_for_ever(clock: Clock) -> None:
    held = ClassRooms(clock)
    lesson = held.open(HERE, "a")
    with lesson.taught_here():
        clock.now += rooms.LONGEST_SECONDS + 1
        assert held.get(lesson.code) is None


def test_too_many_that_follow_in_all_classes_are_refused(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "MOST_FOLLOWING", 1)
    held = ClassRooms(clock)
    lesson = held.open(HERE, "a")
    held.check_room_to_follow()
    with lesson.followed_by(lesson.join()), pytest.raises(ClassRefusedError, match="Too many"):
        held.check_room_to_follow()


def test_a_rate_lets_so_many_through_and_knows_only_so_many_names(clock: Clock) -> None:
    rate = Rate(3, 2, clock)
    assert [rate.take("a") for _ in range(5)] == [True] * 3 + [False] * 2
    assert rate.take("b")
    clock.now += 1
    assert [rate.take("a") for _ in range(3)] == [True, True, False]
    for number in range(MOST_NAMES + 10):
        rate.take(str(number))
    assert rate.left("a") == 3  # forgotten


def test_who_reads_slowly_gets_the_newest_state_and_nothing_between(
    lesson: ClassRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "SECONDS_BETWEEN", 0)

    async def read() -> None:
        slow = follow_room(lesson, lambda: None)
        assert b'"cursor":7,' in await anext(slow)
        for cursor in range(100, 200):  # while nobody asks for more, nothing is made
            lesson.move(TeacherPlace("run", cursor))
            await asyncio.sleep(0)
        assert b'"cursor":199,' in await anext(slow)
        waiting = asyncio.ensure_future(anext(slow))
        await asyncio.sleep(0)
        lesson.ask("0", OPTIONS)
        assert b'"question"' in await waiting
        waiting = asyncio.ensure_future(anext(slow))
        lesson.choose(lesson.join(), 1, 0)
        for _ in range(10):
            await asyncio.sleep(0)
        assert not waiting.done()  # a pupil hears nothing of what others choose
        lesson.end()
        assert b"over" in await waiting
        with pytest.raises(StopAsyncIteration):
            await anext(slow)

    asyncio.run(asyncio.wait_for(read(), PATIENCE))


def test_a_quiet_line_says_that_it_stands_and_looks_whether_the_class_is_over(
    lesson: ClassRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "HEARTBEAT_SECONDS", 0.001)
    swept: list[bool] = []

    async def read() -> None:
        lines = follow_room(lesson, lambda: swept.append(True))
        await anext(lines)
        assert (await anext(lines)).startswith(b":")
        assert swept
        await lines.aclose()
        assert not lesson._wake

    asyncio.run(asyncio.wait_for(read(), PATIENCE))
