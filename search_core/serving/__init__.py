"""Runs on a server: started, followed by anyone with the id, stopped, kept on disk.

It knows no page: events go out as batches of JSON. Begin with `registry.py`; a run that is
there is a `HostedRun`, one that is asked for an `Order`, and `zero_gpu` drives runs elsewhere.
"""

from search_core.serving.admission import BusyError, Standing
from search_core.serving.batches import batch_of_lines, encode_batch, values_of_batch
from search_core.serving.comparison import comparison_of
from search_core.serving.encoded_log import values_of
from search_core.serving.hosted import HostedRun
from search_core.serving.limited_log import LimitedLog
from search_core.serving.machine_load import MachineLoad
from search_core.serving.opening import OpenedFile, open_file
from search_core.serving.order import Driver, Order
from search_core.serving.owners import owner_of
from search_core.serving.registry import RunRegistry
from search_core.serving.waiting_line import AdmissionLimits

__all__ = [
    "AdmissionLimits",
    "BusyError",
    "Driver",
    "HostedRun",
    "LimitedLog",
    "MachineLoad",
    "OpenedFile",
    "Order",
    "RunRegistry",
    "Standing",
    "batch_of_lines",
    "comparison_of",
    "encode_batch",
    "open_file",
    "owner_of",
    "values_of",
    "values_of_batch",
]
