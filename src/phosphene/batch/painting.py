"""Renders films and parts in this process, whose model calls are joined in batches."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from phosphene.batch.work import OnProgress, Outcome, Timer
from phosphene.errors import Stopped
from phosphene.own_files import open_own

if TYPE_CHECKING:
    from phosphene.batch.pieces import Piece
    from phosphene.rendering.render import Render


class Painting:
    """A render of a film or a part in a thread of this process; see `phosphene.batch.work.Work`.

    Parameters
    ----------
    piece : Piece
    render : Render
        That of its film, after its `check`, with `batches`.
    log : Path
        The log file; it is appended to.
    """

    def __init__(self, piece: Piece, render: Render, log: Path) -> None:
        self._piece, self._render, self._log = piece, render, log
        self._stopping = threading.Event()

    def run(self, on_progress: OnProgress) -> Outcome:
        """Run the render; call on_progress(done, total, stage) for each frame."""
        batches, timer = self._render.batches, Timer(time.monotonic())
        assert batches is not None

        def step(done: int, total: int, stage: str) -> None:
            if self._stopping.is_set():
                raise Stopped(signal.SIGTERM)
            if stage == "joining":  # the model is not called again
                batches.leave()
            timer.update(done, total, stage)
            on_progress(done, total, stage)

        with _logged(self._log):
            try:
                if self._piece.joins:
                    self._render.join_parts(step)
                else:
                    batches.join()
                    self._paint(step)
            except Stopped:
                return Outcome("stopped", "", timer.passed(), timer.figures())
            finally:
                batches.leave()
        return Outcome("made", "", timer.passed(), timer.figures())

    def stop(self) -> None:
        """Make the render save its checkpoint and end at its next frame."""
        self._stopping.set()

    def _paint(self, on_progress: OnProgress) -> None:
        if self._piece.number is None:
            self._render.run(None, False, on_progress)
        else:
            self._render.paint_part(self._piece.number, on_progress)


@contextlib.contextmanager
def _logged(log: Path) -> Iterator[None]:
    """Write what Phosphene logs in this thread to a file, and only its warnings elsewhere."""
    logger, thread = logging.getLogger("phosphene"), threading.get_ident()

    def is_for_others(record: logging.LogRecord) -> bool:
        return record.thread != thread or record.levelno >= logging.WARNING

    with os.fdopen(open_own(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "a") as file:
        to_file, others = logging.StreamHandler(file), list(logger.handlers)
        to_file.addFilter(lambda record: record.thread == thread)
        for other in others:
            other.addFilter(is_for_others)
        logger.addHandler(to_file)
        try:
            yield
        finally:
            logger.removeHandler(to_file)
            for other in others:
                other.removeFilter(is_for_others)
