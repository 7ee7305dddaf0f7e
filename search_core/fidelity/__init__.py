"""Do our searches do what the published code does? For people who want to check us.

Any deterministic solver and verifier can be plugged in (`TextWorld`); `search_in` runs a
strategy there and says in plain texts what it kept, completed and chose; `differences` holds
that against a recording of search-and-learn, or of anything else, in the same world. A
recording with its world in it is a case (`replay`), one JSON object.
"""

from search_core.fidelity.cases import Case, CaseError, published_options, read_cases, replay
from search_core.fidelity.record import RoundRecord, SearchRecord, differences
from search_core.fidelity.searching import search_in
from search_core.fidelity.text_world import IndexBy, Onward, TextWorld, WorldError

__all__ = [
    "Case",
    "CaseError",
    "IndexBy",
    "Onward",
    "RoundRecord",
    "SearchRecord",
    "TextWorld",
    "WorldError",
    "differences",
    "published_options",
    "read_cases",
    "replay",
    "search_in",
]
