"""Camera shake for Phosphene: a hand that is never quite still, and is struck by the music."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
from phosphene import Curve, Modulator, Song, Span, Timeline, hits, hookimpl
from pydantic import Field

PARTS = 7  # waves that add up to one wander
TREMOR = 7.0  # Hz, about which a struck camera trembles


class Shake(Modulator):
    """A camera in the hand: it wanders, jumps where the song strikes, and comes back.

    The camera has a place at every moment, and what it gives are the steps from one frame's place
    to the next: so it never drifts away, however long the song is. A strike moves it in the very
    frame that is shown with it.
    """

    name: ClassVar = "shake"
    by_interval: ClassVar = True  # a strike belongs to the frame that is rendered
    kick: float = Field(8.0, ge=0, description="px that a full strike moves it by")
    twist: float = Field(0.8, ge=0, description="degrees that a full strike turns it by")
    sway: float = Field(3.0, ge=0, description="px that the hand wanders by, without a strike")
    on: Literal["onsets", "beats", "downbeats"] = Field("onsets", description="what strikes it")
    threshold: float = Field(0.3, ge=0, le=1, description="onsets weaker than this do not strike")
    decay: Span = Field("0.35s", description="time until a strike has faded")
    speed: float = Field(0.5, gt=0, le=5, description="wanders of the hand a second, in Hz")
    seed: int = Field(0, ge=0, description="another seed is another hand")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        # A full strike keeps its height at any frame rate: it is a place, and no speed.
        shown = Timeline(song, timeline.fps, timeline.fps)
        moments, heights = self._strikes(song)
        struck = hits(moments, heights, 0.0, timeline.length(self.decay), shown)
        seconds = timeline.starts

        def steps(number: int, kick: float, sway: float) -> Curve:
            draw = np.random.default_rng([self.seed, number])
            still = sway * _wander(seconds, self.speed, draw)
            place = still + kick * struck * _wander(seconds, TREMOR, draw)
            per_frame = float(timeline.fps / timeline.project_fps)
            return np.diff(place, prepend=place[0]) * per_frame

        return {
            "translation_x": steps(0, self.kick, self.sway),
            "translation_y": steps(1, self.kick, self.sway),
            "rotation": steps(2, self.twist, 0.0),
        }

    def _strikes(self, song: Song) -> tuple[Curve, Curve]:
        """When it is struck, in seconds, and how hard, 0 to 1."""
        if self.on == "onsets":
            hard = song.onset_strengths >= self.threshold
            return song.onsets[hard], song.onset_strengths[hard]
        moments = song.beats if self.on == "beats" else song.downbeats
        return moments, np.ones(len(moments))


def _wander(seconds: Curve, speed: float, draw: np.random.Generator) -> Curve:
    """Smooth noise in continuous time, about -1 to 1: sine waves that never meet again."""
    rates = speed * draw.uniform(0.4, 1.6, PARTS)
    turns = np.outer(seconds, rates) + draw.uniform(0.0, 1.0, PARTS)
    return np.sin(2.0 * np.pi * turns).sum(axis=1) * np.sqrt(2.0 / PARTS) / 2.0


@hookimpl
def register_modulators(register: Callable[[type[Modulator]], None]) -> None:
    register(Shake)
