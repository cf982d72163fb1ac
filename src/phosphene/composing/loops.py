"""Loops: a frame rate that fits a range of bars exactly, and a Score that leads back to itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from phosphene.bounds import FASTEST
from phosphene.errors import ProjectError
from phosphene.score.channels import Curve
from phosphene.score.score import Score
from phosphene.score.timeline import exact_fps
from phosphene.song.song import Song

TOLERANCE = 0.05  # share by which the frame rate may differ from the requested one
EARLY = 0.02  # of a frame may have passed when the loop begins: hits are at most that late
SHOWN = ("brightness", "saturation", "hue", "field_of_view")  # channels visible in the same frame
LONGEST = 4  # seconds of dissolve


@dataclass(frozen=True)
class Loop:
    """Bars of a song, as samples and frames of equal length.

    Parameters
    ----------
    begin, end : int
        Samples of the song.
    rate : int
        Samples per second.
    frames : int
    """

    begin: int
    end: int
    rate: int
    frames: int

    @property
    def start(self) -> Fraction:
        """Seconds in the song."""
        return Fraction(self.begin, self.rate)

    @property
    def duration(self) -> Fraction:
        """Seconds."""
        return Fraction(self.end - self.begin, self.rate)

    @property
    def fps(self) -> Fraction:
        """Frames per second."""
        return self.frames / self.duration


def loop_of(song: Song, first: int, last: int, fps: Fraction, rate: int) -> Loop:
    """The loop from one bar up to another, at about a frame rate.

    The frame rate is the one nearest to `fps` at which a whole number of frames is as long as the
    bars, and a frame begins with the first of them.

    Parameters
    ----------
    song : Song
    first, last : int
        Bars, from 1; the last is not part of the loop.
    fps : Fraction
        The requested frame rate.
    rate : int
        Samples per second of the song's file.

    Raises
    ------
    ProjectError
        If the bars are outside the song, or too short.
    """
    begin, end = (float(song.tempo_map.bar_time(float(bar))) for bar in (first, last))
    if begin < 0.0 or end > song.duration + 1e-3:
        bars = max(math.floor(song.tempo_map.time_bar(song.duration + 1e-3)) - 1, 0)
        raise ProjectError(
            f"--bars {first}:{last}: from {begin:.2f} to {end:.2f} s; the song has {bars} complete "
            f"bars and ends at {song.duration:.2f} s",
            "Choose bars within the song; the last one is not included.",
        )
    samples = round(begin * rate), min(round(end * rate), math.floor(song.duration * rate + 1e-6))
    ideal = (end - begin) * fps
    counts = range(math.ceil(ideal * (1 - TOLERANCE)), math.floor(ideal * (1 + TOLERANCE)) + 1)
    fitting = []
    for count in counts:
        loop = Loop(*samples, rate, count)
        if count >= 2 and exact_fps(min(loop.fps, FASTEST)) == loop.fps:
            place = begin * loop.fps + 1e-6
            exact = math.floor(end * loop.fps + 1e-6) - math.floor(place) == count
            late = place - math.floor(place)
            if exact:
                fitting.append((max(late, EARLY), abs(count - ideal), loop))
    if not fitting:
        raise ProjectError(
            f"--bars {first}:{last}: {end - begin:.3f} s are too short for a loop at "
            f"{float(fps):g} fps",
            "Choose more bars, or a higher --fps.",
        )
    return min(fitting, key=lambda fit: fit[:2])[2]


def trim_scenes(score: Score) -> Score:
    """The Score of a loop without the scene that only begins to dissolve in at its end."""
    end = int(score.frames[-1])
    return replace(score, scenes=tuple(scene for scene in score.scenes if scene.start <= end))


def lead_of(score: Score) -> int:
    """Frames over which the end of a loop dissolves; 0 if it has cuts, as it then ends with one."""
    if len(score.scenes) > 1:
        return 0
    return max(1, min(len(score) // 4, round(LONGEST * score.fps)))


def seamless_score(score: Score, values: Mapping[str, Curve], lead: int) -> Score:
    """A Score that begins with the last rows of a loop and ends where it began.

    Over the last rows, prompts change to those of the first row, and a ramp moves the channels
    that are visible in the same frame, so that the first row continues the last one.

    Parameters
    ----------
    score : Score
        Of one scene.
    values : mapping of str to ndarray
        Channels of the whole song, as in `phosphene.composing.trace.Trace`.
    lead : int
        From `lead_of`.
    """
    count, after = len(score), int(score.frames[-1]) + 1
    ramp = np.clip((np.arange(count) - (count - 1 - lead)) / (lead + 1), 0.0, None)
    channels = dict(score.channels)
    for name in SHOWN:
        curve = channels[name]
        following = values[name][after] if after < len(values[name]) else curve[-1]
        channels[name] = curve + ramp * (curve[0] - following)
    weights = score.weights + ramp[:, None] * (score.weights[0] - score.weights)
    rows = np.r_[count - lead : count, 0:count]
    return replace(
        score,
        frames=np.arange(int(score.frames[0]) - lead, after),
        channels={name: curve[rows] for name, curve in channels.items()},
        weights=weights[rows],
        seeds=score.seeds[rows],
        diffuses=score.diffuses[rows],
    )
