"""Renders a project to a film: all checks come first, expensive work last."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from phosphene.composing.compose import compose
from phosphene.engines.depths.finding import find_depth
from phosphene.engines.finding import check_model, find_engine, import_libraries
from phosphene.film.checksums import digest_of
from phosphene.film.codecs import require_running, with_codec
from phosphene.film.formats import FilmFormat, format_of
from phosphene.film.mark import require_replaceable
from phosphene.film.preflight import preflight, space_needed
from phosphene.film.sound import Soundtrack
from phosphene.outputs import require_outputs
from phosphene.painting.engine import check_paintable, check_supported, unsupported
from phosphene.plugins import load_plugins
from phosphene.project.file import files_of
from phosphene.project.listening import song_of
from phosphene.rendering.identity import (
    BATCH,
    depth_identity,
    fingerprint_of,
    fingerprints_of,
    identity,
    record_of,
    screen_identity,
)
from phosphene.rendering.inputs import check_inputs
from phosphene.rendering.reports import (
    report_space,
    warn,
    warn_of_clamped,
    warn_of_depth,
    warn_of_image,
    warn_of_size,
    warn_of_unsupported,
    warn_of_words,
)
from phosphene.screen.screen import Screen, film_rate
from phosphene.screen.upscalers import UpscalerSpec, find_upscaler

if TYPE_CHECKING:
    from phosphene.engines.runtime.batches import Batches
    from phosphene.film.record import Record
    from phosphene.plugins import Registry
    from phosphene.project.schema import Project
    from phosphene.rendering.filming import Progress
    from phosphene.score.score import Score
    from phosphene.song.song import Song


def render(
    project: Project,
    output: Path | str,
    *,
    on_progress: Progress = lambda done, total, stage: None,
    resume_from: str | None = None,
    strict: bool = False,
    keep: bool = False,
    force: bool = False,
    registry: Registry | None = None,
) -> Path:
    """Render a project to a film.

    If a render was stopped, the same call resumes it, with the same frames to the bit. Notices and
    warnings are logged under `phosphene`.

    Parameters
    ----------
    project : Project
    output : Path or str
        The output file: .mp4, .mov, .mkv, .webm or .gif.
    on_progress : callable, optional
        on_progress(done, total, stage) is called with the number of encoded frames, the number of
        all frames, and "loading", "painting" (after each frame) or "joining".
    resume_from : str, optional
        Position such as "bar 9": keep the frames of an earlier run before it.
    strict : bool
        Refuse motion that the engine cannot follow, instead of ignoring it with a warning.
    keep : bool
        Keep what `resume_from` needs after the film is complete.
    force : bool
        Replace a file that Phosphene did not make.
    registry : Registry, optional
        The plugins that the project was read with; by default, those that are installed.

    Returns
    -------
    Path
        The film, as an absolute path.

    Raises
    ------
    ProjectError
        If the project or the output is not valid.
    SongError
        If the song cannot be read.
    EngineError
        If the engine cannot be loaded.
    FilmError
        If the disk or ffmpeg fails, or another process renders to the same file.
    """
    job = Render(project, Path(output), registry or load_plugins(), force=force)
    song = song_of(project.song, job.registry)
    job.check(song, project, compose(project, song), strict)
    job.run(resume_from, keep, on_progress)
    return job.target


class Render:
    """A render, checked in two steps: before listening, and before painting.

    Parameters
    ----------
    project : Project
    output : Path
    registry : Registry
    source : Path, optional
        The project file or the song that the user named.
    plugins : iterable of Path
        Folders of plugins that are single files.
    force : bool
        Replace a file that Phosphene did not make.
    forms : mapping of str to FilmFormat
        Formats in place of the registered ones, by ending.

    Raises
    ------
    ProjectError
        If the output is one of the project's files, was not made by Phosphene, or has an unknown
        ending, or if the engine or the depth is unknown.
    EngineError
        If the model of one of them is missing or damaged.
    """

    def __init__(
        self,
        project: Project,
        output: Path,
        registry: Registry,
        source: Path | None = None,
        plugins: Iterable[Path] = (),
        force: bool = False,
        forms: Mapping[str, FilmFormat] = MappingProxyType({}),
    ) -> None:
        self.registry, self.force = registry, force
        #: Joins its model calls with those of other films; frames depend on the size of a batch.
        self.batches: Batches | None = None
        self.target = output.absolute()  # a plugin's engine may change the current folder
        form = format_of(self.target, {**registry.encoders, **forms})
        self.form = with_codec(form, self.target, project.video.codec)
        source = project.song.file if source is None else source
        require_outputs({"-o": output}, files_of(source, project, plugins))
        require_replaceable(output, force)
        self.spec = find_engine(project.model.name, registry)
        check_model(self.spec, project.model)
        self.depth = find_depth(project, registry)
        file, video = project.song.file, project.video
        self._upscaler: UpscalerSpec | None = None
        if video.upscale > 1:
            self._upscaler = find_upscaler(video.upscaler, video.upscale, registry.upscalers)
        self._digest = digest_of(file) if file.is_file() else ""

    def check(
        self,
        song: Song,
        project: Project,
        score: Score,
        strict: bool = False,
        sound_span: tuple[Fraction, Fraction] | None = None,
        lead: int = 0,
    ) -> None:
        """Check that the film can be made, and warn of what the engine ignores.

        Parameters
        ----------
        song, project, score
        strict : bool
            Refuse motion that the engine cannot follow.
        sound_span : tuple of two Fractions, optional
            Start and duration of the sound in the song, in seconds; by default, of the frames.
        lead : int
            Number of rows before the first frame of a seamless loop, which are not shown.

        Raises
        ------
        ProjectError, EngineError, FilmError
        """
        spec = self.spec
        warn_of_clamped(score)
        (check_supported if strict else check_paintable)(spec, project.model, score)
        warn_of_unsupported(spec, project.model, score)
        score = score.at_rest(unsupported(spec, project.model, score))
        check_inputs(spec, score)
        self.sound, self.lead = _sound(project, song, score, self._digest), lead
        if sound_span is not None:
            self.sound = replace(self.sound, start=sound_span[0], duration=sound_span[1])
        video = project.video
        if lead and video.interpolate is not None:
            warn("a loop is not interpolated; --fps sets its frame rate")
        self.fps = _rate(project, score, lead)
        width, height = score.width * video.upscale, score.height * video.upscale
        require_running(video.codec)
        film = self.target, width, height, self.fps
        with ThreadPoolExecutor(1) as pool:  # ffmpeg encodes the trial film during the imports
            trial = pool.submit(preflight, *film, self.sound, video.crf, self.form, self.force)
            import_libraries(spec)
            trial.result()
        shown = width, height, math.ceil((len(score) - lead) * self.fps / score.fps)
        painted = score.width, score.height, len(score) - lead
        report_space(self.target, *space_needed(self.form, video.crf, painted, shown))
        warn_of_words(spec, score)
        warn_of_size(spec, project.model, score)
        warn_of_image(spec, project, score)
        warn_of_depth(project, score, self.depth)
        self.song: Song | None = song
        self.project, self.score = project, score

    def made_of(self, project: Project, score: Score, lead: int = 0) -> dict[str, str]:
        """Names and digests of everything that the frames of the film depend on."""
        score = score.at_rest(unsupported(self.spec, project.model, score))
        screen = screen_identity(_rate(project, score, lead), project.video.upscale, self._upscaler)
        about = identity(
            score, self.spec, project.model, self.target, project.video.crf, self.form, lead, screen
        )
        batch = {} if self.batches is None else {BATCH: str(self.batches.size)}
        return about | depth_identity(self.depth, project.depth) | batch

    def fingerprint(self, project: Project, score: Score) -> str:
        """The fingerprint that the film has in its record when it is complete."""
        return fingerprint_of(self.made_of(project, score), self._digest)

    def fingerprints(self, project: Project, score: Score) -> set[str]:
        """Those of the film when it is painted in batches of any size."""
        return fingerprints_of(self.made_of(project, score), self._digest)

    def run(self, resume_from: str | None, keep: bool, on_progress: Progress) -> float:
        """Make the film, and return the elapsed seconds. Call `check` first.

        Raises
        ------
        ProjectError, EngineError, FilmError
        """
        # These import torch, so only after all checks.
        from phosphene.rendering.filming import render_film
        from phosphene.rendering.resuming import parse_resume_point

        point = None
        if resume_from:
            assert self.song is not None
            point = parse_resume_point(resume_from, self.song, self.project, self.score)
        return render_film(self, *self._film_parts(), point, keep, on_progress)

    def paint_part(self, number: int, on_progress: Progress) -> float:
        """Paint a part of the film; see `phosphene.rendering.parts`. Call `check` first."""
        from phosphene.rendering.parts import paint_part

        self.song = None
        return paint_part(self, number, on_progress)

    def join_parts(self, on_progress: Progress) -> float:
        """Join the parts of the film; see `phosphene.rendering.parts`. Call `check` first."""
        from phosphene.rendering.parts import join_parts

        return join_parts(self, *self._film_parts(), on_progress)

    def _film_parts(self) -> tuple[dict[str, str], Record | None, Screen | None]:
        """What the frames depend on, the film's record, and its screen, if any."""
        self.song = None  # frees a gigabyte per hour of music
        screen, factor = None, self.project.video.upscale
        if self._upscaler is not None or self.fps != self.score.fps:
            screen = Screen(self.score, self.fps, factor, self._upscaler)
        record, about = None, self.made_of(self.project, self.score, self.lead)
        if self.project.video.metadata:
            record = record_of(
                self.project, self.score, self.target, self._digest, self.registry, self.lead,
                fingerprint_of(about, self._digest),
            )  # fmt: skip
        return about, record, screen


def _rate(project: Project, score: Score, lead: int) -> Fraction:
    rate = project.video.interpolate
    return film_rate(score.fps, None if rate is None or lead else Fraction(rate))


def _sound(project: Project, song: Song, score: Score, digest: str) -> Soundtrack:
    file = project.song.file.absolute()
    if score.duration >= song.duration:  # the complete song can be copied unchanged
        return Soundtrack(file, track=song.track, digest=digest)
    return Soundtrack(file, score.start, score.duration, song.track, digest)
