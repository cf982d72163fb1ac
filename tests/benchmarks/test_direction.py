"""The measurements of a directed film, on one of plain colours."""

import numpy as np
import pytest

from benchmarks import direction
from phosphene.testing import synthetic_song


@pytest.fixture
def film(monkeypatch):
    """Twelve seconds at 4 fps: red, blue, and red; grey levels alternate by 1, or by 3 in blue."""
    song = synthetic_song(12.0, sections="verse drop verse")
    frames = np.zeros((48, 32, 32, 3), np.uint8)
    frames[:16, ..., 0] = frames[32:, ..., 0] = 200
    frames[16:32, ..., 2] = 200
    frames[1::2] += 1
    frames[17:32:2] += 2
    monkeypatch.setattr(direction, "decoded", lambda path: iter(frames))
    monkeypatch.setattr(direction, "frame_rate", lambda path: 4.0)
    monkeypatch.setattr(direction, "listen", lambda project: song)
    monkeypatch.setattr(direction.Project, "load", lambda path: None)
    monkeypatch.setattr(direction, "compose", lambda *_: Frames(np.arange(144), 12))
    return direction.Film(direction.Path("film.mp4"))


class Frames:
    def __init__(self, frames, fps):
        self.frames, self.fps = frames, fps

    def __len__(self):
        return len(self.frames)


def test_a_drop_jumps_and_moves(film):
    # From 201 of red to 200 of blue in luma; before, it is 1 from frame to frame.
    assert film.jumps() == [f"drop {0.299 * 201 + 0.701 - 0.114 * 200:.1f}"]
    assert film.row()[5] == "0.00, 0.00"
    assert film.motion("drop") == pytest.approx(3 * film.motion("verse"), rel=0.01)


def test_sections_with_one_label_are_similar_and_neighbours_are_not(film):
    first, drop, last = film.sections
    assert film.similarity(first, last) == pytest.approx(1.0)
    assert film.similarity(first, drop) == 0.0


def test_the_sheet_has_the_role_below_each_frame(film):
    sheet = film.sheet()
    assert sheet.shape == (direction.CELL + direction.BAR, 12 * direction.CELL, 3)
    under = sheet[-1, direction.CELL // 2 :: direction.CELL]
    roles = ["verse"] * 4 + ["drop"] * 4 + ["verse"] * 4
    assert [tuple(colour) for colour in under] == [direction.COLOURS[role] for role in roles]
