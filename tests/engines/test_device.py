"""A GPU's rules, proved without one: SD 1.5 at its true size on a device that only counts."""

from types import SimpleNamespace
from unittest import mock

import pytest
import torch
from diffusers import AutoencoderTiny, DDIMScheduler, UNet2DConditionModel
from fake_gpu import Copies, fake_gpu
from scores import score
from torch.utils.flop_counter import FlopCounterMode

from phosphene.engines.denoise import Schedule
from phosphene.engines.diffusion import DiffusionEngine
from phosphene.painting.anchors import Anchor, hold, mixed
from phosphene.painting.pictures import to_levels
from phosphene.painting.step import step_matrix
from phosphene.painting.warp import warp

SIZE = 512
SCHEDULE = Schedule.of(DDIMScheduler(beta_schedule="scaled_linear"))  # has values: made here


def true_size_engine(device, about, steps):
    """SD 1.5's own configuration, with the tiny VAE; half precision, weights without values."""
    with device:
        unet = UNet2DConditionModel(
            sample_size=64, cross_attention_dim=768, attention_head_dim=8
        ).requires_grad_(False)
        vae = AutoencoderTiny().requires_grad_(False)
        tokens = torch.zeros(1, 77, 768)
    pipe = SimpleNamespace(
        unet=unet,
        vae=vae,
        vae_scale_factor=8,
        scheduler=None,
        encode_prompt=lambda *_: (tokens, None),
    )
    with mock.patch.object(Schedule, "of", return_value=SCHEDULE):
        return DiffusionEngine(pipe, about, device, steps, steps, guidance_scale=1.0)


@pytest.mark.parametrize("steps", [1, 4])
def test_a_frame_makes_one_copy_up_and_one_down_and_waits_for_nothing(steps):
    about = score(n=2, width=SIZE, height=SIZE, zoom=1.01, rotation=0.3, strength=0.5)
    with fake_gpu() as device:
        engine = true_size_engine(device, about, steps)
        assert sum(p.numel() for p in engine._unet.parameters()) == 859_520_964
        with device:
            picture = torch.zeros(1, 3, SIZE, SIZE, dtype=torch.float32)
        anchors = [Anchor.of(picture)] * len(about.prompts)
        row = about.row(1)
        copies, work = Copies(), FlopCounterMode(display=False)
        with torch.inference_mode(False), torch.no_grad(), work, copies:
            moved = warp(picture, step_matrix(row, SIZE, SIZE))
            held = hold(moved, mixed(anchors, row.weights), row)
            painted = engine.img2img(held, row)
            to_levels(painted).cpu()
    assert painted.device.type == "fakegpu"
    assert painted.dtype == torch.float32
    assert copies.made == [
        ("cpu", "fakegpu", (1, 4, 64, 64)),
        ("fakegpu", "cpu", (SIZE, SIZE, 3)),
    ]
    if steps == 1:
        # The article's frame is 21.33 TFLOP: 20 times as much.
        assert work.get_total_flops() <= 1.07e12
