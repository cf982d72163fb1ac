"""Plans a batch: checks projects, analyses songs and measures speeds."""

from __future__ import annotations

import tempfile
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phosphene.batch.jobs import Job
    from phosphene.batch.pieces import Piece
    from phosphene.batch.plan import Figures, Film
    from phosphene.batch.report import Earlier
    from phosphene.batch.workers import Task
    from phosphene.cli.inputs.options import Changes
    from phosphene.engines.runtime.batches import Batches
    from phosphene.plugins import Registry
    from phosphene.project.schema import Project
    from phosphene.rendering.render import Render
    from phosphene.score.score import Score
    from phosphene.song.song import Song

FRAMES = 12  # to paint for measuring a speed
MAX_SECONDS = 10.0  # for painting them


class Planner:
    """Makes the films of a plan from jobs.

    Parameters
    ----------
    jobs : sequence of Job
    output : Path
        The folder of the films.
    force : bool
        Replace files that Phosphene did not make.
    batch_size : int
        Films to paint at a time in this process, in batches of one model, if they are on a GPU.
    only_plan : bool
        Nothing will be painted.

    Raises
    ------
    ProjectError
        With every error that is found without analysing a song.
    """

    def __init__(
        self, jobs: Sequence[Job], output: Path, force: bool, batch_size: int, only_plan: bool
    ) -> None:
        from phosphene.cli.batches.jobs import changes_of
        from phosphene.cli.inputs.registry import registry_for
        from phosphene.cli.inputs.renders import checked
        from phosphene.errors import PhospheneError, ProjectError

        registries: dict[Path, Registry] = {}
        problems: list[str] = []
        self._checked: list[tuple[Job, Changes, Project, Render]] = []
        for job in jobs:
            folder = job.input.parent
            if folder not in registries:
                registries[folder] = registry_for(job.input)
            try:
                changes = changes_of(job)
                found = checked(job.input, output / job.name, changes, registries[folder], force)
                self._checked.append((job, changes, *found))
            except PhospheneError as error:
                problems.append(f"{job.where}: {error.advice}")
        if problems:
            raise ProjectError("\n".join(dict.fromkeys(problems)), "Nothing was rendered.")
        self._analysed: tuple[object, Song] | None = None
        self._batch_size, self._only_plan = batch_size, only_plan
        self._batches: weakref.WeakValueDictionary[str, Batches] = weakref.WeakValueDictionary()

    def films(self, earlier: Earlier) -> Iterator[Film]:
        """Analyse and compose each song; a song that cannot be read is a failed film."""
        from phosphene.batch.plan import Film
        from phosphene.errors import PhospheneError

        while self._checked:
            job, changes, project, render = self._checked.pop(0)
            film = Film(job, render.target)
            try:
                self._plan(film, changes, project, render, earlier)
            except PhospheneError as error:
                film.state, film.error = "failed", error.advice
            yield film

    def _plan(
        self, film: Film, changes: Changes, project: Project, render: Render, earlier: Earlier
    ) -> None:
        from phosphene.batch.report import is_complete
        from phosphene.cli.inputs.projects import compose_for, listen_to
        from phosphene.cli.inputs.registry import named_folders
        from phosphene.cli.inputs.renders import directed
        from phosphene.cli.terminal.console import console
        from phosphene.film.preflight import space_needed
        from phosphene.project.file import files_of
        from phosphene.screen.screen import film_rate

        key = project.song.model_dump_json(), id(render.registry)
        if self._analysed is None or self._analysed[0] != key:
            self._analysed = None  # frees a gigabyte per hour of music
            self._analysed = key, listen_to(project.song, render.registry)
        song = self._analysed[1]
        with console.capture():  # the render repeats its warnings, in its log
            job = directed(film.job.input, film.target, changes, render, project, song)
            project, score = compose_for(song, job.project, changes)
        render = job.render
        read = files_of(film.job.input, project, named_folders())
        film.files = tuple(dict.fromkeys(str(path.absolute()) for path in read))
        film.diffuses = render.spec.diffuses and project.model.device != "cpu"
        film.frames, film.fps, film.first = len(score), float(score.fps), float(score.start)
        video = project.video
        rate = film_rate(score.fps, _fraction(video.interpolate))
        parts = [project.model.name, project.model.quality, f"{score.width}x{score.height}"]
        parts += [f"upscaled {video.upscale} times"] * (video.upscale > 1)
        parts += [f"at {float(rate):g} fps"] * (rate != score.fps)
        film.kind = " ".join(parts)
        width, height = score.width * video.upscale, score.height * video.upscale
        shown = width, height, round(len(score) * rate / score.fps)
        painted = score.width, score.height, len(score)
        film.size, film.room = space_needed(render.form, video.crf, painted, shown)
        self._group(film, render, project, score)
        film.fingerprint = render.fingerprint(project, score)
        known = render.fingerprints(project, score)
        if is_complete(film.target, known, earlier.films.get(film.target.name)):
            film.state, film.done = "kept", film.frames
            return
        note_parts(film, score)
        film.done = sum(film.painted) or min(film.frames, _kept_frames(film.target))
        if film.group and not self._only_plan:
            with console.capture():
                render.check(song, project, score, bool(film.job.options.get("strict")))
            render.song = None  # frees a gigabyte for one hour
            text = job.text if changes.idea is not None or changes.director is not None else ""
            film.begin = partial(_painting, render, text)

    def _group(self, film: Film, render: Render, project: Project, score: Score) -> None:
        """Join a film with the others of its model and size, if it can be painted in batches."""
        from phosphene.engines.presets import batchable
        from phosphene.rendering.identity import MAX_BATCH

        size = min(self._batch_size, MAX_BATCH)
        if size == 1 or not batchable(render.spec, project.model):
            return
        from phosphene.engines.runtime.batches import Batches

        model = project.model.model_dump_json(exclude={"seed"})
        film.group = f"{score.width}x{score.height} {model}"
        batches = self._batches.get(film.group)
        if batches is None:
            batches = Batches(size, least=size)
            self._batches[film.group] = batches
        render.batches = batches


def _painting(render: Render, text: str, piece: Piece, log: Path) -> Task:
    """A task that renders a piece in this process, with the project of its film beside it."""
    from phosphene.batch.painting import Painting
    from phosphene.outputs import keep_project

    if text and piece.number is None:
        keep_project(text, render.target.with_suffix(".toml"))
    return Painting(piece, render, log)


def note_parts(film: Film, score: Score) -> None:
    """Note the parts of a film, and how many frames of each are painted."""
    from phosphene.film.parts import PartFile
    from phosphene.score.parts import parts_of

    film.parts = tuple(len(part.rows) for part in parts_of(score))
    film.painted = tuple(
        PartFile(film.target, film.fingerprint, number).done(frames)
        for number, frames in enumerate(film.parts)
    )


def _fraction(fps: Any) -> Any:
    from fractions import Fraction

    return None if fps is None else Fraction(fps)


def _kept_frames(target: Path) -> int:
    """The number of frames saved by a stopped render."""
    from phosphene.film.checksums import FRAMES as SUMS
    from phosphene.film.checksums import SIZE
    from phosphene.film.film import beside

    sums = beside(target, ".resume") / SUMS
    return sums.stat().st_size // SIZE if sums.is_file() else 0


def arguments_for(film: Film, output: Path, more: Sequence[str]) -> list[str]:
    """The arguments of `phosphene` that render a film."""
    from phosphene.cli.inputs.registry import named_folders

    folders = [f"--plugins-dir={folder.absolute()}" for folder in named_folders()]
    own = film.job.arguments()
    return [*folders, "render", str(film.job.input), f"--output={output}", *own, *more]


def measure_speeds(films: Sequence[Film], known: Mapping[str, Figures]) -> dict[str, Figures]:
    """The speed of each kind of remaining film, measured on its first frames unless known."""
    from phosphene.batch.work import Processes, Work
    from phosphene.cli.terminal.console import console

    speeds = dict(known)
    for film in films:
        if film.state != "waiting" or film.kind in speeds:
            continue
        end = film.first + FRAMES / film.fps
        with (
            console.status(f"Measuring {film.kind} ..."),
            tempfile.TemporaryDirectory(
                prefix="phosphene-measure-", ignore_cleanup_errors=True
            ) as folder,
        ):
            target = Path(folder, film.target.name)
            excerpt = f"--start={film.first:.6f}s", f"--end={end:.6f}s"
            options = {name: value for name, value in film.job.options.items() if name != "bars"}
            first = replace(film, job=replace(film.job, options=options))
            arguments, processes = arguments_for(first, target, excerpt), Processes()
            work = Work(arguments, target, Path(folder, "log"), processes)
            begun = 0.0

            def stop_in_time(done: int, total: int, stage: str, work: Work = work) -> None:
                nonlocal begun
                begun = begun or time.monotonic() * (stage == "painting")
                if begun and time.monotonic() - begun > MAX_SECONDS:
                    work.stop()

            try:
                outcome = work.run(stop_in_time)
            except BaseException:
                work.stop()
                raise
            finally:
                processes.close()
        if outcome.figures is not None:
            speeds[film.kind] = outcome.figures
    return speeds
