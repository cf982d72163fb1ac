"""NumPy inference with exported weights equals torch with the trained ones."""

import numpy as np
import pytest
import torch

from phosphene.song.beats.network import forward
from training.hearing.network import BeatNetwork, folded


@pytest.fixture(scope="module")
def network() -> BeatNetwork:
    """A network with random weights and batch norm statistics."""
    torch.manual_seed(0)
    model = BeatNetwork()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
            torch.nn.init.normal_(module.weight, 1, 0.2)
            torch.nn.init.normal_(module.bias, 0, 0.2)
    return model.eval()


@pytest.mark.parametrize("n_frames", [1, 5, 700, 1025, 2500])
def test_numpy_agrees_with_torch(network: BeatNetwork, n_frames: int) -> None:
    """Songs shorter than the receptive field, and longer than a block."""
    bands = 5 * np.random.default_rng(1).random((n_frames, 81), dtype=np.float32)
    weights = {name: tensor.float().numpy() for name, tensor in folded(network).items()}
    with torch.no_grad():
        expected = torch.sigmoid(network(torch.from_numpy(bands)[None]))[0].numpy()
    assert np.ptp(expected) > (0.01 if n_frames > 5 else 0)
    np.testing.assert_allclose(forward(bands, weights), expected, atol=1e-3)
