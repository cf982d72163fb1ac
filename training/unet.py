"""Train the diffusion model and its text model together, on the cached latents.

v-prediction on a zero-terminal-SNR schedule. The rate stays constant through as many sessions as
one likes; `finish` lets it fall to nothing over its last minutes. Every step's samples follow from
its number, so a run that was stopped and went on is the run that was not.
"""

import copy
import json
import math
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from training.batches import make_batch
from training.latents import Known
from training.meaning import teach
from training.muon import Muon
from training.pace import DEVICE, PACE
from training.places import RUNS, WORLDS
from training.schedule import new_scheduler
from training.text import WIDTH, train_tokenizer
from training.vae import CHANNELS

BLOCKS = (48, 96, 160, 224)
CHECKPOINT = RUNS / "unet.safetensors"
WARM_UP, DECAY = 200, 0.995
# drawn chunks that are coded at a time, between two steps
NEW_CHUNKS = 20
# what the optimisers remember of a weight
STATES = ("step", "exp_avg", "exp_avg_sq", "momentum")


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


class Worlds(nn.Module):
    """Text model and UNet: noisy latents and token ids in, v out."""

    def __init__(self) -> None:
        super().__init__()
        self.tokenizer = train_tokenizer()
        self.text = teach(self.tokenizer)
        self.unet = new_unet()
        if (WORLDS / "unet").exists():
            bundled = load_file(WORLDS / "unet" / "diffusion_pytorch_model.safetensors")
            self.unet.load_state_dict(bundled)
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


class Run:
    """A model in training: its weights, their average, the optimisers and the number of steps.

    model is in float32; swift is what computes: the same, or its copy in bfloat16 (PACE.half).
    """

    def __init__(
        self,
        model: nn.Module,
        groups: list[dict[str, object]],
        path: Path,
        matrices: Sequence[Tensor] = (),
    ) -> None:
        self.model, self.path = model, path
        self.swift = copy.deepcopy(model).bfloat16() if PACE.half else model
        self.steps, self.seconds = 0, 0.0
        self.workers = ThreadPoolExecutor(PACE.parts)
        self.weights = dict(model.named_parameters())
        self.average = {k: v.detach().clone() for k, v in self.weights.items()}
        self.optimisers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(
                groups, lr=PACE.peak, betas=(0.9, 0.99), weight_decay=0.01, fused=True
            )
        ]
        if matrices:
            self.optimisers.append(Muon(matrices, PACE.peak, self.workers.map))

    def advance(self, loss_of: Callable[[int], Tensor], rate: float) -> Tensor:
        """One step of the optimiser at a learning rate, and of the average; its loss.

        loss_of(number) is the loss of one batch, by `swift`; a step has PACE.parts of them, each in
        a thread of its own, which two cores beside other work do better than one batch over both.
        """
        weights, computing = list(self.weights.values()), list(self.swift.parameters())

        def part_of(number: int) -> tuple[Tensor, tuple[Tensor, ...]]:
            loss = loss_of(number) / PACE.parts
            return loss.detach(), torch.autograd.grad(loss, computing)

        first = PACE.parts * self.steps
        losses, gradients = zip(
            *self.workers.map(part_of, range(first, first + PACE.parts)), strict=True
        )
        for weight, *shares in zip(weights, *gradients, strict=True):
            weight.grad = sum(shares[1:], start=shares[0]).to(weight.dtype)
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["share"] * rate
            optimiser.step()
        self.steps += 1
        keep = min(DECAY, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.values()), weights, 1 - keep)
        self.hand_over()
        return sum(losses)

    @torch.no_grad()
    def hand_over(self) -> None:
        """The computing copy takes the weights."""
        if self.swift is not self.model:
            torch._foreach_copy_(list(self.swift.parameters()), list(self.weights.values()))

    def save(self) -> None:
        """Written beside the checkpoint and then renamed."""
        tensors = {f"raw.{k}": v.detach() for k, v in self.weights.items()}
        tensors |= {f"average.{k}": v for k, v in self.average.items()}
        for k, v in self.weights.items():
            for optimiser in self.optimisers:
                state = optimiser.state.get(v, {})
                tensors |= {f"{name}.{k}": state[name] for name in STATES if name in state}
        facts = {"steps": self.steps, "seconds": round(self.seconds, 1)}
        half_done = self.path.with_suffix(".part")
        held = {k: v.cpu().contiguous() for k, v in tensors.items()}
        save_file(held, half_done, metadata={"facts": json.dumps(facts)})
        half_done.replace(self.path)
        self.path.with_suffix(".json").write_text(json.dumps(facts))

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one."""
        if not self.path.exists():
            return
        tensors = load_file(self.path)
        with torch.no_grad():
            for k, v in self.weights.items():
                v.copy_(tensors[f"raw.{k}"])
                self.average[k].copy_(tensors[f"average.{k}"])
                names = [name for name in STATES if f"{name}.{k}" in tensors]
                state = {name: tensors[f"{name}.{k}"].to(v.device, copy=True) for name in names}
                for optimiser in self.optimisers:
                    if any(v is one for group in optimiser.param_groups for one in group["params"]):
                        optimiser.state[v] = state
        facts = json.loads(self.path.with_suffix(".json").read_text())
        self.steps, self.seconds = int(facts["steps"]), float(facts["seconds"])
        self.hand_over()


def rate(step: int, finished: float) -> float:
    """Constant after a warm-up; `finished` is the share of the finishing minutes gone by."""
    fall = 0.5 * (1 + math.cos(math.pi * min(1.0, finished)))
    return PACE.peak * min(1.0, (step + 1) / WARM_UP) * max(fall, 0.003)


def train_unet(minutes: float = 0, finish_minutes: float = 0) -> None:
    """For `minutes` of this session, or until stopped (SIGTERM keeps what is done) where 0.

    With finish_minutes the rate falls to nothing over that time, and the run ends with it.
    """
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopping.append(number))
    signal.signal(signal.SIGINT, lambda number, _: stopping.append(number))
    torch.set_num_threads(1)
    model = Worlds().to(DEVICE)
    matrices = [weight for weight in model.unet.parameters() if weight.ndim > 1]
    groups = [
        {"params": [weight for weight in model.unet.parameters() if weight.ndim < 2], "share": 1.0},
        {"params": list(model.text.parameters()), "share": 0.1},  # it knows its words already
    ]
    run = Run(model, groups, CHECKPOINT, matrices)
    run.resume()
    alphas, known = new_scheduler().alphas_cumprod.to(DEVICE), Known()

    def loss_of(number: int) -> Tensor:
        batch = make_batch(known, alphas, number, model=run.swift)
        return F.mse_loss(run.swift(batch.noisy, batch.times, batch.words), batch.aim)

    start, first, spent, kept = time.time(), run.steps, run.seconds, time.time()
    limit, mean_loss = finish_minutes or minutes, torch.zeros((), device=DEVICE)
    while not stopping and (not limit or time.time() - start < 60 * limit):
        share = (time.time() - start) / (60 * finish_minutes) if finish_minutes else 0.0
        if run.steps % 50 == 0 or not known.shelves:
            known.look_again(NEW_CHUNKS)
        loss = run.advance(loss_of, rate(run.steps, share))
        done = run.steps - first
        mean_loss.lerp_(loss, max(0.005, 1 / done))
        run.seconds = spent + time.time() - start
        if run.steps % 50 == 0:
            pace = done * PACE.parts * PACE.batch / (time.time() - start)
            print(
                f"unet {run.steps} {run.seconds:.0f} s loss {mean_loss:.4f} {pace:.1f} samples/s "
                f"{len(known.chunks)} chunks",
                flush=True,
            )
        if time.time() - kept > 240:
            kept = time.time()
            run.save()
    run.save()
    print(f"unet: {run.steps} steps of {PACE.parts} x {PACE.batch}", flush=True)


if __name__ == "__main__":
    train_unet()
