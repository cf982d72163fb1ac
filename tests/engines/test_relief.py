"""Out of memory at frame 900: the render goes on, slower, and says so."""

import pytest
import torch
from checkpoints import sd15
from scores import card, score

from phosphene.engines.presets import Preset, Quality, load_preset
from phosphene.engines.relief import Relief
from phosphene.errors import EngineError
from phosphene.project.schema import Model


def failing(failures, error):
    """Work that fails a number of times, and then gives a picture."""
    left = [error] * failures

    def run():
        if left:
            raise left.pop()
        return torch.ones(1)

    return run


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_as_many_measures_as_it_takes_and_each_once(failures, caplog):
    taken = []
    relief = Relief([(name, lambda name=name: taken.append(name)) for name in ("one", "two")])
    out_of_memory = torch.OutOfMemoryError("CUDA out of memory")
    assert relief.paint(failing(failures, out_of_memory)) == torch.ones(1)
    assert relief.paint(failing(0, out_of_memory)) == torch.ones(1)
    assert taken == ["one", "two"][:failures]
    assert [record.args[0] for record in caplog.records] == taken


def test_without_measures_left_it_is_an_error_with_a_fix():
    with pytest.raises(EngineError, match="too little memory") as caught:
        Relief([]).paint(failing(1, torch.OutOfMemoryError()))
    assert "--size" in caught.value.fix


def test_the_cpus_own_allocator_is_understood():
    with pytest.raises(EngineError, match="too little memory"):
        Relief([]).paint(lambda: torch.empty(2**50))


def test_another_error_is_not_taken_for_it():
    with pytest.raises(RuntimeError, match="shapes"):
        Relief([]).paint(lambda: torch.ones(2, 3) @ torch.ones(2, 3))


def test_a_true_unet_that_runs_out_of_memory_is_split_and_then_its_vae_tiled(tmp_path, caplog):
    sd15(tmp_path)
    about, picture = score(n=2, strength=0.5), card(64, 48)

    def engine():
        return load_preset(
            Preset(str(tmp_path), {"standard": Quality(4, 4, 3.0)}), Model(device="cpu"), about
        )

    whole = engine().img2img(picture, about.row(1))
    short = engine()
    batches, refusals = [], iter([True, True])

    def allocate(_, inputs):
        batches.append(len(inputs[0]))
        if next(refusals, False):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    short._unet.register_forward_pre_hook(allocate)
    painted = short.img2img(picture, about.row(1))
    assert batches == [2, 1, 1, 1, 1, 1]  # two refused; two steps, each prompt by itself
    assert short._vae.use_tiling
    assert ["one after the other" in caplog.text, "in tiles" in caplog.text] == [True, True]
    assert (painted - whole).abs().mean() < 0.02
