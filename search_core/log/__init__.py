"""The event log of a run, and all that is made of it alone: the tree, its cost, the trace file.

It knows no strategy, no model and no runner. Begin with `events` (what can happen), then
`tree.py` (what it adds up to) and `traces.py` (how it is kept in a file).
"""

from search_core.log.cost import Cost
from search_core.log.events import Event
from search_core.log.export import export_graphml, tree_to_networkx
from search_core.log.run_log import RunLog
from search_core.log.traces import Trace, TraceError, parse_trace, read_trace, write_trace
from search_core.log.tree import FINAL_STATES, LogError, Node, Tree

__all__ = [
    "FINAL_STATES",
    "Cost",
    "Event",
    "LogError",
    "Node",
    "RunLog",
    "Trace",
    "TraceError",
    "Tree",
    "export_graphml",
    "parse_trace",
    "read_trace",
    "tree_to_networkx",
    "write_trace",
]
