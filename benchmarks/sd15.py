"""One frame of Stable Diffusion 1.5 at full size, with random weights, on the CPU.

Each part is measured once, and a frame is their sum. The reference loop has 11 guided evaluations
(20 steps at 0.55), Phosphene one without guidance (`sd-turbo` at strength 0.5) and the tiny VAE.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from diffusers import AutoencoderKL, AutoencoderTiny, UNet2DConditionModel

from benchmarks.table import markdown
from phosphene.engines.runtime.device import working_dtype

SIZE = 512
GUIDED = 11  # int(20 * 0.55)
STAGES = 4


def unet(dtype: torch.dtype) -> UNet2DConditionModel:
    """The UNet of SD 1.5: 859,520,964 parameters, whose values do not affect the time."""
    with torch.device("meta"):
        made = UNet2DConditionModel(sample_size=64, cross_attention_dim=768, attention_head_dim=8)
    return _filled(made, dtype)


def large_vae(dtype: torch.dtype) -> AutoencoderKL:
    """The VAE of SD 1.5."""
    with torch.device("meta"):
        made = AutoencoderKL(
            block_out_channels=(128, 256, 512, 512), layers_per_block=2, latent_channels=4,
            down_block_types=("DownEncoderBlock2D",) * STAGES,
            up_block_types=("UpDecoderBlock2D",) * STAGES,
        )  # fmt: skip
    return _filled(made, dtype)


def _filled(made: torch.nn.Module, dtype: torch.dtype) -> torch.nn.Module:
    made = made.to(dtype).to_empty(device="cpu").eval().requires_grad_(False)
    for parameter in made.parameters():
        parameter.fill_(0.001)
    return made.to(memory_format=torch.channels_last)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@torch.inference_mode()
def measure(dtype: torch.dtype, guided: bool) -> dict[str, float]:
    """Seconds of each part: one evaluation, encoding, decoding."""
    count = 2 if guided else 1
    noisy = torch.ones(count, 4, 64, 64, dtype=dtype)
    vae = large_vae(dtype) if guided else AutoencoderTiny().to(dtype).eval()
    picture = torch.zeros(1, 3, SIZE, SIZE, dtype=dtype)
    return {
        "evaluation": _evaluation(noisy),
        "encoding": _seconds(lambda: vae.encode(picture)),
        "decoding": _seconds(lambda: vae.decode(noisy[:1])),
    }


def _evaluation(noisy: torch.Tensor) -> float:
    model = unet(noisy.dtype)
    tokens = torch.ones(len(noisy), 77, 768, dtype=noisy.dtype)
    return _seconds(lambda: model(noisy, torch.tensor(500), encoder_hidden_states=tokens))


def report() -> str:
    """The table."""
    working = working_dtype(torch.device("cpu"))
    name = str(working).removeprefix("torch.")
    theirs, mine = measure(torch.float32, guided=True), measure(working, guided=False)
    parts = ("evaluation", "encoding", "decoding")
    lines = []
    for what, seconds, times in (
        ("reference loop, float32", theirs, GUIDED), (f"Phosphene, `sd-turbo`, {name}", mine, 1),
    ):  # fmt: skip
        frame = seconds["evaluation"] * times + seconds["encoding"] + seconds["decoding"]
        cells = [f"{seconds[part]:.2f}" for part in parts]
        lines.append([what, str(times), *cells, f"**{frame:.1f}**"])
    return markdown(
        ["SD 1.5 at 512 px, random weights; seconds", "evaluations", "one evaluation", "encoding",
         "decoding", "a frame"],
        lines,
    )  # fmt: skip


if __name__ == "__main__":
    print(report())
