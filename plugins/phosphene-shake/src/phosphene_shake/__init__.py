"""Camera shake for Phosphene: a hand-held camera that reacts to the music."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
from phosphene import Curve, Modulator, Song, Span, Timeline, hits, hookimpl
from pydantic import Field

PARTS = 7  # sine waves per wander
TREMOR = 7.0  # Hz, centre frequency of the trembling after a hit


class Shake(Modulator):
    """A hand-held camera: it wanders, jumps on hits of the song, and returns.

    The curves are the differences of the camera's position from frame to frame, so it never drifts
    away, however long the song is. A hit moves it in the frame that is shown with it.
    """

    name: ClassVar = "shake"
    by_interval: ClassVar = True  # a hit belongs to the frame that is rendered
    kick: float = Field(8.0, ge=0, description="displacement of a full hit, px")
    twist: float = Field(0.8, ge=0, description="rotation of a full hit, degrees")
    sway: float = Field(3.0, ge=0, description="amplitude of the wander, px")
    on: Literal["onsets", "beats", "downbeats"] = Field("onsets", description="what triggers a hit")
    threshold: float = Field(0.3, ge=0, le=1, description="ignore weaker onsets")
    decay: Span = Field("0.35s", description="time in which a hit fades")
    speed: float = Field(0.5, gt=0, le=5, description="speed of the wander, Hz")
    seed: int = Field(0, ge=0, description="random seed")

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        # A full hit keeps its height at any frame rate: it is a position, not a speed.
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
        """Times of the hits in seconds, and their strengths, 0 to 1."""
        if self.on == "onsets":
            hard = song.onset_strengths >= self.threshold
            return song.onsets[hard], song.onset_strengths[hard]
        moments = song.beats if self.on == "beats" else song.downbeats
        return moments, np.ones(len(moments))


def _wander(seconds: Curve, speed: float, draw: np.random.Generator) -> Curve:
    """Smooth noise in continuous time, about -1 to 1: sine waves of unrelated frequencies."""
    rates = speed * draw.uniform(0.4, 1.6, PARTS)
    turns = np.outer(seconds, rates) + draw.uniform(0.0, 1.0, PARTS)
    return np.sin(2.0 * np.pi * turns).sum(axis=1) * np.sqrt(2.0 / PARTS) / 2.0


@hookimpl
def register_modulators(register: Callable[[type[Modulator]], None]) -> None:
    register(Shake)
