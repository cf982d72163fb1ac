"""Batches the model calls of films that are painted side by side.

A large GPU evaluates a batch of four in much less than four times the time of one.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from typing import Any, TypeVar

import torch
from torch.utils._pytree import tree_flatten, tree_unflatten

from phosphene.engines.runtime.cuda_graphs import Function
from phosphene.engines.runtime.device import out_of_memory

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Batches:
    """Joins the model calls of films, each of which is painted in its own thread.

    When every film waits for the model, the calls of one function with arguments of the same shapes
    run as one batch. So the contents of a batch do not depend on timing.

    Parameters
    ----------
    size : int
        Maximum number of films, and of calls in a batch.
    least : int
        Minimum number of calls in a batch, which is padded with copies of its first call. If this
        is `size`, the frames of a film do not depend on the other films or on their progress:
        kernels compute each picture of a batch separately, but round differently for each batch
        size.

    Attributes
    ----------
    kept : dict
        Models that films share, by their settings.
    loading : Lock
        Held while `kept` is used, so that films of one model load it once.
    """

    def __init__(self, size: int, least: int = 1) -> None:
        self.size, self.loading = size, threading.Lock()
        self._least, self._most = least, size  # both 1 after memory ran out
        self._threads = [ThreadPoolExecutor(1, f"film {film}") for film in range(size)]
        for thread in self._threads:
            thread.submit(int)  # starts it: an interrupt while it starts later would lose it
        self._film = threading.local()
        self._changed = threading.Condition()
        self._working: set[int] = set()
        self._waiting: dict[int, _Call] = {}
        self._functions = 0
        self.kept: dict[Hashable, Any] = {}
        self._stopped: BaseException | None = None

    def of(self, function: Function) -> Function:
        """A batched version of a function, whose tensors have the batch as dimension 0.

        Functions run in the order in which they were passed to this method. So films that call one
        of them a different number of times meet again in the next.
        """
        rank, self._functions = self._functions, self._functions + 1

        def call(*arguments: Any, **named: Any) -> torch.Tensor:
            if not hasattr(self._film, "number"):  # not called from a film's thread
                return function(*arguments, **named)
            pending = _Call(rank, function, arguments, named)
            with self._changed:
                self._waiting[self._film.number] = pending
                self._changed.notify_all()
            while not pending.result.done():
                self._run(self._next(pending))
            return pending.result.result()

        return call

    def join(self) -> None:
        """Begin a film in this thread: from now on, no batch runs without its call."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._working) < self.size)
            self._film.number = min(set(range(self.size)) - self._working)
            self._working.add(self._film.number)

    def leave(self) -> None:
        """End the film of this thread, if there is one; the others no longer wait for it."""
        if hasattr(self._film, "number"):
            with self._changed:
                self._working.remove(self._film.number)
                self._changed.notify_all()
            del self._film.number

    def run(self, works: Sequence[Callable[[], T]]) -> list[T]:
        """Run the work of each film, always in its own thread.

        Raises
        ------
        BaseException
            The error of the first film that raised one, after all have ended.
        """
        self._working = set(range(len(works)))
        try:
            running = [
                thread.submit(self._run_film, film, work)
                for film, (thread, work) in enumerate(zip(self._threads, works, strict=True))
            ]
            while wait(running, 0.2).not_done:  # a wait without a timeout may not be interruptible
                pass
        except BaseException as error:  # an interrupt, which only the main thread gets
            with self._changed:
                self._stopped = error
                self._changed.notify_all()
            raise
        return [film.result() for film in running]

    def close(self, works: Sequence[Callable[[], object]]) -> None:
        """Run the last work of each film in its thread, and end the threads."""
        with ExitStack() as ends:
            for thread, work in zip(self._threads, works, strict=True):
                ends.callback(thread.shutdown)
                thread.submit(work)

    def _run_film(self, film: int, work: Callable[[], T]) -> T:
        self._film.number = film
        try:
            return work()
        finally:
            self.leave()

    def _next(self, pending: _Call) -> list[_Call]:
        """The calls of the next batch, once every film waits; empty if another thread took them."""

        def is_next() -> bool:
            every = len(self._waiting) == len(self._working)
            return every or pending.result.done() or self._stopped is not None

        with self._changed:
            self._changed.wait_for(is_next)
            if self._stopped is not None:
                raise self._stopped
            if pending.result.done():
                return []
            first = min(sorted(self._waiting), key=lambda film: self._waiting[film].rank)
            key = self._waiting[first].key
            films = [film for film, call in sorted(self._waiting.items()) if call.key == key]
            return [self._waiting.pop(film) for film in films[: self._most]]

    def _run(self, calls: Sequence[_Call]) -> None:
        """Run calls as a batch, or one by one if the batch fails, so that one film fails alone."""
        if not calls:
            return
        try:
            results = _evaluated(calls, self._least)
        except BaseException as error:
            if max(self._least, len(calls)) > 1 and out_of_memory(error):
                _log.warning(
                    "The device is out of memory. Continuing without batches, which is slower."
                )
                self._least = self._most = 1
            elif len(calls) == 1 or not isinstance(error, Exception):
                # The error and its future refer to each other, which would keep the activations.
                traceback.clear_frames(error.__traceback__)
                for call in calls:
                    call.result.set_exception(error)
                calls = []
        else:
            for call, result in zip(calls, results, strict=False):  # without the padding
                call.result.set_result(result)
            calls = []
        # Outside the handler, so that the memory of the failed batch is freed first.
        for call in calls:
            self._run([call])
        with self._changed:
            self._changed.notify_all()


class _Call:
    def __init__(
        self, rank: int, run: Function, arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> None:
        self.rank, self.run = rank, run
        self.values, self.structure = tree_flatten((arguments, named))
        self.result: Future[torch.Tensor] = Future()

    @property
    def key(self) -> Hashable:
        shapes = tuple(
            (value.shape, value.dtype) if isinstance(value, torch.Tensor) else value
            for value in self.values
        )
        return self.rank, str(self.structure), shapes


def _evaluated(calls: Sequence[_Call], least: int) -> Sequence[torch.Tensor]:
    """The results of calls as one batch, padded to at least a number of calls."""
    padded = [*calls, *[calls[0]] * (least - len(calls))]
    batched = [
        torch.cat(values) if isinstance(values[0], torch.Tensor) else values[0]
        for values in zip(*(call.values for call in padded), strict=True)
    ]
    arguments, named = tree_unflatten(batched, calls[0].structure)
    return calls[0].run(*arguments, **named).chunk(len(padded))
