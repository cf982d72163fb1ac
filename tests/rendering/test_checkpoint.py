"""Pictures that are saved whole or not at all, and thinned out with time."""

import hashlib
import os
from itertools import pairwise

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from phosphene.rendering import checkpoint


def state(row):
    return {"picture": torch.full((1, 3, 2, 2), float(row))}


def test_tensors_and_arrays_are_saved_alike_and_loaded_as_arrays_to_the_bit(tmp_path):
    exact = {
        "picture": torch.rand(1, 3, 5, 7),
        "noise": torch.rand(1, 4, 2, 3).transpose(2, 3),
        "painted": torch.tensor(3),
    }
    checkpoint.save_latest(tmp_path, 3, exact)
    checkpoint.save_border(tmp_path, 2, {name: part.numpy() for name, part in exact.items()})
    checkpoint.save_border(tmp_path, 1, state(1))
    assert checkpoint.rows(tmp_path) == [3, 2, 1]
    for loaded in (checkpoint.load(tmp_path, 3), checkpoint.load(tmp_path, 2)):
        assert loaded.keys() == exact.keys()
        for name, part in exact.items():
            np.testing.assert_array_equal(loaded[name], part.numpy(), strict=True)
    np.testing.assert_array_equal(checkpoint.load(tmp_path, 1)["picture"], state(1)["picture"])


def test_a_checkpoint_of_an_earlier_version_is_loaded(tmp_path):
    digest = hashlib.blake2b(b"picture torch.float32 (1, 3, 2, 2)\n", digest_size=16)
    digest.update(state(2)["picture"].numpy().tobytes())
    about = {"row": "2", "digest": digest.hexdigest()}
    save_file(state(2), tmp_path / "picture.safetensors", about)
    np.testing.assert_array_equal(checkpoint.load(tmp_path, 2)["picture"], state(2)["picture"])


def test_a_state_without_a_picture_is_not_a_checkpoint(tmp_path):
    checkpoint.save_latest(tmp_path, 3, {"noise": torch.zeros(1)})
    assert checkpoint.rows(tmp_path) == []


def test_the_latest_is_replaced_and_borders_stay(tmp_path):
    for row in (4, 9):
        checkpoint.save_latest(tmp_path, row, state(row))
        checkpoint.save_border(tmp_path, row + 1, state(row + 1))
    assert checkpoint.rows(tmp_path) == [10, 9, 5]


def test_checkpoints_after_a_row_are_dropped(tmp_path):
    for row in (2, 5, 8):
        checkpoint.save_border(tmp_path, row, state(row))
    checkpoint.save_latest(tmp_path, 9, state(9))
    (tmp_path / "border-0000001.safetensors").write_bytes(b"torn")
    checkpoint.drop_after(tmp_path, 5)
    assert checkpoint.rows(tmp_path) == [5, 2]
    assert len(list(tmp_path.iterdir())) == 2


def test_borders_are_bounded_and_the_newest_is_always_there(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "MAX_BORDERS", 8)
    for row in range(60):
        checkpoint.save_border(tmp_path, row, state(row))
        rows = checkpoint.rows(tmp_path)
        assert min(row + 1, 4) <= len(rows) <= 8
        assert rows[0] == row
        gaps = [late - early for late, early in pairwise(rows)]
        assert gaps == sorted(gaps)  # the further back, the sparser


def test_a_failed_save_leaves_the_checkpoint_before(tmp_path, monkeypatch):
    checkpoint.save_latest(tmp_path, 3, state(3))

    def full(file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        checkpoint.save_latest(tmp_path, 4, state(4))
    assert checkpoint.rows(tmp_path) == [3]
    assert [path.name for path in tmp_path.iterdir()] == ["picture.safetensors"]


def test_space_for_the_last_checkpoint_is_reserved(tmp_path):
    large = {"picture": torch.rand(1, 3, 50, 70), "noise": torch.rand(1, 4, 6, 8)}
    checkpoint.reserve(tmp_path, large)
    size = (tmp_path / "reserve").stat().st_size
    checkpoint.save_last(tmp_path, 10**7, large)
    assert (tmp_path / "picture.safetensors").stat().st_size <= size
    assert checkpoint.rows(tmp_path) == [10**7]
    assert not (tmp_path / "reserve").exists()


def test_described(tmp_path):
    assert checkpoint.described(tmp_path) is None
    checkpoint.describe(tmp_path, {"made of": {"seed": "1"}})
    assert checkpoint.described(tmp_path) == {"made of": {"seed": "1"}}
    (tmp_path / "render.json").write_text("[1]")
    assert checkpoint.described(tmp_path) is None
