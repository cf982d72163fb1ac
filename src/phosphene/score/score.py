"""The Score: every per-frame value of a video."""

from __future__ import annotations

import csv
import io
import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phosphene.authoring import read_only
from phosphene.score.captions import Caption
from phosphene.score.channels import ALWAYS_LISTED, CHANNELS, Curve, Values
from phosphene.score.guides import NO_INPUTS, Inputs
from phosphene.score.scenes import Scene


@dataclass(frozen=True)
class Row(Values):
    """One frame of the Score: the step from the previous frame, and what to paint.

    Each channel is an attribute too: `row.zoom` is `row.channels["zoom"]`.

    Parameters
    ----------
    frame : int
        Frame number in the song.
    channels : dict of str to float
        Every channel's value by name.
    weights : ndarray, shape (n_prompts,)
        Weight of each prompt; they add up to 1.
    seed : int
        Seed of this frame.
    diffuses : bool
        Whether the frame is repainted by img2img or only moved.
    scene : int
        Index of the scene; in a dissolve the same frame has a row in two scenes.
    """

    frame: int
    channels: dict[str, float]
    weights: NDArray[np.float64]
    seed: int
    diffuses: bool
    scene: int = 0

    if not TYPE_CHECKING:  # type checkers know the channels by `Values`

        def __getattr__(self, name):
            try:
                return self.__dict__["channels"][name]
            except KeyError:
                raise AttributeError(name) from None


@dataclass(frozen=True, eq=False)
class Score:
    """The complete input of the painter, frame by frame: read-only NumPy arrays.

    Parameters
    ----------
    fps : Fraction
    width, height : int
        Size of the picture in px.
    frames : ndarray of int, shape (n_frames,)
        Frame numbers in the song; those of an excerpt do not start at 0.
    channels : dict of str to ndarray, shape (n_frames,)
        Every channel's value. Row i is the step from frame i-1 to frame i; the first
        painted frame has no previous picture and is not moved.
    prompts : tuple of str, length n_prompts
        With the marks of weights, such as ``(word:1.3)``.
    weights : ndarray, shape (n_frames, n_prompts)
        Rows add up to 1.
    negative : str
        The negative prompt of all prompts without one of their own.
    seeds : ndarray of int64, shape (n_frames,)
    diffuses : ndarray of bool, shape (n_frames,)
        Whether a frame is repainted by img2img or only moved.
    image : Path or None
        The user's first picture, if any.
    scenes : tuple of Scene
        In order; the first begins with the first frame. Without any, all frames are one scene.
    clamped : dict of str to int
        Number of frames in which a channel exceeded its limits and was clamped.
    warnings : tuple of str
        Settings of the project that are allowed, but probably unintended.
    own_negatives : tuple of (str or None)
        Each prompt's own negative prompt, None where it has none; empty if none has one.
    captions : tuple of Caption
        Lyrics and titles over the frames; later ones are on top.
    inputs : Inputs
        Guides, masks and overlays.
    image_strength : float
        Strength at which `image` is repainted in the first frame; 0 shows it as it is.
    """

    fps: Fraction
    width: int
    height: int
    frames: NDArray[np.int64]
    channels: Mapping[str, Curve]
    prompts: tuple[str, ...]
    weights: NDArray[np.float64]
    negative: str
    seeds: NDArray[np.int64]
    diffuses: NDArray[np.bool_]
    image: Path | None = None
    scenes: tuple[Scene, ...] = (Scene(0),)
    clamped: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    own_negatives: tuple[str | None, ...] = ()
    captions: tuple[Caption, ...] = ()
    inputs: Inputs = NO_INPUTS
    image_strength: float = 0.0

    def __post_init__(self) -> None:
        for name in ("frames", "weights", "seeds", "diffuses"):
            object.__setattr__(self, name, read_only(getattr(self, name).view()))
        channels = {name: read_only(curve.view()) for name, curve in self.channels.items()}
        object.__setattr__(self, "channels", MappingProxyType(channels))

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def start(self) -> Fraction:
        """Start of the first frame in the song, in seconds."""
        return int(self.frames[0]) / self.fps

    @property
    def duration(self) -> Fraction:
        """Duration of the frames in seconds."""
        return len(self) / self.fps

    @property
    def negative_prompts(self) -> tuple[str, ...]:
        """The negative prompt of each prompt."""
        own = self.own_negatives or (None,) * len(self.prompts)
        return tuple(self.negative if text is None else text for text in own)

    def row(self, i: int, scene: int | None = None) -> Row:
        """Row i, where 0 is the first painted frame.

        Parameters
        ----------
        i : int
        scene : int, optional
            The scene to get row i of, by default the one that is fully visible. A scene that is
            dissolving in has its own first prompt and seed.
        """
        frame, weights, seed = int(self.frames[i]), self.weights[i], int(self.seeds[i])
        index = self._visible(frame) if scene is None else scene
        if index > 0 and frame < self.scenes[index].start:
            weights = np.eye(len(self.prompts))[self.scenes[index].prompt]
            seed = self.scenes[index].seed + frame
        return Row(
            frame=frame,
            channels={name: float(curve[i]) for name, curve in self.channels.items()},
            weights=weights,
            seed=seed,
            diffuses=bool(self.diffuses[i]),
            scene=index,
        )

    def span(self, scene: int) -> range:
        """The rows in which a scene is painted, those in which it dissolves in included."""
        ends = [later.start for later in self.scenes[scene + 1 : scene + 2]]
        first, last = int(self.frames[0]), int(self.frames[-1]) + 1
        begin = max(self.scenes[scene].entry, first) if scene else first
        return range(begin - first, min([last, *ends]) - first)

    def seen(self, i: int) -> range:
        """The scenes that are painted in row i: one, or two while the later dissolves in."""
        frame = int(self.frames[i])
        later = max(bisect_right(self.scenes, frame, key=lambda scene: scene.entry) - 1, 0)
        return range(self._visible(frame), later + 1)

    def share(self, i: int) -> float:
        """How far the latest scene in row i has dissolved in, above 0; 1 where it is alone."""
        scene = self.scenes[self.seen(i)[-1]]
        return min(1.0, (int(self.frames[i]) - scene.entry + 1) / (scene.fade + 1))

    def _visible(self, frame: int) -> int:
        return max(bisect_right(self.scenes, frame, key=lambda scene: scene.start) - 1, 0)

    def dissolves(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The scene that is fully visible in each row, and its `share`; shape (n_frames,)."""
        starts, entries, fades = np.array([(s.start, s.entry, s.fade) for s in self.scenes]).T
        visible = np.searchsorted(starts[1:], self.frames, side="right")
        later = np.searchsorted(entries[1:], self.frames, side="right")
        shares = (self.frames - entries[later] + 1) / (fades[later] + 1)
        return visible, np.minimum(1.0, shares)

    def excerpt(self, first: int, last: int) -> Score:
        """The rows with frame numbers in [first, last).

        A scene whose origin is not among them starts from scratch.
        """
        keep = (self.frames >= first) & (self.frames < last)
        begin = self._visible(first)
        scenes = []
        for scene in self.scenes[begin:]:
            origin = -1 if scene.origin is None else scene.origin - begin
            scenes.append(replace(scene, origin=origin if origin >= 0 else None))
        return replace(
            self,
            scenes=tuple(scene for scene in scenes if scene.entry < last),
            image=self.scenes[begin].image if begin else self.image,
            frames=self.frames[keep],
            channels={name: curve[keep] for name, curve in self.channels.items()},
            weights=self.weights[keep],
            seeds=self.seeds[keep],
            diffuses=self.diffuses[keep],
            captions=tuple(c for c in self.captions if c.first < last and c.last > first),
            inputs=self.inputs.within(first, last),
            image_strength=0.0 if begin else self.image_strength,
        )

    def at_rest(self, names: Iterable[str]) -> Score:
        """A copy with some channels at rest."""
        still = {name: np.full(len(self), CHANNELS[name].neutral) for name in names}
        return replace(self, channels={**self.channels, **still})

    def moving(self) -> list[str]:
        """The channels that are not constantly at their neutral value."""
        return [
            name
            for name, values in self.channels.items()
            if np.any(values != CHANNELS[name].neutral)
        ]

    def table(self) -> tuple[list[str], list[list[float | int]]]:
        """Column names and rows, as `phosphene compose` writes them; times are in seconds."""
        prompts = [f"prompt_{k + 1}" for k in range(len(self.prompts))]
        listed = list(self.channels)[:ALWAYS_LISTED]
        moved = [name for name in self.moving() if name not in listed]
        # What is not in every table comes last, so that the columns before do not shift.
        scenes = {"scene": (self.dissolves()[0] + 1).tolist()}
        scenes = scenes if len(self.scenes) > 1 else {}
        names = ["frame", "time", *listed, "seed", *prompts, *moved, *scenes]
        columns = [
            self.frames.tolist(),
            (self.frames / float(self.fps)).tolist(),
            *(self.channels[name].tolist() for name in listed),
            self.seeds.tolist(),
            *self.weights.T.tolist(),
            *(self.channels[name].tolist() for name in moved),
            *scenes.values(),
        ]
        return names, [list(row) for row in zip(*columns, strict=True)]

    def to_csv(self) -> str:
        """The table as CSV, with a header; numbers have full precision."""
        names, rows = self.table()
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
        return text.getvalue()

    def to_json(self) -> str:
        """The table as JSON, with the prompts, the size and the frame rate."""
        names, rows = self.table()
        return json.dumps(
            {
                "fps": float(self.fps),
                "width": self.width,
                "height": self.height,
                "prompts": list(self.prompts),
                "negative": self.negative,
                "negatives": list(self.negative_prompts),
                "rows": [dict(zip(names, row, strict=True)) for row in rows],
            },
            indent=1,
        )
