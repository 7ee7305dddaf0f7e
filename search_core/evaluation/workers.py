"""Several processes share one evaluation; each outcome comes back as soon as it is there."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from queue import Empty
from typing import Any

from search_core.evaluation.measure import MeasurementPlan, Models, missing_records
from search_core.evaluation.store import StoredRecord
from search_core.protocols import Cancelled, RunCancelled

OpenModels = Callable[[], Models]
_MOST_WORKERS = 8
"""Each holds its own models and libraries, about 0.5 GB with the embedded ones."""
_PATIENCE = 0.2
"""Seconds between two looks at Ctrl-C and at the workers' health."""


class WorkerError(RuntimeError):
    """A worker failed; the message says how."""


@dataclass(frozen=True)
class _Ended:
    """A worker's last word; `failure` is "" if all went well."""

    failure: str = ""


def usual_workers() -> int:
    """The cores that this process may use, 8 at most."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        cores = os.cpu_count() or 1
    return min(cores, _MOST_WORKERS)


def records_of_workers(
    plan: MeasurementPlan,
    open_models: OpenModels,
    known: frozenset[str],
    workers: int,
    cancelled: Cancelled,
) -> Iterator[tuple[str, StoredRecord]]:
    """What `missing_records` gives, from `workers` processes with a part of the problems each.

    Args:
        open_models: Loads the models in a worker; must be picklable.
        known: Keys that need not be run.

    Raises:
        RunCancelled: `cancelled()` became True and all workers stopped.
        WorkerError: A worker failed or died.
    """
    context = multiprocessing.get_context("spawn")
    messages: Any = context.Queue()
    # Without a lock: a worker may end while one of its threads looks at it, and would keep that.
    stop: Any = context.RawValue(ctypes.c_bool, False)
    processes: list[BaseProcess] = [
        context.Process(
            target=_work,
            args=(plan.shard(index, workers), open_models, known, messages, stop),
            name=f"evaluation worker {index}",
            daemon=True,
        )
        for index in range(workers)
    ]
    try:
        with _deaf_to_interrupts():
            for process in processes:
                process.start()
        working = workers
        while working:
            if cancelled():
                stop.value = True
            try:
                message = messages.get(timeout=_PATIENCE)
            except Empty:
                _check_alive(processes)
                continue
            if isinstance(message, _Ended):
                working -= 1
                if message.failure:
                    raise WorkerError(message.failure)
            else:
                yield message
        if cancelled():
            raise RunCancelled
    finally:
        stop.value = True
        for process in processes:
            if process.pid is not None:
                process.join(timeout=5)
                process.terminate()


def _work(
    plan: MeasurementPlan, open_models: OpenModels, known: frozenset[str], messages: Any, stop: Any
) -> None:
    """A worker's whole life. One thread each: small models gain nothing from more.

    Args:
        messages: Where its records go, and its last word.
        stop: Its `value` is True once it is to stop.
    """
    os.environ["OMP_NUM_THREADS"] = "1"
    parent = multiprocessing.parent_process()
    try:
        for record in missing_records(plan, open_models(), known, lambda: bool(stop.value)):
            messages.put(record)
            if parent is not None and not parent.is_alive():
                return
    except RunCancelled:
        messages.put(_Ended())
    except Exception as error:
        messages.put(_Ended(f"{type(error).__name__}: {error}"))
    else:
        messages.put(_Ended())


def _check_alive(processes: list[BaseProcess]) -> None:
    for process in processes:
        if process.exitcode not in (None, 0):
            raise WorkerError(
                f"An {process.name} died with exit code {process.exitcode}, perhaps for want "
                "of memory. Run it again to go on, with fewer --workers."
            )


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes started here do not hear Ctrl-C: we do, and tell them to stop."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
