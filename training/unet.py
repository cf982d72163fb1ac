"""Train the diffusion model and its text model together, on the cached latents.

v-prediction on a zero-terminal-SNR schedule. The learning rate is constant over any number of
sessions; the last one decays it to zero.
"""

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from safetensors.torch import load_file
from torch import Tensor, nn

from training.batches import Batch, make_batch
from training.device import DEVICE, SETTINGS
from training.latents import Dataset
from training.meaning import load_or_pretrain
from training.paths import RUNS, WORLDS
from training.run import Run
from training.schedule import new_scheduler
from training.session import session
from training.text import WIDTH, train_tokenizer
from training.vae import CHANNELS

# channels and layers of each level, finest first; the finest has no attention
BLOCKS, LAYERS = (64, 128, 160, 192), (2, 1, 1, 1)
CHECKPOINT = RUNS / "unet.safetensors"
WARM_UP = 200


def new_unet() -> UNet2DConditionModel:
    plain, cross = ("DownBlock2D", "UpBlock2D"), ("CrossAttnDownBlock2D", "CrossAttnUpBlock2D")
    kinds = (plain, cross, cross, cross)
    unet = UNet2DConditionModel(
        sample_size=32,
        in_channels=CHANNELS,
        out_channels=CHANNELS,
        block_out_channels=BLOCKS,
        layers_per_block=LAYERS,
        down_block_types=tuple(kind[0] for kind in kinds),
        up_block_types=tuple(kind[1] for kind in reversed(kinds)),
        attention_head_dim=tuple(width // 32 for width in BLOCKS),
        cross_attention_dim=WIDTH,
        norm_num_groups=16,
        # the pooled text embedding is added to the time embedding, which reaches every level
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
    )
    nn.init.constant_(unet.add_embedding.norm2.weight, 0.2)
    return unet


def load_bundled(unet: UNet2DConditionModel, folder: Path = WORLDS / "unet") -> None:
    """Load the bundled weights, if their architecture is the same."""
    path = folder / "diffusion_pytorch_model.safetensors"
    bundled = load_file(path) if path.exists() else {}
    shapes = {k: v.shape for k, v in unet.state_dict().items()}
    if {k: v.shape for k, v in bundled.items()} == shapes:
        unet.load_state_dict(bundled)


def for_training(unet: UNet2DConditionModel) -> None:
    """Use the memory format and the attention that train fastest."""
    unet.to(memory_format=torch.channels_last)
    if DEVICE.type == "cpu":
        # the backward pass of fused attention is slow on a CPU: a fifth of a step
        unet.set_attn_processor(AttnProcessor())


class Worlds(nn.Module):
    """Text model and UNet: noisy latents and token ids in, v out."""

    def __init__(self) -> None:
        super().__init__()
        self.tokenizer = train_tokenizer()
        self.text = load_or_pretrain(self.tokenizer)
        self.unet = new_unet()
        load_bundled(self.unet)
        for_training(self.unet)

    def forward(self, noisy: Tensor, times: Tensor, words: Tensor) -> Tensor:
        """noisy: (n, 8, h, w) float32. times: (n,). words: (n, LENGTH) token ids."""
        noisy = noisy.to(self.unet.dtype, memory_format=torch.channels_last)
        text = self.text(words).last_hidden_state
        return self.unet(noisy, times, encoder_hidden_states=text).sample.float()


def with_prefix(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def load_model(kind: str = "average", path: Path = CHECKPOINT) -> Worlds:
    """The checkpoint's `average` weights, or its `raw` ones, which are better early on."""
    model = Worlds()
    model.load_state_dict(with_prefix(load_file(path), f"{kind}."))
    return model.eval()


def rate(step: int, finished: float) -> float:
    """Learning rate: constant after the warm-up, then a cosine over `finished`, 0 to 1."""
    fall = 0.5 * (1 + math.cos(math.pi * min(1.0, finished)))
    return SETTINGS.peak * min(1.0, (step + 1) / WARM_UP) * max(fall, 0.003)


def train_unet(minutes: float = 0, finish_minutes: float = 0) -> None:
    """Train for `minutes`, or until stopped if 0 (SIGTERM saves the state).

    With `finish_minutes`, train for that time and let the learning rate decay to zero.
    """
    torch.set_num_threads(1)
    model = Worlds().to(DEVICE)
    matrices = [weight for weight in model.unet.parameters() if weight.ndim > 1]
    groups = [
        {"params": [weight for weight in model.unet.parameters() if weight.ndim < 2], "share": 1.0},
        {"params": list(model.text.parameters()), "share": 0.1},  # pre-trained
    ]
    run = Run(model, loss_of, groups, CHECKPOINT, matrices)
    run.resume()
    alphas, dataset = new_scheduler().alphas_cumprod.to(DEVICE), Dataset()

    def batch_of(number: int) -> Batch:
        return make_batch(dataset, alphas, number, model=run.predict)

    for elapsed in session([run], dataset, finish_minutes or minutes):
        run.advance(batch_of, rate(run.steps, elapsed if finish_minutes else 0.0))
    print(f"unet: {run.steps} steps of {SETTINGS.parts} x {SETTINGS.batch}", flush=True)


def loss_of(model: Worlds, noisy: Tensor, times: Tensor, words: Tensor, target: Tensor) -> tuple:
    return (F.mse_loss(model(noisy, times, words), target),)


if __name__ == "__main__":
    train_unet()
