"""A race: two to four searches of one problem, from the same seed, through one engine.

Each lane is an ordinary run with an ordinary trace; what several lanes ask for alike is asked once
(`search_core.run.shared`). Begin with `lanes` (what races, and what they share) and `racing` (runs
them from Python; on a server the registry does). What came of it is told by folds over the lanes'
logs: `divergence` (where two trees part), `clock` (where each lane is at a moment), `held` and
`table`. `trials` races on many problems.
"""

from search_core.race.divergence import Divergence, divergence
from search_core.race.lane_text import LaneText, read_lane, written_lane
from search_core.race.lanes import MOST_LANES, Lane, sharing_pairs
from search_core.race.racing import RaceResult, race

__all__ = [
    "MOST_LANES",
    "Divergence",
    "Lane",
    "LaneText",
    "RaceResult",
    "divergence",
    "race",
    "read_lane",
    "sharing_pairs",
    "written_lane",
]
