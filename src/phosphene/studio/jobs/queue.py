"""The jobs of a project; they run in worker processes and survive a restart of the studio."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from phosphene.errors import PhospheneError, ProjectError
from phosphene.hints import hint
from phosphene.studio.jobs.requests import Job, Request, new_id, parse_request
from phosphene.studio.jobs.worker_queue import WorkerQueue
from phosphene.studio.places import inside, own_folder, write_atomically
from phosphene.studio.session import Session

_log = logging.getLogger(__name__)
LIST = "jobs.json"
MAX_JOBS = 200  # in the list
_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")


class Jobs:
    """The jobs of one project.

    The list is saved in the project's folder. When the studio starts again, jobs that were running
    are paused, and resume from their last checkpoint.

    Parameters
    ----------
    session : Session
    plugins : list of Path
        Folders of plugins that are single files.
    announce : callable
        announce(message) sends a message to every page.
    """

    def __init__(
        self, session: Session, plugins: list[Path], announce: Callable[[dict[str, Any]], None]
    ) -> None:
        self.session, self.announce = session, announce
        self.folder = own_folder(session.path)
        self.jobs = {job.id: job for job in self._read()}
        self.queues = {
            name: WorkerQueue(session.path, plugins, self._report) for name in ("pictures", "films")
        }

    def state(self) -> list[dict[str, Any]]:
        """All jobs, oldest first."""
        return [job.shown() for job in self.jobs.values()]

    def picture(self, job: str, frame: int) -> Path:
        """The file of a painted frame.

        Raises
        ------
        ProjectError
            If there is no such job.
        """
        return self._takes(self._job(job)) / f"{frame:07d}.jpg"

    async def begin(self, data: Any) -> list[dict[str, Any]]:
        """Queue a request of the page: one job, or one for each take.

        Raises
        ------
        ProjectError
            If the request is invalid, or the project has an error.
        """
        request, composed = parse_request(data), self.session.composed
        if self.session.errors or composed is None:
            raise ProjectError("the project has an error", "Correct it first.")
        self._require_model(request.model)
        if request.kind == "film":
            return [self._queue(request, self._output(request))]
        model = composed.project.model
        seeds = model.take_seeds(request.takes) if request.seed is None else [request.seed]
        return [self._queue(request.model_copy(update={"seed": seed})) for seed in seeds]

    def _queue(self, request: Request, output: str = "") -> dict[str, Any]:
        for old in [job for job in self.jobs.values() if job.state in ("done", "failed")][
            :-MAX_JOBS
        ]:
            self._forget(old)
        job = Job(id=new_id(), asked=request, text=self.session.document.text, output=output)
        self.jobs[job.id] = job
        self._changed(job, keep=True)
        self.queues[job.queue].put(job, self._takes(job))
        return job.shown()

    def _output(self, request: Request) -> str:
        name = f"{request.name or self.session.path.stem}.{request.format}"
        inside(self.session.folder, name)
        running = [job for job in self.jobs.values() if job.state in ("running", "waiting")]
        if any(job.output == name for job in running):
            raise ProjectError(f"{name} is being rendered already", "Choose another name.")
        return name

    async def control(self, name: str, what: str) -> dict[str, Any]:
        """Pause, resume or remove a job; removing it deletes its pictures, but not a finished film.

        Raises
        ------
        ProjectError
            If there is no such job.
        """
        job = self._job(name)
        queue = self.queues[job.queue]
        if what == "pause":
            await queue.stop(job)
            if job.state in ("running", "waiting"):
                job.state = "paused"
        elif what == "resume":
            if job.state in ("paused", "failed"):
                job.state, job.notes = "waiting", []
                queue.put(job, self._takes(job))
        elif what == "remove":
            await queue.stop(job)
            self._forget(job)
        else:
            raise ProjectError(f"unknown action '{what}'", "Allowed: pause, resume, remove.")
        self._changed(job, keep=True)
        return job.shown()

    async def close(self) -> None:
        """Pause all running jobs, with their checkpoints."""
        await asyncio.gather(*(queue.close() for queue in self.queues.values()))
        for job in self.jobs.values():
            if job.state in ("running", "waiting"):
                job.state = "paused"
        self._write()

    def _require_model(self, name: str | None) -> None:
        """Refuse folders and downloads: a model must be registered or the project's own."""
        composed, engines = self.session.composed, self.session.registry.engines
        if name and name not in engines and composed and name != composed.project.model.name:
            raise ProjectError(f"unknown model '{name}'", hint(name, engines))

    def _report(self, job: Job, message: dict[str, Any]) -> None:
        """Handle a message of a worker."""
        event = message["event"]
        if event == "progress":
            self._progress(job, message)
        elif event == "picture":
            self._picture(job, message["frame"])
        elif event == "note":
            job.notes.append(message["text"])
        elif event == "stopped":
            job.state = "paused"
        elif event == "failed":
            job.state, job.notes = "failed", [*job.notes, message["text"]]
        elif event == "done":
            job.state, job.done = "done", job.total
        self._changed(job, keep=event not in ("progress", "picture"))

    def _picture(self, job: Job, frame: int) -> None:
        # A job that is resumed paints some pictures again.
        others = [other for other in job.pictures if other != frame]
        if job.asked.kind == "film":  # only its last one is shown, and the one before still loads
            for old in others[:-1]:
                self.picture(job.id, old).unlink(missing_ok=True)
            del others[:-1]
        job.pictures = [*others, frame]

    def _progress(self, job: Job, message: dict[str, Any]) -> None:
        job.state, job.stage = "running", message["stage"]
        job.total, job.first, job.fps = (
            message["total"],
            message.get("first", job.first),
            message["fps"],
        )
        now = time.monotonic()
        if message["stage"] != "painting" or job.started == 0.0 or message["done"] < job.done:
            job.started, job.rate, job.begun = now, 0.0, message["done"]
        elif now > job.started:
            job.rate = (message["done"] - job.begun) / (now - job.started)
        job.done = message["done"]

    def _changed(self, job: Job, keep: bool) -> None:
        if keep:
            self._write()
        there = job.id in self.jobs
        self.announce({"type": "job", "job": job.shown() if there else None, "id": job.id})

    def _job(self, name: str) -> Job:
        if name not in self.jobs:
            raise ProjectError(f"unknown job {name}", "It may have been removed.")
        return self.jobs[name]

    def _takes(self, job: Job) -> Path:
        return own_folder(self.session.path, "takes", job.id)

    def _forget(self, job: Job) -> None:
        from phosphene.film.film import beside
        from phosphene.own_files import clear_own, locked

        shutil.rmtree(self._takes(job), ignore_errors=True)
        self.jobs.pop(job.id, None)
        left = {other.output for other in self.jobs.values() if other.state != "done"}
        if job.output and job.state != "done" and job.output not in left:
            folder = beside(self.session.folder / job.output, ".resume")
            if folder.is_dir() and not folder.is_symlink():
                with contextlib.suppress(PhospheneError), locked(folder):  # not used by a command
                    clear_own(folder)

    def _read(self) -> list[Job]:
        try:
            listed = json.loads((self.folder / LIST).read_text(encoding="utf-8"))
            found = [Job.model_validate(job) for job in listed]
            for job in found:
                if job.output:  # the list may have come with a project
                    inside(self.session.folder, job.output)
        except FileNotFoundError:
            return []
        except (OSError, ValueError, ValidationError, TypeError, RecursionError, ProjectError):
            _log.warning("%s cannot be read; the queue is empty", self.folder / LIST)
            return []
        for job in found:
            if job.state in ("running", "waiting"):
                job.state = "paused"
        return [job for job in found if _ID.fullmatch(job.id)]

    def _write(self) -> None:
        listed = [job.model_dump() for job in self.jobs.values()]
        with contextlib.suppress(ProjectError):  # a full disk, which the job reports itself
            write_atomically(self.folder / LIST, json.dumps(listed).encode())
