"""Number formats, and what happens when the device runs out of memory."""

from unittest import mock

import pytest
import torch
from checkpoints import sd15
from scores import card, score

from phosphene.engines.loading import load_engine
from phosphene.engines.presets import PRESETS, Preset, Quality, load_preset
from phosphene.engines.runtime.device import Memory, working_dtype
from phosphene.errors import EngineError
from phosphene.project.tables.model import Model

SIZE = 96


def engine(matrix_units, about):
    with mock.patch("torch.cpu._is_amx_tile_supported", return_value=matrix_units):
        return load_engine(PRESETS["worlds"], Model(device="cpu", steps=2), about)


@pytest.fixture(scope="module")
def engines():
    about = score(n=2, width=SIZE, height=SIZE, strength=0.5)
    return about, engine(False, about), engine(True, about)


@pytest.mark.parametrize(
    ("device", "matrix_units", "working"),
    [
        ("cuda", False, torch.float16),
        ("cpu", True, torch.bfloat16),
        ("cpu", False, torch.float32),
        ("mps", True, torch.float32),
    ],
)
def test_bfloat16_only_where_a_cpu_has_matrix_units_for_it(device, matrix_units, working):
    with mock.patch("torch.cpu._is_amx_tile_supported", return_value=matrix_units):
        assert working_dtype(torch.device(device)) is working


def test_bfloat16_paints_the_picture_that_float32_paints(engines):
    about, exact, fast = engines
    picture, row = card(SIZE, SIZE), about.row(1)
    assert {part.dtype for part in (exact.unet, exact._networks.vae)} == {torch.float32}
    assert {part.dtype for part in (fast.unet, fast._networks.vae)} == {torch.bfloat16}
    one, other = exact.img2img(picture, row), fast.img2img(picture, row)
    assert (one - other).abs().mean() < 1 / 255
    assert (one - picture).abs().mean() > 10 / 255  # and it is not the picture that went in


def test_the_feedback_is_finer_than_bfloat16(engines):
    about, _, fast = engines
    painted = fast.img2img(card(SIZE, SIZE), about.row(1))
    assert painted.dtype == torch.float32
    rounded = painted * 2 - 1
    assert (rounded != rounded.bfloat16().float()).float().mean() > 0.9


def failing(failures, error):
    """Work that fails a number of times, and then gives a picture."""
    left = [error] * failures

    def run():
        if left:
            raise left.pop()
        return torch.ones(1)

    return run


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_savings_are_applied_as_needed_and_once_each(failures, caplog):
    taken = []
    memory = Memory([(name, lambda name=name: taken.append(name)) for name in ("one", "two")])
    out_of_memory = torch.OutOfMemoryError("CUDA out of memory")
    assert memory.paint(failing(failures, out_of_memory)) == torch.ones(1)
    assert memory.paint(failing(0, out_of_memory)) == torch.ones(1)
    assert taken == ["one", "two"][:failures]
    assert [record.args[0] for record in caplog.records] == taken


def test_without_further_savings_it_is_an_error_with_a_fix():
    with pytest.raises(EngineError, match="too little memory") as caught:
        Memory([]).paint(failing(1, torch.OutOfMemoryError()))
    assert "--size" in caught.value.fix


def test_the_message_of_the_cpu_allocator_is_recognised():
    with pytest.raises(EngineError, match="too little memory"):
        Memory([]).paint(lambda: torch.empty(2**50))


def test_another_error_is_not_out_of_memory():
    with pytest.raises(RuntimeError, match="shapes"):
        Memory([]).paint(lambda: torch.ones(2, 3) @ torch.ones(2, 3))


def test_a_unet_out_of_memory_is_split_and_then_the_vae_tiled(tmp_path, caplog):
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

    short.unet.register_forward_pre_hook(allocate)
    painted = short.img2img(picture, about.row(1))
    assert batches == [2, 1, 1, 1, 1, 1]  # two refused; two steps, each prompt by itself
    assert short._networks.vae.use_tiling
    assert ["one evaluation per prompt" in caplog.text, "in tiles" in caplog.text] == [True, True]
    assert (painted - whole).abs().mean() < 0.02
