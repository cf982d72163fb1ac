"""A composed project: its song, its Score and each layer's part, as the page draws them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phosphene.bounds import parse_toml
from phosphene.composing.compose import compose
from phosphene.composing.trace import Trace
from phosphene.errors import PhospheneError, ProjectError
from phosphene.plotting.data import PlotData, plot_data
from phosphene.plugins import Registry
from phosphene.project.file import make_project
from phosphene.project.listening import song_of
from phosphene.project.schema import Project
from phosphene.score.channels import CHANNELS
from phosphene.score.timeline import Timeline, exact_fps
from phosphene.score.units import parse_position
from phosphene.song.analysis import Progress
from phosphene.song.song import Song
from phosphene.studio.views.wire import packed

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Composed:
    """A valid project, with everything derived from it.

    Parameters
    ----------
    data : dict
        As parsed from the file.
    project : Project
    song : Song
    picture : PlotData
        The Score, and the part of each layer in each channel.
    """

    data: dict[str, Any]
    project: Project
    song: Song
    picture: PlotData

    @property
    def timeline(self) -> Timeline:
        """Relates positions to seconds, at the project's own frame rate."""
        fps = exact_fps(self.project.video.fps)
        return Timeline(self.song, fps, fps)

    def moment(self, text: str) -> float | None:
        """Seconds of a position; None if the text is not one, or is outside the song."""
        try:
            return self.timeline.at(parse_position(text))
        except (ValueError, PhospheneError):
            return None

    def curves(self) -> bytes:
        """The values of every channel that moves, and of every layer's part in it, packed."""
        score = self.picture.score
        arrays: dict[str, NDArray[Any]] = {}
        channels = []
        for name, parts in self.picture.parts.items():
            channel = CHANNELS[name]
            arrays[name] = _short(score.channels[name])
            layers = []
            for k, part in enumerate(parts):
                arrays[f"{name}.{k}.below"] = _short(part.below)
                arrays[f"{name}.{k}.above"] = _short(part.above)
                layers.append({"entry": part.entry, "use": part.use, "number": part.number})
            channels.append(
                {
                    "name": name,
                    "unit": channel.unit,
                    "about": channel.description,
                    "neutral": channel.neutral,
                    "layers": layers,
                }
            )
        arrays["diffuses"] = score.diffuses.astype(np.uint8)
        header = {
            "fps": float(score.fps),
            "first": int(score.frames[0]),
            "frames": len(score),
            "width": score.width,
            "height": score.height,
            "channels": channels,
            "still": list(self.picture.still),
        }
        return packed(header, arrays)


def read_composed(
    text: str,
    path: Path,
    registry: Registry,
    before: Composed | None = None,
    progress: Progress | None = None,
    announce: Callable[[dict[str, Any], Project], None] | None = None,
) -> Composed:
    """Validate the text of a project file, listen to its song and compose it.

    Parameters
    ----------
    text : str
    path : Path
        For errors; relative paths start from its folder.
    registry : Registry
    before : Composed, optional
        An earlier state; its song is reused if `[song]` has not changed.
    progress : callable, optional
        progress(step, share) while the song is analysed.
    announce : callable, optional
        announce(data, project) is called when the project is valid, before the song is known.

    Raises
    ------
    PhospheneError
        With the message that the command line prints.
    """
    try:
        data = parse_toml(text)
    except ValueError as error:
        raise ProjectError(
            f"{path}: not valid TOML: {error}",
            "Put text in quotes, and start every table with its [name].",
        ) from None
    project = make_project(parse_toml(text), path, registry)
    if announce is not None:
        announce(data, project)
    if before is not None and before.project.song == project.song:
        song = before.song
    else:
        song = song_of(project.song, registry, progress)
    trace = Trace()
    score = compose(project, song, trace=trace)
    return Composed(data, project, song, plot_data(song, project, score, trace))


def problems(error: PhospheneError, path: Path) -> list[dict[str, str]]:
    """The lines of an error, each with its entry, for the page."""
    found = []
    for line in str(error).splitlines():
        rest = line.removeprefix(f"{path}: ")
        entry, colon, _ = rest.partition(": ")
        known = colon and " " not in entry.partition('"')[0]
        found.append({"entry": entry if known else "", "message": line})
    named = getattr(error, "entry", "")
    if named and found:
        found[0]["entry"] = named
    if found and error.fix:
        found[-1]["fix"] = error.fix
    return found


def _short(values: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(values, np.float32)
