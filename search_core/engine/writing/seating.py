"""Seats rows in bundles, and lines them up for a pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from search_core.engine.memory.bundles import SHARED, BundleBuffer
from search_core.engine.memory.transfers import to_device
from search_core.engine.reading.lineup import Lineup
from search_core.engine.writing.seats import Bundle, Seat, parties


class Seating:
    """The seat of each slot; slots are known by their place among all of them.

    Attributes:
        buffer: Its bundles are the first ones there.
        back: Where each slot's token was in the lineup that was asked for last, [slots].

    Args:
        room: How many bundles and columns a pass needs that reads so many; None: just those.
    """

    def __init__(
        self, buffer: BundleBuffer, room: Callable[[int, int], tuple[int, int]] | None = None
    ) -> None:
        self.buffer = buffer
        self._room = room or _just_those
        self.back = torch.empty(0, dtype=torch.long)
        self._bundles: list[Bundle] = []
        self._seats: list[Seat] = []
        self._lineup: Lineup | None = None
        self._order: list[int] = []
        self._passes = self._passes_left = 0

    def open(self, place: int, shared: int) -> Tensor:
        """Give a new slot a bundle; returns room for the columns that it begins with,
        [layers, 2, heads, shared, head size]."""
        self._settle()
        bundle = self._new_bundle(shared)
        bundle.seats.append(Seat(bundle))
        # Slots may come in any order.
        self._seats += [bundle.seats[0]] * (place + 1 - len(self._seats))
        self._seats[place] = bundle.seats[0]
        return self.buffer.strip(bundle.place)[..., :shared, :]

    def bundle(self, place: int) -> int:
        """The number of a slot's bundle in the buffer."""
        return self._seats[place].bundle.place

    def columns(self, place: int, positions: range) -> Tensor:
        """A copy of a slot's keys and values, [layers, 2, heads, positions, head size]."""
        self._settle()
        seat = self._seats[place]
        columns = [*range(seat.bundle.shared), *seat.columns]
        wanted = self._on_device(columns[positions.start : positions.stop])
        return self.buffer.strip(seat.bundle.place).index_select(-2, wanted)

    def lined_up(self) -> tuple[Lineup, Sequence[int]]:
        """Every slot's next token; with the slots in the order of the lineup."""
        if self._passes_left <= 0:
            self._settle()
            self._tidy()
        if self._lineup is None:
            self._lineup = self._line_up()
        live = len(self._bundles)
        self.buffer.reserve(*self._room(live, self._lineup.span.width), live)
        return self._lineup, self._order

    def passed(self) -> None:
        """The lineup was read."""
        self._passes += 1
        self._passes_left -= 1

    def arrange(self, sources: Sequence[int], owners: Sequence[object]) -> None:
        """The slots from now on, each with the place where its columns were.

        Args:
            owners: Whose each slot is. Slots of different owners share no bundle: numbers that
                are none would spread from one to the other.
        """
        self._settle()
        followers: dict[int, list[int]] = {}
        for place, source in enumerate(sources):
            followers.setdefault(source, []).append(place)
        for bundle in self._bundles:
            bundle.seats = []
        before, self._seats = self._seats, [self._seats[source] for source in sources]
        divided = []
        for source, places in followers.items():
            bundle = before[source].bundle
            if len(places) == 1:
                bundle.seats.append(before[source])
            else:
                divided.append((bundle, parties(bundle.shared, places, owners)))
        self._make_room(sum(len(those) - 1 for _, those in divided))
        for bundle, those in divided:
            self._divide(bundle, those)
        self._close_empty()

    def _divide(self, first: Bundle, those: Sequence[Sequence[int]]) -> None:
        """Parties of slots follow a seat that stood for them all."""
        everything = self._on_device(range(first.shared))
        for party in those:
            bundle = first
            if first.seats:
                bundle = self._new_bundle(first.shared)
                self.buffer.copy(first.place, bundle.place, everything)
            for number, place in enumerate(party):
                self._seats[place] = Seat(bundle, number)
                bundle.seats.append(self._seats[place])

    def _make_room(self, more: int) -> None:
        """For so many more bundles, all at once: growing moves everything."""
        if more:
            live = len(self._bundles)
            self.buffer.reserve(live + more, self.buffer.columns, live)

    def _new_bundle(self, shared: int) -> Bundle:
        place = len(self._bundles)
        self.buffer.reserve(place + 1, shared, place)
        self.buffer.begin(place, shared)
        bundle = Bundle(place, shared, shared)
        self._bundles.append(bundle)
        return bundle

    def _close_empty(self) -> None:
        """Bundles without rows leave; the last ones take their places."""
        place = 0
        while place < len(self._bundles):
            if self._bundles[place].seats:
                place += 1
                continue
            last = self._bundles.pop()
            if last.place != place:
                self.buffer.move(last.place, place, last.used)
                last.place = place
                self._bundles[place] = last

    def _line_up(self) -> Lineup:
        order = sorted(range(len(self._seats)), key=lambda one: self._seats[one].bundle.place)
        taken: dict[int, int] = {}
        bundles, rows, columns, steps = [], [], [], []
        for bundle in self._bundles:
            bundle.seats = []
        for one in order:
            seat = self._seats[one]
            seat.bundle.seats.append(seat)
            number = taken.get(seat.bundle.place, 0)
            taken[seat.bundle.place] = number + 1
            bundles.append(seat.bundle.place)
            rows.append(seat.row)
            columns.append(seat.bundle.used + number)
        steps = [taken[place] for place in bundles]
        self._order = order
        back = [0] * len(order)
        for number, one in enumerate(order):
            back[one] = number
        self.back = self._on_device(back)
        self._passes_left = min(max(1, one.room // len(one.seats)) for one in self._bundles)
        return Lineup(self.buffer, bundles, rows, columns, steps)

    def _settle(self) -> None:
        """Write down which columns were filled since the slots were lined up."""
        passes, self._passes, self._passes_left = self._passes, 0, 0
        self._lineup = None
        if not passes:
            return
        for bundle in self._bundles:
            step = len(bundle.seats)
            end = bundle.used + passes * step
            for number, seat in enumerate(bundle.seats):
                if seat.row == SHARED:
                    bundle.shared = end
                else:
                    seat.columns += range(bundle.used + number, end, step)
            bundle.used = end

    def _tidy(self) -> None:
        """Where columns of single rows outweigh what is shared, rows part."""
        full = [(bundle, bundle.divided()) for bundle in self._bundles if bundle.room <= 0]
        self._make_room(sum(len(parts) - 1 for _, parts in full))
        for bundle, (stay, *others) in full:
            for seats in others:
                self._gather(seats, bundle, self._new_bundle(bundle.shared))
            self._gather(stay, bundle, bundle)

    def _gather(self, seats: Sequence[Seat], source: Bundle, to: Bundle) -> None:
        """Give rows a strip with nothing but what they attend to."""
        columns = [*range(source.shared), *(one for seat in seats for one in seat.columns)]
        self.buffer.reserve(len(self._bundles), len(columns), len(self._bundles))
        self.buffer.copy(source.place, to.place, self._on_device(columns))
        to.used, to.seats = source.shared, list(seats)
        owners = []
        for number, seat in enumerate(seats):
            count = len(seat.columns)
            seat.bundle, seat.row = to, number
            seat.columns = list(range(to.used, to.used + count))
            owners += [number] * count
            to.used += count
        self.buffer.begin(to.place, source.shared)
        own = self.buffer.owner[to.place, source.shared : to.used]
        own.copy_(self._on_device(owners))

    def _on_device(self, numbers: Sequence[int]) -> Tensor:
        return to_device(torch.tensor(numbers, dtype=torch.long), self.buffer.layout.device)


def _just_those(bundles: int, columns: int) -> tuple[int, int]:
    return bundles, columns
