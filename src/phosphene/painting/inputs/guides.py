"""Videos that guide the picture: mixed in before img2img, or moving it by their optical flow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from phosphene.footage.motion import Map, flow
from phosphene.footage.reader import Pixels, Reader
from phosphene.footage.videos import Form
from phosphene.painting.motion.noise import to_device
from phosphene.painting.motion.step import Matrix, step_matrix
from phosphene.score.guides import Clip
from phosphene.score.score import Row, Score

FLOW_SIZE = 320  # px of the longer side, at which flow is estimated
STRETCH = 64  # frames over which flow is added up before the picture is resampled
FAR = 4.0  # widths from the picture; places beyond are moved there


class Clips:
    """The clips of a Score, with one reader per clip.

    Parameters
    ----------
    score : Score
    """

    def __init__(self, score: Score) -> None:
        self._form = Form(score.fps, score.width, score.height)
        self._readers: dict[Clip, Reader] = {}

    def frame(self, clip: Clip, frame: int) -> Pixels:
        """The picture of a clip in a frame of the song."""
        return self._reader(clip).frame(frame - clip.first)

    def continues(self, clip: Clip, frame: int) -> bool:
        """Whether the previous frame of the song shows the previous frame of the clip."""
        if not clip.first < frame < clip.last:
            return False
        reader, number = self._reader(clip), frame - clip.first
        reader.frame(number)  # a loop point is only known after reading it
        return reader.place(number) == reader.place(number - 1) + 1

    def close(self) -> None:
        """Stop decoding."""
        for reader in self._readers.values():
            reader.close()

    def _reader(self, clip: Clip) -> Reader:
        if clip not in self._readers:
            self._readers[clip] = Reader(clip, self._form)
        return self._readers[clip]


class Guides:
    """The guides of a Score.

    Parameters
    ----------
    score : Score
    device : torch.device
    clips : Clips
    """

    def __init__(self, score: Score, device: torch.device, clips: Clips) -> None:
        self._device, self._clips = device, clips
        self._mixed = [guide for guide in score.inputs.guides if guide.mode != "flow"]
        self._moving = [guide for guide in score.inputs.guides if guide.mode == "flow"]
        self._size = score.width, score.height
        scale = min(1.0, FLOW_SIZE / max(self._size))
        self._small = max(1, round(score.width * scale)), max(1, round(score.height * scale))

    @property
    def moves(self) -> bool:
        """Whether a guide moves the picture by its flow."""
        return bool(self._moving)

    def starts(self, row: Row) -> bool:
        """Whether a guide is mixed into a row."""
        return row.guide > 0.0 and any(
            guide.amount > 0.0 and guide.clip.shows(row.frame) for guide in self._mixed
        )

    def mixed(self, picture: torch.Tensor, row: Row) -> torch.Tensor:
        """A moved picture, mixed with the guides of its row.

        Parameters
        ----------
        picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
        row : Row

        Returns
        -------
        Tensor
            Same shape and range; the picture itself without a guide.
        """
        for guide in self._mixed:
            share = guide.amount * row.guide
            if share <= 0.0 or not guide.clip.shows(row.frame):
                continue
            pixels = to_floats(self._clips.frame(guide.clip, row.frame), self._device)
            opacity = pixels[:, 3:]
            if guide.mask is not None:
                mask = to_floats(self._clips.frame(guide.mask, row.frame), self._device)
                # A mask in another aspect ratio is transparent around its picture.
                opacity = luma(mask) * mask[:, 3:]
            picture = torch.lerp(picture, pixels[:, :3], (share * opacity).clamp(0.0, 1.0))
        return picture

    def drifts(self, rows: Sequence[Row]) -> list[Map | None]:
        """How far the guides have moved each pixel since the row before, in addition to the camera.

        Parameters
        ----------
        rows : sequence of Row

        Returns
        -------
        list of (ndarray, float32, shape (height, width, 2), or None)
            A displacement x, y in px of the film, on a smaller grid; None without any.
        """
        drift: Map | None = None
        found = []
        for row in rows:
            if self._moving:
                drift = self._drift(drift, self._flow(row), step_matrix(row, *self._size))
            found.append(drift)
        return found

    def back(self, rows: Sequence[Row], count: int, drifts: Sequence[Map | None]) -> Map | None:
        """The displacement from the last of some rows to an earlier one, without the camera's.

        Parameters
        ----------
        rows : sequence of Row
        count : int
            Number of rows up to the earlier one.
        drifts : sequence of (ndarray or None)
            From `drifts`.
        """
        last, drift = drifts[-1], drifts[count - 1]
        if last is None:
            return None
        path = np.eye(3)
        for row in rows[count:]:
            path = step_matrix(row, *self._size) @ path
        grid = self._grid()
        there = _applied(grid if drift is None else grid - drift, path)
        place = there
        for _ in range(2):  # invert the later drift, which is smooth, by fixed-point iteration
            place = there + self._sampled(last, place)
        return grid - _applied(place, np.asarray(np.linalg.inv(path)))

    def places(self, drift: Map | None) -> torch.Tensor | None:
        """The place of each pixel before a drift, shape (2, height, width), on the device."""
        if drift is None:
            return None
        full = cv2.resize(drift, self._size, interpolation=cv2.INTER_LINEAR)
        width, height = self._size
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        before = np.ascontiguousarray((np.stack([x, y], -1) - full).transpose(2, 0, 1))
        return to_device(torch.from_numpy(before), self._device)

    def _flow(self, row: Row) -> Map | None:
        """Where each pixel of a row was in the frame before, as a displacement in px."""
        total: Map | None = None
        for guide in self._moving:
            share = guide.amount * row.guide
            if share == 0.0 or not self._clips.continues(guide.clip, row.frame):
                continue
            now, before = (self._grey(guide.clip, frame) for frame in (row.frame, row.frame - 1))
            scale = np.float32(share * self._size[0] / self._small[0])
            moves = scale * flow(now, before)
            total = moves if total is None else total + moves
        return total

    def _grey(self, clip: Clip, frame: int) -> NDArray[np.uint8]:
        grey = cv2.cvtColor(self._clips.frame(clip, frame), cv2.COLOR_RGBA2GRAY)
        return np.asarray(cv2.resize(grey, self._small, interpolation=cv2.INTER_AREA), np.uint8)

    def _drift(self, before: Map | None, moves: Map | None, step: Matrix) -> Map | None:
        if before is None and moves is None:
            return None
        grid = self._grid()
        place = _applied(grid if moves is None else grid + moves, np.asarray(np.linalg.inv(step)))
        if before is not None:
            place = np.subtract(place, self._sampled(before, place))
        return grid - _applied(place, step)

    def _grid(self) -> Map:
        """The places of the cells of the smaller grid, in px of the film."""
        width, height = self._small
        x, y = np.meshgrid(np.arange(width), np.arange(height))
        scale = np.array(self._size) / np.array(self._small)
        grid: Map = ((np.stack([x, y], -1) + 0.5) * scale - 0.5).astype(np.float32)
        return grid

    def _sampled(self, field: Map, places: Map) -> Map:
        scale = (np.array(self._small) / np.array(self._size)).astype(np.float32)
        cells = ((places + 0.5) * scale - 0.5).astype(np.float32)
        sampled: Map = cv2.remap(
            field, cells, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return sampled


def _applied(places: Map, matrix: NDArray[Any]) -> Map:
    """Places after a homography; those beyond the horizon stay near the picture."""
    if np.array_equal(matrix, np.eye(3)):
        return places
    moved = cv2.perspectiveTransform(places, matrix)
    limit = np.float32(FAR * max(float(places[-1, -1].max()), 1.0))
    found: Map = np.clip(np.nan_to_num(moved), -limit, limit)
    return found


def to_floats(pixels: Pixels, device: torch.device) -> torch.Tensor:
    """RGBA on the device: float32, shape (1, 4, height, width), 0 to 1."""
    levels = to_device(torch.from_numpy(pixels.copy()), device)
    return levels.permute(2, 0, 1)[None].float() / 255.0


def luma(pixels: torch.Tensor) -> torch.Tensor:
    """Luma of RGBA by BT.709: shape (1, 1, height, width)."""
    red, green, blue = pixels[:, :1], pixels[:, 1:2], pixels[:, 2:3]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
