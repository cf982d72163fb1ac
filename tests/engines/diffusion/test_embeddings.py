"""Guidance is that of the stock diffusers pipelines: the same latents from the same prompts."""

from dataclasses import replace

import pytest
import torch
from checkpoints import sd15, sdxl
from diffusers import DDIMScheduler
from scores import card, score

from phosphene.engines.diffusion.engine import DiffusionEngine
from phosphene.engines.loading import load_pipeline
from phosphene.engines.presets import Preset

CPU = torch.device("cpu")
STRENGTH, STEPS, GUIDANCE = 0.5, 4, 5.0


def loaded(folder, **config):
    pipe = load_pipeline(Preset(str(folder)), torch.float32)
    pipe.register_to_config(**config)
    # The settings at which diffusers visits the timesteps of our own loop.
    pipe.scheduler = DDIMScheduler(
        beta_schedule="scaled_linear",
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
    )
    return pipe


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    for name, make in (("sd15", sd15), ("sdxl", sdxl)):
        make(folder / name)
    return folder


def both(pipe, negative):
    """The picture of our engine and that of the pipeline's own call."""
    about = replace(score(strength=STRENGTH), negative=negative)
    row = about.row(0)
    engine = DiffusionEngine(pipe, about, CPU, STEPS, STEPS, GUIDANCE)
    latents = engine._networks.encode(card(about.width, about.height))
    two_encoders = hasattr(pipe, "text_encoder_2")
    sizes = {"original_size": (48, 64), "target_size": (48, 64)} if two_encoders else {}
    stock = pipe(
        about.prompts[0],
        negative_prompt=negative or None,
        image=latents,
        strength=STRENGTH,
        num_inference_steps=STEPS,
        guidance_scale=GUIDANCE,
        generator=torch.Generator().manual_seed(row.seed),
        output_type="pt",
        **sizes,
    ).images
    return engine.img2img(card(about.width, about.height), row), stock


@pytest.mark.parametrize("negative", ["", "bad"])
@pytest.mark.parametrize(
    ("family", "config"),
    [
        ("sd15", {}),
        ("sdxl", {"force_zeros_for_empty_prompt": True}),
        ("sdxl", {"force_zeros_for_empty_prompt": False}),
    ],
)
def test_guidance_is_that_of_the_stock_pipeline(folders, family, config, negative):
    ours, stock = both(loaded(folders / family, **config), negative)
    torch.testing.assert_close(ours, stock, atol=2e-5, rtol=0)


def test_zeros_for_an_empty_negative_prompt_are_another_picture(folders):
    zeros, empty = (
        both(loaded(folders / "sdxl", force_zeros_for_empty_prompt=zeros), "")[0]
        for zeros in (True, False)
    )
    assert (zeros - empty).abs().max() > 1e-3


def test_the_negative_prompt_has_the_low_aesthetic_score_of_diffusers(folders):
    pipe = loaded(folders / "sdxl", requires_aesthetics_score=True)
    engine = DiffusionEngine(pipe, score(), CPU, STEPS, STEPS, GUIDANCE)
    assert engine._prompts[0].conditions["time_ids"].tolist() == [[48, 64, 0, 0, 6.0]]
    assert engine._negatives[0].conditions["time_ids"].tolist() == [[48, 64, 0, 0, 2.5]]
