"""The studio's worker process: reads jobs as JSON lines from stdin and writes reports to stdout.

It ends when stdin is closed, so that no process is left if the studio is killed. A job that is
stopped saves its checkpoint first, like a render after Ctrl-C.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from phosphene.errors import PhospheneError

PICTURE_SECONDS = 0.5  # between pictures of a film
REPORT_SECONDS = 0.1  # between reports
JPEG = 92


class Stopped(KeyboardInterrupt):
    """The studio stopped the job."""


class Worker:
    """Runs one job after another.

    Parameters
    ----------
    path : Path
        The project file.
    plugins : list of Path
        Folders of plugins that are single files.
    out : file
        The reports are written to it.
    """

    def __init__(self, path: Path, plugins: list[Path], out: IO[str]) -> None:
        from phosphene.plugins import load_plugins

        self.path, self.plugins = path, plugins
        self.registry = load_plugins(plugins)
        self._out, self._stop_requested = out, threading.Event()
        self._jobs: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._id = ""
        self._loaded: tuple[Any, Any] | None = None

    def listen(self, lines: IO[str]) -> None:
        """Read messages of the studio until stdin is closed; runs in its own thread."""
        for line in lines:
            message = json.loads(line)
            if "job" in message:
                self._stop_requested.clear()  # here, as a stop may follow before it begins
                self._jobs.put(message["job"])
            else:
                self._stop_requested.set()
        self._stop_requested.set()
        self._jobs.put(None)

    def work(self) -> None:
        """Run jobs until stdin is closed."""
        while (job := self._jobs.get()) is not None:
            self._id = job["id"]
            try:
                self._do(job)
                self.report("done")
            except Stopped:
                self.report("stopped")
            except PhospheneError as error:
                self.report("failed", text=f"{error} {error.fix}".strip())
            except Exception as error:
                logging.getLogger(__name__).exception("painting failed")
                self.report("failed", text=f"internal error: {type(error).__name__}: {error}")

    def report(self, event: str, **about: Any) -> None:
        """Send a report to the studio."""
        with suppress(OSError):  # the studio has ended, so stdin is about to be closed
            print(json.dumps({"id": self._id, "event": event, **about}), file=self._out, flush=True)

    def check(self) -> None:
        """Raise `Stopped` if the studio has stopped the job."""
        if self._stop_requested.is_set():
            raise Stopped

    def _do(self, job: dict[str, Any]) -> None:
        from phosphene.composing.compose import FrameFormat, compose
        from phosphene.project.listening import song_of
        from phosphene.score.timeline import exact_fps
        from phosphene.studio.jobs.requests import Request

        request = Request.model_validate(job["asked"])
        project = self._project(job["text"], request)
        video = project.video
        form = FrameFormat(
            exact_fps(request.fps or video.fps),
            request.width or video.width,
            request.height or video.height,
        )
        song = song_of(project.song, self.registry)
        score = compose(project, song, form)
        self.check()
        folder = Path(job["folder"])
        progress = self._progress(int(score.frames[0]), float(score.fps))
        if request.kind == "film":
            self._film(
                project, song, score, self.path.parent / job["output"], request, folder, progress
            )
        else:
            self._pictures(project, score, folder, progress)

    def _project(self, text: str, request: Any) -> Any:
        from phosphene.bounds import parse_toml
        from phosphene.project.file import make_project

        data = parse_toml(text)
        model = {"name": request.model, "quality": request.quality, "seed": request.seed}
        changes = {"model": {key: value for key, value in model.items() if value is not None}}
        if request.kind != "film":
            changes["video"] = {"start": str(request.first), "end": str(request.last)}
        for table, entries in changes.items():
            data[table] = {**data.get(table, {}), **entries}
        return make_project(data, self.path, self.registry)

    def _progress(self, first: int, fps: float) -> Callable[[int, int, str], None]:
        last = 0.0

        def show(done: int, total: int, stage: str) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= REPORT_SECONDS or done in (0, total) or stage != "painting":
                last = now
                self.report("progress", done=done, total=total, stage=stage, first=first, fps=fps)
            if stage == "painting":
                self.check()

        return show

    def _pictures(
        self, project: Any, score: Any, folder: Path, progress: Callable[[int, int, str], None]
    ) -> None:
        from phosphene.engines.finding import find_engine
        from phosphene.painting.engine import unsupported
        from phosphene.painting.frames import paint

        spec = find_engine(project.model.name, self.registry)
        score = score.at_rest(unsupported(spec, project.model, score))
        progress(0, len(score), "loading")
        engine = self._engine(project, score)
        # The first frame is not matched to anchors, so they need not be measured.
        for k, frame in enumerate(paint(score, engine, hold=len(score) > 1)):
            number = int(score.frames[k])
            write_jpeg(folder / f"{number:07d}.jpg", frame)
            self.report("picture", frame=number)
            progress(k + 1, len(score), "painting")

    def _engine(self, project: Any, score: Any) -> Any:
        """The engine of a project; reuses the last one for the same model, prompts and size."""
        from phosphene.engines.finding import load_engine
        from phosphene.painting.engine import DrawingEngine

        model = project.model.model_copy(update={"seed": 0})  # takes share an engine
        prompts = score.prompts, score.negative_prompts
        key = (model, *prompts, score.width, score.height)
        if self._loaded is None or self._loaded[0] != key:
            self._loaded = None  # frees its memory first
            engine = load_engine(project, score, self.registry)
            if isinstance(engine, DrawingEngine):  # only usable for this Score
                return engine
            self._loaded = (key, engine)
        return self._loaded[1]

    def _film(
        self, project: Any, song: Any, score: Any, target: Path, request: Any, folder: Path,
        progress: Callable[[int, int, str], None],
    ) -> None:  # fmt: skip
        from phosphene.rendering.filming import state_folder
        from phosphene.rendering.render import Render

        job = Render(project, target, self.registry, self.path, self.plugins, request.force)
        job.check(song, project, score)
        raw, shown = state_folder(target), 0.0

        def show(done: int, total: int, stage: str) -> None:
            nonlocal shown
            due = stage == "painting" and time.monotonic() - shown > PICTURE_SECONDS
            if due and (frame := latest_frame(raw, score.width, score.height)) is not None:
                number = int(score.frames[max(done - 1, 0)])
                write_jpeg(folder / f"{number:07d}.jpg", frame)
                self.report("picture", frame=number)
                shown = time.monotonic()
            progress(done, total, stage)

        job.run(None, False, show)


def latest_frame(folder: Path, width: int, height: int) -> NDArray[np.uint8] | None:
    """The last raw frame of a film in progress; None if there is none."""
    size = 3 * width * height
    for path in sorted(folder.glob("segment-*.rgb"), reverse=True):
        with suppress(OSError), open(path, "rb") as file:
            count = file.seek(0, 2) // size
            if count:
                file.seek((count - 1) * size)
                return np.frombuffer(file.read(size), np.uint8).reshape(height, width, 3)
    return None


def write_jpeg(path: Path, frame: NDArray[np.uint8]) -> None:
    """Write an RGB picture atomically."""
    import cv2

    _, coded = cv2.imencode(".jpg", frame[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG])
    new = path.with_suffix(".part")
    new.write_bytes(coded.tobytes())
    os.replace(new, path)


class _Notes(logging.Handler):
    """Sends the warnings of a render to the page."""

    def __init__(self, worker: Worker) -> None:
        super().__init__(logging.WARNING)
        self._worker = worker

    def emit(self, record: logging.LogRecord) -> None:
        self._worker.report("note", text=record.getMessage())


def main() -> None:
    """Run until stdin closes: ``python -m phosphene.studio.jobs.worker PROJECT [PLUGINS ...]``."""
    from phosphene.folders import find_home, numba_folder

    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    with suppress(OSError, AttributeError):
        os.nice(5)  # keeps the page responsive
    find_home()
    if folder := numba_folder():
        os.environ.setdefault("NUMBA_CACHE_DIR", str(folder))
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # output of libraries must not mix with the reports
    path, *plugins = map(Path, sys.argv[1:])
    worker = Worker(path, plugins, out)
    logging.getLogger("phosphene").addHandler(_Notes(worker))
    threading.Thread(target=worker.listen, args=(sys.stdin,), daemon=True).start()
    worker.work()
    logging.shutdown()
    os._exit(0)  # everything is written, and a normal exit would take a second


if __name__ == "__main__":
    main()
