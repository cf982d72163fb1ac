"""The queue: what is painted, in processes of their own, and kept when the studio is closed."""

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

from phosphene.errors import ProjectError
from phosphene.hints import hint
from phosphene.studio.jobs.asked import Asked, Job, asked_of, new_id
from phosphene.studio.jobs.lane import Lane
from phosphene.studio.places import inside, own_folder, write_whole
from phosphene.studio.session import Session

_log = logging.getLogger(__name__)
LIST = "jobs.json"
MOST = 200  # jobs in the list
_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")


class Jobs:
    """The jobs of one project.

    Their list is a file of the project's folder. A studio that was killed finds it again: what was
    running is paused then, and continues from its last checkpoint.

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
        self.lanes = {
            name: Lane(session.path, plugins, self._report) for name in ("pictures", "films")
        }

    def state(self) -> list[dict[str, Any]]:
        """All jobs, the newest last."""
        return [job.shown() for job in self.jobs.values()]

    def picture(self, job: str, frame: int) -> Path:
        """The file of a painted frame.

        Raises
        ------
        ProjectError
            If there is no such job.
        """
        return self._takes(self._job(job)) / f"{frame:07d}.jpg"

    async def begin(self, given: Any) -> list[dict[str, Any]]:
        """Queue what a page asks for: a job, or one for each take.

        Raises
        ------
        ProjectError
            If it cannot be asked for, or the project has a mistake.
        """
        asked, composed = asked_of(given), self.session.composed
        if self.session.errors or composed is None:
            raise ProjectError("the project has a mistake", "Correct it first.")
        self._require_model(asked.model)
        if asked.kind == "film":
            return [self._queue(asked, self._output(asked))]
        model = composed.project.model
        seeds = model.take_seeds(asked.takes) if asked.seed is None else [asked.seed]
        return [self._queue(asked.model_copy(update={"seed": seed})) for seed in seeds]

    def _queue(self, asked: Asked, output: str = "") -> dict[str, Any]:
        for old in [one for one in self.jobs.values() if one.state in ("done", "failed")][:-MOST]:
            self._forget(old)
        job = Job(id=new_id(), asked=asked, text=self.session.document.text, output=output)
        self.jobs[job.id] = job
        self._changed(job, keep=True)
        self.lanes[job.lane].put(job, self._takes(job))
        return job.shown()

    def _output(self, asked: Asked) -> str:
        name = f"{asked.name or self.session.path.stem}.{asked.format}"
        inside(self.session.folder, name)
        running = [one for one in self.jobs.values() if one.state in ("running", "waiting")]
        if any(one.output == name for one in running):
            raise ProjectError(f"{name} is being rendered already", "Name another film.")
        return name

    async def steer(self, name: str, what: str) -> dict[str, Any]:
        """Pause a job, resume it, or remove it with what it painted; a finished film stays.

        Raises
        ------
        ProjectError
            If there is no such job.
        """
        job = self._job(name)
        lane = self.lanes[job.lane]
        if what == "pause":
            await lane.stop(job)
            if job.state in ("running", "waiting"):
                job.state = "paused"
        elif what == "resume":
            if job.state in ("paused", "failed"):
                job.state, job.notes = "waiting", []
                lane.put(job, self._takes(job))
        elif what == "remove":
            await lane.stop(job)
            self._forget(job)
        else:
            raise ProjectError(f"'{what}' cannot be done with a job")
        self._changed(job, keep=True)
        return job.shown()

    async def close(self) -> None:
        """Stop what is running; it is paused, with its checkpoint."""
        await asyncio.gather(*(lane.close() for lane in self.lanes.values()))
        for job in self.jobs.values():
            if job.state in ("running", "waiting"):
                job.state = "paused"
        self._write()

    def _require_model(self, name: str | None) -> None:
        """Refuse a model that is neither the project's nor registered: no folder or download."""
        composed, engines = self.session.composed, self.session.registry.engines
        if name and name not in engines and composed and name != composed.project.model.name:
            raise ProjectError(f"unknown model '{name}'", hint(name, engines))

    def _report(self, job: Job, said: dict[str, Any]) -> None:
        """Take a report of a worker."""
        event = said["event"]
        if event == "progress":
            self._progress(job, said)
        elif event == "picture":
            job.pictures.append(said["frame"])
        elif event == "note":
            job.notes.append(said["text"])
        elif event == "stopped":
            job.state = "paused"
        elif event == "failed":
            job.state, job.notes = "failed", [*job.notes, said["text"]]
        elif event == "done":
            job.state, job.done = "done", job.total
        self._changed(job, keep=event not in ("progress", "picture"))

    def _progress(self, job: Job, said: dict[str, Any]) -> None:
        job.state, job.stage = "running", said["stage"]
        job.total, job.first, job.fps = said["total"], said.get("first", job.first), said["fps"]
        now = time.monotonic()
        if said["stage"] != "painting" or job.started == 0.0 or said["done"] < job.done:
            job.started, job.rate, job.begun = now, 0.0, said["done"]
        elif now > job.started:
            job.rate = (said["done"] - job.begun) / (now - job.started)
        job.done = said["done"]

    def _changed(self, job: Job, keep: bool) -> None:
        if keep:
            self._write()
        there = job.id in self.jobs
        self.announce({"type": "job", "job": job.shown() if there else None, "id": job.id})

    def _job(self, name: str) -> Job:
        if name not in self.jobs:
            raise ProjectError(f"there is no job {name}", "It may have been removed.")
        return self.jobs[name]

    def _takes(self, job: Job) -> Path:
        return own_folder(self.session.path, "takes", job.id)

    def _forget(self, job: Job) -> None:
        from phosphene.film.film import beside
        from phosphene.own_files import clear_own, remove_if_bare

        shutil.rmtree(self._takes(job), ignore_errors=True)
        if job.output and job.state != "done":
            folder = beside(self.session.folder / job.output, ".resume")
            if folder.is_dir() and not folder.is_symlink():
                clear_own(folder)
                remove_if_bare(folder)
        self.jobs.pop(job.id, None)

    def _read(self) -> list[Job]:
        try:
            listed = json.loads((self.folder / LIST).read_text(encoding="utf-8"))
            found = [Job.model_validate(one) for one in listed]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, ValidationError, TypeError, RecursionError):
            _log.warning("%s cannot be read; the queue is empty", self.folder / LIST)
            return []
        for job in found:
            if job.state in ("running", "waiting"):
                job.state = "paused"
        return [job for job in found if _ID.fullmatch(job.id)]

    def _write(self) -> None:
        listed = [job.model_dump() for job in self.jobs.values()]
        with contextlib.suppress(ProjectError):  # a full disk: the job itself says so
            write_whole(self.folder / LIST, json.dumps(listed).encode())
