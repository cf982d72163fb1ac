"""Takes: several seeds side by side, each painted as it would be alone."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scores import score

from phosphene.film.formats import FORMATS
from phosphene.painting.engine import EngineSpec
from phosphene.project.schema import Project
from phosphene.project.tables.model import Model
from phosphene.rendering.takes import GAP, LABEL, Take, contact_sheet, film_takes


class Grey:
    """Paints one grey in every frame: the thousands of the row's seed, in tenths."""

    device = torch.device("cpu")

    def first(self, row):
        return torch.full((1, 3, 48, 64), row.seed // 1000 / 10)

    def img2img(self, picture, row):
        return self.first(row)


def test_seeds_begin_with_the_own_one_and_are_apart():
    assert Model(seed=42).take_seeds(4) == [42, 1042, 2042, 3042]


@pytest.mark.parametrize(("count", "shape"), [(2, (1, 2)), (3, (2, 2)), (4, (2, 2)), (5, (2, 3))])
def test_a_sheet_has_rows_of_labelled_pictures(count, shape):
    pictures = [np.full((48, 64, 3), 40 * k + 40, np.uint8) for k in range(count)]
    sheet = contact_sheet(pictures, [f"seed {k}" for k in range(count)])
    down, across = 48 + LABEL + 2 * GAP, 64 + 2 * GAP
    assert sheet.shape == (shape[0] * down, shape[1] * across, 3)
    for k in range(count):
        top, left = k // shape[1] * down + GAP, k % shape[1] * across + GAP
        assert (sheet[top : top + 48, left : left + 64] == 40 * k + 40).all()
        assert sheet[top + 48 : top + 48 + LABEL, left : left + 64].max() > 150


def test_large_pictures_are_made_smaller():
    sheet = contact_sheet([np.zeros((1080, 1920, 3), np.uint8)] * 2, ["a", "b"])
    assert sheet.shape == (180 + LABEL + 2 * GAP, 2 * (320 + 2 * GAP), 3)


def test_each_take_is_painted_from_its_own_seed(tmp_path, project, decode_frames):
    takes = []
    for seed in Model(seed=1000).take_seeds(4):
        still = replace(score(n=3, colour_match=0.0, detail_match=0.0), seeds=np.full(3, seed))
        takes.append(Take(project(model={"seed": seed}), still))
    assert [take.label for take in takes] == ["seed 1000", "seed 2000", "seed 3000", "seed 4000"]
    assert isinstance(takes[0].project, Project)
    job = SimpleNamespace(
        target=tmp_path / "takes.mp4", sound=None, form=FORMATS[".mp4"], force=False,
        spec=EngineSpec("grey", "", lambda model, score: Grey()), depth=None,
    )  # fmt: skip
    stages = []
    film_takes(takes, job, lambda done, total, stage: stages.append((done, total, stage)))
    assert stages[0] == (0, 3, "loading")
    assert stages[-1] == (3, 3, "joining")
    frames = decode_frames(job.target)
    assert len(frames) == 3
    down, across = 48 + LABEL + 2 * GAP, 64 + 2 * GAP
    for k in range(4):
        top, left = k // 2 * down + GAP, k % 2 * across + GAP
        cell = frames[:, top + 8 : top + 40, left + 8 : left + 56]
        np.testing.assert_allclose(cell, 255 * (k + 1) / 10, atol=4)
    assert not torch.is_inference_mode_enabled()
