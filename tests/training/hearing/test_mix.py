"""The weighted mean of two networks."""

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from training.hearing.mix import mix


def test_three_parts_of_the_newer_and_one_of_the_older(tmp_path):
    before, after = tmp_path / "before", tmp_path / "after"
    save_file({"a": torch.tensor([0.0, 4.0]).half()}, before)
    save_file({"a": torch.tensor([1.0, 0.0]).half()}, after, metadata={"steps": "7"})
    mix(before, after, 0.75)
    assert load_file(after)["a"].tolist() == [0.75, 1.0]
    assert load_file(after)["a"].dtype == torch.float16
    with safe_open(after, "pt") as file:
        assert file.metadata() == {"steps": "7"}
