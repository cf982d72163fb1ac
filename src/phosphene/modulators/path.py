"""Path: moves the picture through points."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import AfterValidator, Field

from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import Curve
from phosphene.score.cycles import edges
from phosphene.score.easing import Ease, interpolate
from phosphene.score.timeline import Timeline
from phosphene.score.units import At, Position
from phosphene.song.song import Song

Point = tuple[float, float]


def _some(points: dict[At, Point]) -> dict[At, Point]:
    if len(points) < 2:
        raise ValueError("expected at least two points")
    return points


class Path(Modulator):
    """A path through points, given as the displacement of the picture in px: right and down.

    `points = { "0" = [0, 0], "bar 5" = [120, -40], "bar 9" = [0, 0] }`: the steps from
    frame to frame are translation_x and translation_y, so the picture reaches each point in time.
    """

    name: ClassVar = "path"
    by_interval: ClassVar = True
    points: Annotated[dict[Position, Point], AfterValidator(_some)] = Field(
        description="position in the song, and [x, y] in px from the starting point"
    )
    ease: Ease = Field("cubic", description="as for keyframes; cubic is a spline")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        placed = timeline.placed(self.points, "points")
        times, places = np.array(list(placed)), np.array(list(placed.values()))
        # One step per rendered frame, in units of a frame of the project.
        steps = float(timeline.fps / timeline.project_fps)
        shown = edges(timeline)[:-1]
        return {
            channel: steps * np.diff(interpolate(times, xy, shown, self.ease), prepend=xy[0])
            for channel, xy in zip(("translation_x", "translation_y"), places.T, strict=True)
        }
