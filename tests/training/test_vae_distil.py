"""The distilled VAE starts from its teacher, and learns from aligned crops."""

import torch
from diffusers import AutoencoderTiny

from training import vae_distil
from training.paths import WORLDS
from training.vae import new_vae


def small(encoder: tuple[int, ...], decoder: tuple[int, ...]) -> AutoencoderTiny:
    channels = (8,) * len(encoder)
    return AutoencoderTiny(
        latent_channels=4,
        encoder_block_out_channels=channels,
        decoder_block_out_channels=channels,
        num_encoder_blocks=encoder,
        num_decoder_blocks=decoder,
    )


def test_a_student_of_the_same_shape_starts_as_its_teacher():
    teacher, student = (small((0, 1, 2), (2, 1, 0)) for _ in range(2))
    pictures = torch.rand(1, 3, 32, 32) * 2 - 1
    assert not torch.equal(student(pictures).sample, teacher(pictures).sample)
    vae_distil.inherit(student, teacher)
    assert torch.equal(student(pictures).sample, teacher(pictures).sample)


def test_a_student_keeps_the_blocks_that_it_has():
    teacher, student = small((0, 2, 2), (2, 2, 0)), small((0, 0, 3), (2, 1, 0))
    vae_distil.inherit(student, teacher)
    given, kept = (vae_distil.stages(vae.encoder)[2] for vae in (teacher, student))
    assert torch.equal(given[2].conv[0].weight, kept[2].conv[0].weight)
    assert kept[3].conv[-1].weight.abs().mean() < 0.2 * given[2].conv[-1].weight.abs().mean()


def test_crops_of_latents_lie_where_those_of_pictures_do():
    rows = torch.arange(32.0)[:, None].expand(32, 32)
    latents = torch.stack([rows, rows.T])[None]
    pictures = latents.repeat_interleave(8, 2).repeat_interleave(8, 3)
    generator = torch.Generator().manual_seed(1)
    for crop, picture in vae_distil.crops_of(latents, pictures, 5, generator):
        assert crop.shape == (2, 16, 16)
        assert torch.allclose(127.5 * (picture[:, ::8, ::8] + 1), crop)


def test_the_vae_of_worlds_has_the_layers_that_training_makes():
    bundled = AutoencoderTiny.from_pretrained(WORLDS / "vae")
    assert str(bundled) == str(new_vae())
