"""Train the diffusion model and its text model together, on the cached latents.

v-prediction on a zero-terminal-SNR schedule; captions are made afresh for every sample, and one
in ten is emptied (or replaced by the usual negative words) for classifier-free guidance.
"""

import json
import math
import random
import time

import torch
import torch.nn.functional as F
from diffusers import DDIMScheduler, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from training.captions import caption
from training.draw import looks
from training.latents import all_latents
from training.meaning import teach
from training.places import RUNS
from training.text import LENGTH, WIDTH, train_tokenizer
from training.vae import CHANNELS

BATCH = 8
BLOCKS = (48, 96, 160, 224)
CHECKPOINT = RUNS / "unet.safetensors"
NEGATIVES = ("blurry", "low quality", "watermark", "text", "ugly", "bad")


def new_unet() -> UNet2DConditionModel:
    plain, cross = ("DownBlock2D", "UpBlock2D"), ("CrossAttnDownBlock2D", "CrossAttnUpBlock2D")
    kinds = (plain, plain, cross, cross)
    unet = UNet2DConditionModel(
        sample_size=32,
        in_channels=CHANNELS,
        out_channels=CHANNELS,
        block_out_channels=BLOCKS,
        layers_per_block=1,
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


def new_scheduler() -> DDIMScheduler:
    return DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,
    )


class Worlds(nn.Module):
    """Text model and UNet: noisy latents and token ids in, v out."""

    def __init__(self) -> None:
        super().__init__()
        self.tokenizer = train_tokenizer()
        self.text = teach(self.tokenizer)
        self.unet = new_unet().to(memory_format=torch.channels_last)

    def forward(self, noisy: Tensor, times: Tensor, captions: list[str]) -> Tensor:
        ids = self.tokenizer(
            captions, padding="max_length", truncation=True, max_length=LENGTH, return_tensors="pt"
        )["input_ids"]
        words = self.text(ids).last_hidden_state
        return self.unet(noisy, times, encoder_hidden_states=words).sample


def said(look_caption: str, rng: random.Random) -> str:
    chance = rng.random()
    if chance < 0.06:
        return ""
    if chance < 0.10:
        return ", ".join(rng.sample(NEGATIVES, rng.randint(1, 4)))
    return look_caption


def keep(state: dict[str, Tensor], average: dict[str, Tensor], facts: dict[str, float]) -> None:
    """The checkpoint: raw weights, their average, and how far training has come."""
    tensors = {f"raw.{k}": v.contiguous() for k, v in state.items()}
    tensors |= {f"average.{k}": v.contiguous() for k, v in average.items()}
    part = CHECKPOINT.with_suffix(".part")
    save_file(tensors, part, metadata={"facts": json.dumps(facts)})
    part.rename(CHECKPOINT)
    CHECKPOINT.with_suffix(".json").write_text(json.dumps(facts))


def load_model(kind: str = "average") -> Worlds:
    """The checkpoint's averaged model, or its `raw` one, which is ahead of it early on."""
    model = Worlds()
    prefix = f"{kind}."
    tensors = load_file(CHECKPOINT)
    model.load_state_dict(
        {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    )
    return model.eval()


def noised(clean: Tensor, alphas: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(noisy latents, times, the v to be found); one time from each eighth of the schedule."""
    times = ((torch.arange(BATCH) + torch.rand(BATCH)) / BATCH * 1000).long().clamp(0, 999)
    alpha, noise = alphas[times].view(-1, 1, 1, 1), torch.randn_like(clean)
    signal, haze = alpha.sqrt(), (1 - alpha).sqrt()
    return signal * clean + haze * noise, times, signal * noise - haze * clean


def rate(peak: float, share: float, step: int) -> float:
    """Learning rate after `share` of the time, `step` steps after a (re)start."""
    fall = 1.0 if share < 0.3 else 0.5 * (1 + math.cos(math.pi * (share - 0.3) / 0.7))
    return peak * min(1.0, (step + 1) / 100) * max(fall, 0.01)


def resume(model: Worlds) -> tuple[dict[str, Tensor], float, int]:
    """Weights of the checkpoint, if there is one: (average, seconds spent, steps done)."""
    if not CHECKPOINT.exists():
        return {k: v.detach().clone() for k, v in model.state_dict().items()}, 0.0, 0
    tensors = load_file(CHECKPOINT)
    model.load_state_dict({k[4:]: v for k, v in tensors.items() if k.startswith("raw.")})
    average = {k[8:]: v for k, v in tensors.items() if k.startswith("average.")}
    facts = json.loads(CHECKPOINT.with_suffix(".json").read_text())
    return average, facts["seconds"], int(facts["steps"])


def train_unet(minutes: float = 76, peak: float = 4e-4) -> None:
    """Until `minutes` of training are spent, counted over all runs; the rate falls to nothing."""
    torch.manual_seed(int(time.time()))
    rng = random.Random(time.time())
    model = Worlds()
    average, spent, step = resume(model)
    weights = dict(model.named_parameters())
    groups = [
        {"params": model.unet.parameters(), "share": 1.0},
        {"params": model.text.parameters(), "share": 0.1},  # it knows its words already
    ]
    optimiser = torch.optim.AdamW(groups, lr=peak, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    alphas, known, latents = new_scheduler().alphas_cumprod, looks(), all_latents()
    start, first, mean_loss, kept = time.time() - spent, step, 1.0, time.time()
    while (share := (time.time() - start) / (60 * minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = group["share"] * rate(peak, share, step - first)
        if step % 100 == 0:
            latents = all_latents()  # the encoder may still be at work
        picks = torch.randint(0, len(latents), (BATCH,))
        clean = latents[picks].float().contiguous(memory_format=torch.channels_last)
        noisy, times, aim = noised(clean, alphas)
        captions = [said(caption(known[int(i)], rng), rng) for i in picks]
        loss = F.mse_loss(model(noisy, times, captions), aim)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
        optimiser.step()
        step += 1
        follow(average, weights, min(0.997, (1 + step - first) / (10 + step - first)))
        mean_loss += (loss.item() - mean_loss) * max(0.005, 1 / (step - first))
        if step % 50 == 0:
            pace = (step - first) / (time.time() - start - spent)
            print(
                f"unet {step} {time.time() - start:.0f} s loss {mean_loss:.4f} {pace:.2f} steps/s",
                flush=True,
            )
        if time.time() - kept > 240:
            kept = time.time()
            keep(model.state_dict(), average, {"seconds": kept - start, "steps": step})
    keep(model.state_dict(), average, {"seconds": time.time() - start, "steps": step})
    print(f"unet done: {step} steps of {BATCH}", flush=True)


@torch.no_grad()
def follow(average: dict[str, Tensor], weights: dict[str, nn.Parameter], decay: float) -> None:
    """The average takes one small step towards the weights."""
    torch._foreach_lerp_([average[k] for k in weights], list(weights.values()), 1 - decay)


if __name__ == "__main__":
    train_unet()
