"""All classes of a server, by their codes, within bounds."""

from __future__ import annotations

import time
from collections.abc import Callable

from components.classroom.codes import new_code
from components.classroom.room import ClassRefusedError, ClassRoom, TeacherPlace

MOST_ROOMS = 100
MOST_OF_ONE = 5
"""Classes of one address: a school's teachers may share theirs."""
MOST_FOLLOWING = 1000
"""Pages that follow, in all classes together."""
ALONE_SECONDS = 600.0
LONGEST_SECONDS = 6 * 3600.0


class ClassRooms:
    """Who follows whom. Used from one thread alone, an event loop's.

    Args:
        clock: Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._rooms: dict[str, ClassRoom] = {}

    def open(self, place: TeacherPlace, owner: str) -> ClassRoom:
        """A new class.

        Raises:
            ClassRefusedError: There are too many.
        """
        self.sweep()
        if sum(room.owner == owner for room in self._rooms.values()) >= MOST_OF_ONE:
            raise ClassRefusedError(
                f"{MOST_OF_ONE} classes are open from your network already. End one first.", 429
            )
        if len(self._rooms) >= MOST_ROOMS:
            raise ClassRefusedError(
                f"{MOST_ROOMS} classes are open here already. Try again in a few minutes.", 429
            )
        code = new_code()
        while code in self._rooms:
            code = new_code()
        self._rooms[code] = ClassRoom(code, place, owner, self.clock)
        return self._rooms[code]

    def get(self, code: str) -> ClassRoom | None:
        """The class of this code, if it goes on."""
        self.sweep()
        return self._rooms.get(code)

    def end(self, room: ClassRoom) -> None:
        """A class is over, and forgotten."""
        room.end()
        self._rooms.pop(room.code, None)

    def check_room_to_follow(self) -> None:
        """Raises `ClassRefusedError` where too many follow, in all classes together."""
        if sum(room.following for room in self._rooms.values()) >= MOST_FOLLOWING:
            raise ClassRefusedError(
                "Too many pages follow classes here at present. Try again in a few minutes.", 429
            )

    def sweep(self) -> None:
        """End and forget classes whose teacher has left, or that nobody ends."""
        for room in list(self._rooms.values()):
            if room.seconds_alone() > ALONE_SECONDS:
                room.end("The class has ended: its teacher has been away for a while.")
            elif self.clock() - room.opened > LONGEST_SECONDS:
                room.end("The class has ended: this is the longest that one can last.")
            if room.over:
                del self._rooms[room.code]
