"""A ZeroGPU in small: a decorator that forks a worker and pickles what crosses, as `spaces` does.

It follows the generator wrapper of `spaces` 0.51.3: the worker is a daemonic child of a fork, it
gets pickled arguments and sends pickled results, the task runs on a thread there, leaving the
generator sets a stop event that the worker looks at between two results, a worker that dies is
an error "GPU task aborted", an exception's message stays behind and only its class name comes
through. What it leaves out is the GPU, the queue for it, and workers that wait for another call.
"""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

FORK = multiprocessing.get_context("fork")


class FakeGradioError(Exception):
    """What `spaces` raises: known by its title and message."""

    def __init__(self, title: str, message: str) -> None:
        super().__init__(message)
        self.title, self.message = title, message


QUOTA = FakeGradioError(
    "ZeroGPU quota exceeded",
    "You have exceeded your free ZeroGPU quota (60s requested vs. 12s left). Try again in 3:21:07.",
)


@dataclass
class FakeZeroGpu:
    """Stands for `spaces`: its `GPU` is the decorator.

    Attributes:
        refuse: Raised in place of getting a GPU.
        durations: Seconds that calls asked for.
        workers: Every worker that there ever was.
    """

    refuse: Exception | None = None
    durations: list[float] = field(default_factory=list)
    workers: list[Any] = field(default_factory=list)

    def GPU(self, *, duration: Callable[..., float]) -> Callable[..., Any]:  # noqa: N802
        def decorate(task: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
            def call(*args: Any) -> Iterator[Any]:
                self.durations.append(duration(*args))
                if self.refuse is not None:
                    raise self.refuse
                yield from self._call(task, args)

            return call

        return decorate

    def _call(self, task: Callable[..., Iterator[Any]], args: tuple[Any, ...]) -> Iterator[Any]:
        arguments, results = FORK.SimpleQueue(), FORK.SimpleQueue()
        stop = FORK.Event()
        worker = FORK.Process(target=_work, args=(task, arguments, results, stop), daemon=True)
        worker.start()
        self.workers.append(worker)
        arguments.put(pickle.dumps(args))
        left = False
        try:
            while True:
                while not results._reader.poll(0.05):  # type: ignore[attr-defined]
                    if not worker.is_alive() and not results._reader.poll(0):  # type: ignore[attr-defined]
                        raise FakeGradioError("ZeroGPU worker error", "GPU task aborted")
                kind, value = pickle.loads(results.get())
                if kind == "end":
                    return
                if kind == "error":
                    raise FakeGradioError("ZeroGPU worker error", value)
                if not left:
                    try:
                        yield value
                    except GeneratorExit:
                        stop.set()
                        left = True
                        raise
        finally:
            if left:  # as the wrapper's thread does, read until the worker is through
                while worker.is_alive() and pickle.loads(results.get())[0] != "end":
                    pass
            worker.join()

    def workers_left(self) -> int:
        """Workers that are still there."""
        return sum(worker.is_alive() for worker in self.workers)


def _work(task: Callable[..., Iterator[Any]], arguments: Any, results: Any, stop: Any) -> None:
    args = pickle.loads(arguments.get())

    def iterate() -> None:
        stream = task(*args)
        while True:
            try:
                value = next(stream)
            except StopIteration:
                break
            except Exception as error:
                results.put(pickle.dumps(("error", type(error).__name__)))
                return
            if stop.is_set():
                stream.close()  # type: ignore[attr-defined]
                break
            results.put(pickle.dumps(("ok", value)))
        results.put(pickle.dumps(("end", None)))

    with ThreadPoolExecutor() as executor:
        executor.submit(iterate)
