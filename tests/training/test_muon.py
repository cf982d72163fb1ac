"""Muon's updates: orthogonal, of AdamW's size, resumable."""

import pytest
import torch
from torch import nn

from training.muon import Muon, orthogonal
from training.run import Run


@pytest.mark.parametrize("shape", [(24, 60), (60, 24), (1, 9)])
def test_singular_values_are_about_one(shape):
    inputs = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    lengths = torch.linalg.svdvals(orthogonal(1e-6 * inputs))
    assert lengths.min() > 0.6
    assert lengths.max() < 1.25


def test_a_convolution_moves_against_its_gradient_at_about_the_learning_rate():
    weight = nn.Parameter(torch.zeros(16, 8, 3, 3))
    weight.grad = 1e-5 * torch.randn(16, 8, 3, 3, generator=torch.Generator().manual_seed(0))
    Muon([weight], lr=0.01).step()
    assert (weight * weight.grad).sum() < 0
    # AdamW's updates have a root mean square of 0.2 to 0.4 of the rate
    assert 0.1 < weight.square().mean().sqrt() / 0.01 < 0.4


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path):
    def loss(model: nn.Module, inputs: torch.Tensor) -> tuple[torch.Tensor]:
        return (((model(inputs) - 1) ** 2).mean(),)

    def new_run(name: str) -> Run:
        torch.manual_seed(0)
        model = nn.Linear(6, 4)
        rest = [{"params": [model.bias], "share": 1.0}]
        return Run(model, loss, rest, tmp_path / f"{name}.safetensors", [model.weight])

    def advance(run: Run, count: int) -> None:
        def batch_of(number: int) -> tuple[torch.Tensor]:
            return (torch.randn(4, 6, generator=torch.Generator().manual_seed(number)),)

        for _ in range(count):
            run.advance(batch_of, 1e-2)

    uninterrupted, stopped, resumed = new_run("whole"), new_run("half"), new_run("half")
    advance(uninterrupted, 6)
    advance(stopped, 3)
    stopped.save()
    resumed.resume()
    advance(resumed, 3)
    for name, weight in uninterrupted.weights.items():
        assert torch.equal(weight, resumed.weights[name])
        assert not torch.equal(weight, stopped.weights[name])
