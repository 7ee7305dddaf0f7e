"""Work shared among processes: one single-threaded process per core.

On a small shared machine this is quicker than OpenMP threads inside one process, which
wait for each other at every small operation.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import BaseContext
from typing import TypeVar

import torch

_Input = TypeVar("_Input")
_Output = TypeVar("_Output")


def core_count() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes() -> BaseContext:
    """How processes of the recipe begin: as forks of one that has imported what they need.

    Importing torch takes each of them seconds otherwise, at every stage anew. Windows cannot fork.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["search_core.embedded.training.recipe"])
    return context


def map_in_processes(
    function: Callable[[_Input], _Output],
    inputs: Sequence[_Input],
    workers: int,
    on_result: Callable[[int], None] = lambda done: None,
) -> list[_Output]:
    """`[function(x) for x in inputs]`, spread over processes, in the order of the inputs.

    Args:
        function: A picklable function.
        inputs: One per unit of work.
        workers: Processes; 1 works in this process.
        on_result: Told how many inputs are done.
    """
    if workers == 1:
        results = []
        for item in inputs:
            results.append(function(item))
            on_result(len(results))
        return results
    with ProcessPoolExecutor(workers, processes(), initializer=_one_thread) as pool:
        results = []
        for result in pool.map(function, inputs):
            results.append(result)
            on_result(len(results))
        return results


def _one_thread() -> None:
    torch.set_num_threads(1)
