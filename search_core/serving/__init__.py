"""Runs on a server: started, followed by anyone with the id, stopped, kept on disk."""

from search_core.serving.batches import encode_batch
from search_core.serving.hosted import HostedRun
from search_core.serving.registry import BusyError, RunRegistry

__all__ = ["BusyError", "HostedRun", "RunRegistry", "encode_batch"]
