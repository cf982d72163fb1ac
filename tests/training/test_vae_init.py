"""The VAE reconstructs pictures before any training."""

from training.draw import look_of
from training.vae import decibels, new_vae
from training.vae_init import initialise


def test_initial_weights_reconstruct_the_picture():
    vae = new_vae()
    untouched = decibels(vae, 4)
    initialise(vae, [look_of(i) for i in range(40)])
    assert decibels(vae, 4) > untouched + 6
