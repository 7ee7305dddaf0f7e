"""A class follows one run together: a teacher's page leads, pupils' pages follow and choose.

`room.py` is one class: where its teacher is, who is there, what is asked and what was chosen.
`rooms.py` holds all of them, within bounds, by their codes. Both know no network and no clock but
the one they are given. `asked.py` reads what comes from strangers, `rates.py` slows the hasty
down, `routes.py` serves it all. Nothing of a class is written to a disk, and nothing of it is
kept after its end. Begin with `room.py`.
"""

from components.classroom.routes import class_routes

__all__ = ["class_routes"]
