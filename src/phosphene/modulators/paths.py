"""Orbit, spiral and path: movements of the camera."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import AfterValidator, Field

from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import Curve
from phosphene.score.curves.easing import Ease, interpolate
from phosphene.score.curves.envelopes import edges
from phosphene.score.timeline import Timeline
from phosphene.score.units import At, Position, Span
from phosphene.song.song import Song


class Orbit(Modulator):
    """An elliptical orbit of the camera that loops smoothly.

    translation_x = radius_x cos(2 pi t / period), translation_y = radius_y sin(2 pi t / period).
    """

    name: ClassVar = "orbit"
    radius_x: float = Field(3.0, description="peak horizontal speed, px per frame")
    radius_y: float = Field(2.0, description="peak vertical speed, px per frame")
    period: Span = Field("8 bars", validate_default=True, description="time of one turn")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        period = max(timeline.length(self.period), 1e-9)
        angle = 2.0 * np.pi * timeline.times / period
        return {
            "translation_x": self.radius_x * np.cos(angle),
            "translation_y": self.radius_y * np.sin(angle),
        }


class Spiral(Modulator):
    """A zoom that eases from a start value to an end value; combine it with an orbit.

    The easing is a cosine. Zoom is a factor per frame: the default of 1.02 doubles the picture
    every 35 frames; a value such as 1.5 enlarges it 437 times per second at 15 fps.
    """

    name: ClassVar = "spiral"
    start_zoom: float = Field(1.0, gt=0, description="factor per frame at the start")
    end_zoom: float = Field(1.02, gt=0, description="factor per frame at the end; 1.02 is fast")
    period: Span = Field(
        "100%",
        validate_default=True,
        description="time from start to end; the end value is then held",
    )

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        share = np.clip(timeline.times / max(timeline.length(self.period), 1e-9), 0.0, 1.0)
        eased = 0.5 * (1.0 - np.cos(np.pi * share))
        return {"zoom": self.start_zoom + eased * (self.end_zoom - self.start_zoom)}


Point = tuple[float, float]


def _at_least_two(points: dict[At, Point]) -> dict[At, Point]:
    if len(points) < 2:
        raise ValueError("expected at least two points")
    return points


class Path(Modulator):
    """A path of the picture through points, in px to the right and down.

    With `points = { "0" = [0, 0], "bar 5" = [120, -40], "bar 9" = [0, 0] }`, translation_x and
    translation_y are the steps from frame to frame, so the picture reaches each point in time.
    """

    name: ClassVar = "path"
    by_interval: ClassVar = True
    points: Annotated[dict[Position, Point], AfterValidator(_at_least_two)] = Field(
        description="positions in the song, with [x, y] in px from the starting point"
    )
    ease: Ease = Field("cubic", description="as for keyframes; cubic is a spline")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        placed = timeline.placed(self.points, "points")
        times, places = np.array(list(placed)), np.array(list(placed.values()))
        # One step per rendered frame, in units of a frame of the project.
        steps = float(timeline.fps / timeline.project_fps)
        starts = edges(timeline)[:-1]
        return {
            channel: steps * np.diff(interpolate(times, xy, starts, self.ease), prepend=xy[0])
            for channel, xy in zip(("translation_x", "translation_y"), places.T, strict=True)
        }
