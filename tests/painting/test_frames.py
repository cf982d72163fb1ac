"""Frames come back one later than they are painted on a device that paints on meanwhile."""

import numpy as np
import pytest
import torch
from fake_gpu import Copies, fake_gpu
from scores import score

from phosphene.painting import frames
from phosphene.painting.frames import read_back
from phosphene.painting.pictures import to_levels


def painted(count, events, device="cpu"):
    for row in range(count):
        events.append(f"paint {row}")
        picture = torch.full((1, 3, 2, 4), row / 255.0, device=device)
        yield row, {"picture": picture}, to_levels(picture)


@pytest.fixture
def events(monkeypatch):
    """Takes note of the ends of copies; pages are locked by CUDA alone."""
    events = []

    class Event:
        made = 0

        def __init__(self):
            self.number, Event.made = Event.made, Event.made + 1

        def record(self):
            events.append(f"copy {self.number}")

        def synchronize(self):
            events.append(f"wait {self.number}")

    monkeypatch.setattr(frames, "_page_locked", lambda shape: torch.empty(shape, dtype=torch.uint8))
    monkeypatch.setattr(frames, "ASYNCHRONOUS", {"cpu": Event, "fakegpu": Event})
    return events


def test_on_the_cpu_a_frame_is_returned_at_once_without_a_copy():
    events = []
    for row, state, frame in read_back(painted(3, events), torch.device("cpu")):
        assert events == [f"paint {i}" for i in range(row + 1)]
        assert frame.shape == (2, 4, 3)
        assert np.all(frame == row)
        assert torch.all(state["picture"] == row / 255.0)
    levels = torch.zeros(2, 4, 3, dtype=torch.uint8)
    whole = next(read_back([(0, {}, levels)], torch.device("cpu")))[2]
    assert whole.ctypes.data == levels.data_ptr()


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_a_frame_is_read_while_the_next_is_painted(events, count):
    seen = []
    for row, state, frame in read_back(painted(count, events), torch.device("cpu")):
        seen.append((row, int(frame[0, 0, 0]), round(float(state["picture"][0, 0, 0, 0]) * 255)))
    assert seen == [(row, row, row) for row in range(count)]
    waits = [i for i, event in enumerate(events) if event.startswith("wait")]
    for row, where in enumerate(waits):
        before = [event for event in events[:where] if event.startswith("paint")]
        assert len(before) == min(row + 2, count)
    assert len(waits) == count


def test_two_buffers_take_turns(events):
    list(read_back(painted(4, events), torch.device("cpu")))
    copies = [event for event in events if event.startswith("copy")]
    waits = [event for event in events if event.startswith("wait")]
    assert copies == ["copy 1", "copy 0", "copy 1", "copy 0"]
    assert [event[-1] for event in waits] == [event[-1] for event in copies]


class Grey:
    device = torch.device("cpu")

    def first(self, row):
        return torch.full((1, 3, 48, 64), 0.5)

    def img2img(self, picture, row):
        return picture


def test_films_side_by_side_leave_the_caller_outside_of_inference_mode():
    films = [frames.paint(score(n=2), Grey(), hold=False) for _ in range(2)]
    for _ in zip(*films, strict=True):
        assert not torch.is_inference_mode_enabled()
    assert not torch.is_inference_mode_enabled()


def test_on_a_device_a_frame_makes_one_copy(events):
    copies = Copies()
    with fake_gpu() as device:
        with device:
            pictures = [torch.zeros(1, 3, 8, 8, dtype=torch.float32) for _ in range(3)]
        frames = ((row, {}, to_levels(picture)) for row, picture in enumerate(pictures))
        with copies, torch.no_grad():
            # Fake memory has no pages: what is read is looked at by the tests above.
            rows = [row for row, _, _ in _unread(frames, device)]
    assert rows == [0, 1, 2]
    assert copies.made == [("fakegpu", "cpu", (8, 8, 3))] * 3


def _unread(frames, device):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.Tensor, "numpy", lambda tensor: tensor)
        yield from read_back(frames, device)
