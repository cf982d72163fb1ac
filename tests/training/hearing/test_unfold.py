"""Training continues from the bundled weights."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from phosphene.song.beats.network import WEIGHTS, forward, load_weights
from training.hearing.network import BeatNetwork, folded
from training.hearing.unfold import unfold


@pytest.fixture(scope="module")
def bands() -> torch.Tensor:
    return 5 * torch.rand(2, 700, 81, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def unfolded(bands: torch.Tensor) -> BeatNetwork:
    model = BeatNetwork()
    unfold(WEIGHTS, model, bands)
    return model.eval()


def test_unfolding_and_folding_give_the_same_weights(unfolded: BeatNetwork) -> None:
    bundled, again = load_file(WEIGHTS), folded(unfolded)
    assert sorted(bundled) == sorted(again)
    for name, tensor in bundled.items():
        torch.testing.assert_close(again[name], tensor, rtol=2e-3, atol=1e-4)


def test_the_model_predicts_what_the_bundled_weights_do(
    unfolded: BeatNetwork, bands: torch.Tensor
) -> None:
    with torch.no_grad():
        predicted = torch.sigmoid(unfolded(bands))[0].numpy()
    np.testing.assert_allclose(predicted, forward(bands[0].numpy(), load_weights()), atol=1e-4)


def test_norms_have_the_statistics_of_their_inputs(
    unfolded: BeatNetwork, bands: torch.Tensor
) -> None:
    """In training mode, the norms do not change the output either."""
    with torch.no_grad():
        evaluated = unfolded(bands)
        unfolded.train()
        trained = unfolded(bands)
        unfolded.eval()
    torch.testing.assert_close(trained, evaluated, rtol=1e-3, atol=1e-2)
