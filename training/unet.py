"""Train the diffusion model and its text model together, on the cached latents.

v-prediction on a zero-terminal-SNR schedule. The rate stays constant through as many sessions as
one likes; `finish` lets it fall to nothing over its last minutes.
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
from training.latents import Known
from training.meaning import teach
from training.pace import DEVICE, PACE
from training.places import RUNS, WORLDS
from training.run import Run
from training.schedule import new_scheduler
from training.session import session
from training.text import WIDTH, train_tokenizer
from training.vae import CHANNELS

# widths, and how often a level is worked over, from the finest; the finest has no attention
BLOCKS, LAYERS = (64, 128, 160, 192), (2, 2, 1, 1)
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
        # the pooled meaning also joins the time embedding, and so reaches every level at once
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
    )
    nn.init.constant_(unet.add_embedding.norm2.weight, 0.2)
    return unet


def begin(unet: UNet2DConditionModel, folder: Path = WORLDS / "unet") -> None:
    """From the bundled weights, if they are of this build."""
    bundled = folder / "diffusion_pytorch_model.safetensors"
    held = load_file(bundled) if bundled.exists() else {}
    if {k: v.shape for k, v in held.items()} == {k: v.shape for k, v in unet.state_dict().items()}:
        unet.load_state_dict(held)


class Worlds(nn.Module):
    """Text model and UNet: noisy latents and token ids in, v out."""

    def __init__(self) -> None:
        super().__init__()
        self.tokenizer = train_tokenizer()
        self.text = teach(self.tokenizer)
        self.unet = new_unet()
        begin(self.unet)
        self.unet.to(memory_format=torch.channels_last)
        if DEVICE.type == "cpu":
            # plain attention: the backward pass of the fused one takes a fifth of a step there
            self.unet.set_attn_processor(AttnProcessor())

    def forward(self, noisy: Tensor, times: Tensor, words: Tensor) -> Tensor:
        """noisy: (n, 8, h, w) float32. times: (n,). words: (n, LENGTH) token ids."""
        noisy = noisy.to(self.unet.dtype, memory_format=torch.channels_last)
        told = self.text(words).last_hidden_state
        return self.unet(noisy, times, encoder_hidden_states=told).sample.float()


def part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def load_model(kind: str = "average", path: Path = CHECKPOINT) -> Worlds:
    """The checkpoint's averaged model, or its `raw` one, which is ahead of it early on."""
    model = Worlds()
    model.load_state_dict(part(load_file(path), f"{kind}."))
    return model.eval()


def rate(step: int, finished: float) -> float:
    """Constant after a warm-up; `finished` is the share of the finishing minutes gone by."""
    fall = 0.5 * (1 + math.cos(math.pi * min(1.0, finished)))
    return PACE.peak * min(1.0, (step + 1) / WARM_UP) * max(fall, 0.003)


def train_unet(minutes: float = 0, finish_minutes: float = 0) -> None:
    """For `minutes`, or until stopped where 0 (SIGTERM keeps what is done).

    With finish_minutes the rate falls to nothing over that time, and the run ends with it.
    """
    torch.set_num_threads(1)
    model = Worlds().to(DEVICE)
    matrices = [weight for weight in model.unet.parameters() if weight.ndim > 1]
    groups = [
        {"params": [weight for weight in model.unet.parameters() if weight.ndim < 2], "share": 1.0},
        {"params": list(model.text.parameters()), "share": 0.1},  # it knows its words already
    ]
    run = Run(model, loss_of, groups, CHECKPOINT, matrices)
    run.resume()
    alphas, known = new_scheduler().alphas_cumprod.to(DEVICE), Known()

    def batch_of(number: int) -> Batch:
        return make_batch(known, alphas, number, model=run.painted)

    for gone in session([run], known, finish_minutes or minutes):
        run.advance(batch_of, rate(run.steps, gone if finish_minutes else 0.0))
    print(f"unet: {run.steps} steps of {PACE.parts} x {PACE.batch}", flush=True)


def loss_of(model: Worlds, noisy: Tensor, times: Tensor, words: Tensor, aim: Tensor) -> tuple:
    return (F.mse_loss(model(noisy, times, words), aim),)


if __name__ == "__main__":
    train_unet()
