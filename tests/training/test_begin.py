"""The picture coder's beginning is already a picture coder."""

from training.begin import begin
from training.draw import look_of
from training.vae import decibels, new_vae


def test_begun_weights_carry_the_picture_before_any_training():
    vae = new_vae()
    untouched = decibels(vae, 4)
    begin(vae, [look_of(i) for i in range(40)])
    assert decibels(vae, 4) > untouched + 6
