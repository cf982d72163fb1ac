"""A queue of jobs with a worker process, which is reused for the next job."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from phosphene.studio.jobs.requests import Job

_log = logging.getLogger(__name__)
STOP_SECONDS = 20.0  # for a worker to save its checkpoint
LINE = 1 << 20


class WorkerQueue:
    """A queue of jobs that run one after another in a worker process.

    Parameters
    ----------
    path : Path
        The project file.
    plugins : list of Path
    report : callable
        report(job, message) is called with every message of the process.
    """

    def __init__(
        self, path: Path, plugins: list[Path], report: Callable[[Job, dict[str, Any]], None]
    ) -> None:
        self._path, self._plugins, self._report = path, plugins, report
        self._waiting: deque[tuple[Job, Path]] = deque()
        self._current: Job | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, job: Job, folder: Path) -> None:
        """Queue a job, whose pictures are written to a folder."""
        self._waiting.append((job, folder))
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def stop(self, job: Job) -> None:
        """Stop a job, or remove it from the queue; returns when its checkpoint is saved."""
        self._waiting = deque(pair for pair in self._waiting if pair[0].id != job.id)
        if self._current is not None and self._current.id == job.id:
            await self._stop()

    async def close(self) -> None:
        """Stop everything, and end the process."""
        self._waiting.clear()
        if self._current is not None:
            await self._stop()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._end()

    async def _work(self) -> None:
        while self._waiting:
            job, folder = self._waiting.popleft()
            self._current = job
            self._idle.clear()
            try:
                await self._do(job, folder)
            finally:
                self._current = None
                self._idle.set()

    async def _do(self, job: Job, folder: Path) -> None:
        job.state, job.stage, job.started = "running", "starting", 0.0
        self._report(job, {"event": "begun"})
        process = await self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        spec = {"id": job.id, "asked": job.asked.model_dump(), "text": job.text}
        spec |= {"folder": str(folder), "output": job.output}
        try:
            process.stdin.write(json.dumps({"job": spec}).encode() + b"\n")
            await process.stdin.drain()
            while line := await process.stdout.readline():
                message = json.loads(line)
                if message.get("id") == job.id:
                    self._report(job, message)
                    if message["event"] in ("done", "failed", "stopped"):
                        return
        except (OSError, ValueError) as error:
            _log.warning("a worker failed: %s", error)
        await self._end()
        error_text = "The process that painted this ended unexpectedly; resume to continue."
        self._report(job, {"event": "failed", "text": error_text})

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            options: dict[str, Any] = (
                {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
                if os.name == "nt"
                else {"start_new_session": True}  # so that Ctrl-C only reaches this process
            )
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "phosphene.studio.jobs.worker", str(self._path),
                *map(str, self._plugins),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LINE,
                **options,
            )  # fmt: skip
        return self._process

    async def _stop(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.write(b'{"stop": true}\n')
                await self._process.stdin.drain()
        try:
            await asyncio.wait_for(self._idle.wait(), STOP_SECONDS)
        except TimeoutError:
            await self._end()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 3.0)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
