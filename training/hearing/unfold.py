"""Loads the bundled weights for further training."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from training.hearing.network import BeatNetwork


def unfold(path: Path, model: BeatNetwork, bands: Tensor) -> None:
    """Load exported weights, whose batch norms were folded into the convolutions.

    The norms get the statistics of their inputs for `bands`, shape (n, n_frames, 81), and a scale
    and bias that make them the identity, so the model's output equals that of the weights.
    """
    weights = {name: tensor.float() for name, tensor in load_file(path).items()}
    layers = {f"pitch.{i}": conv for i, conv in enumerate(model.conv)}
    layers |= {f"time.{i}": block.conv for i, block in enumerate(model.blocks)}
    layers |= {f"mix.{i}": block.mix for i, block in enumerate(model.blocks)}
    layers["out"] = model.out
    norms = [*model.norm, *(block.norm for block in model.blocks)]
    with torch.no_grad():
        for name, layer in layers.items():
            layer.weight.copy_(weights[f"{name}.weight"].view_as(layer.weight))
            layer.bias.copy_(weights[f"{name}.bias"])
        hooks = [norm.register_forward_pre_hook(_measure) for norm in norms]
        mode = model.training
        model.eval()(bands)
        model.train(mode)
    for hook in hooks:
        hook.remove()


def _measure(norm: nn.Module, inputs: tuple[Tensor]) -> None:
    dims = [0, *range(2, inputs[0].ndim)]
    mean, var = inputs[0].mean(dims), inputs[0].var(dims, unbiased=False)
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(var)
    norm.weight.copy_(torch.sqrt(var + norm.eps))
    norm.bias.copy_(mean)
