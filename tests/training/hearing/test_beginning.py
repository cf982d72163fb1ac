"""Training goes on from the bundled weights."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from phosphene.song.beats.network import WEIGHTS, forward, load_weights
from training.hearing.begin import unfold
from training.hearing.network import BeatNetwork, folded


@pytest.fixture(scope="module")
def bands() -> torch.Tensor:
    return 5 * torch.rand(2, 700, 81, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def begun(bands: torch.Tensor) -> BeatNetwork:
    model = BeatNetwork()
    unfold(WEIGHTS, model, bands)
    return model.eval()


def test_what_was_unfolded_folds_to_the_same_weights(begun: BeatNetwork) -> None:
    bundled, again = load_file(WEIGHTS), folded(begun)
    assert sorted(bundled) == sorted(again)
    for name, tensor in bundled.items():
        torch.testing.assert_close(again[name], tensor, rtol=2e-3, atol=1e-4)


def test_it_hears_what_the_bundled_weights_hear(begun: BeatNetwork, bands: torch.Tensor) -> None:
    with torch.no_grad():
        heard = torch.sigmoid(begun(bands))[0].numpy()
    np.testing.assert_allclose(heard, forward(bands[0].numpy(), load_weights()), atol=1e-4)


def test_norms_have_the_statistics_of_what_they_are_given(
    begun: BeatNetwork, bands: torch.Tensor
) -> None:
    """So that batches in training are heard as before: norms change them by nothing."""
    with torch.no_grad():
        whole = begun(bands)
        begun.train()
        trained = begun(bands)
        begun.eval()
    torch.testing.assert_close(trained, whole, rtol=1e-3, atol=1e-2)
