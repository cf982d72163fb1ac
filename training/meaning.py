"""Teach the text model what a caption says before it ever sees a picture.

It learns to name world, colour, night and extra from its own output at every position from the
end of the caption on. The UNet then finds the meaning ready-made, whichever token it attends to:
without this, thousands of steps pass before any prompt is obeyed.
"""

import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer

from training.captions import caption
from training.draw import look_of
from training.look import Look
from training.palettes import COLOURS
from training.places import RUNS
from training.scenes import SCENES
from training.text import LENGTH, WIDTH, new_text_model

BATCH = 24
CHECKPOINT = RUNS / "text.safetensors"
ANSWERS = {"world": len(SCENES), "colour": len(COLOURS) + 1, "night": 2, "extra": 2}


def answers(look: Look) -> list[int]:
    """The four things to be named, as class numbers in the order of ANSWERS."""
    colours = ["", *COLOURS]
    world = list(SCENES).index(look.world)
    return [world, colours.index(look.colour), int(look.night), int(look.extra)]


def teach(tokenizer: CLIPTokenizer, steps: int = 600, peak: float = 1e-3) -> CLIPTextModel:
    """Trained text model; kept in runs/text.safetensors."""
    model = new_text_model(tokenizer)
    if CHECKPOINT.exists():
        model.load_state_dict(load_file(CHECKPOINT))
        return model
    heads = nn.Linear(WIDTH, sum(ANSWERS.values()))
    weights = [*model.parameters(), *heads.parameters()]
    optimiser = torch.optim.AdamW(weights, lr=peak, weight_decay=0.01)
    rng, start = random.Random(1), time.time()
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = peak * min(1, (step + 1) / 50) * (1 - step / steps)
        looks = [look_of(rng.randrange(100_000)) for _ in range(BATCH)]
        ids = tokenizer(
            [caption(look, rng) for look in looks],
            padding="max_length",
            truncation=True,
            max_length=LENGTH,
            return_tensors="pt",
        )["input_ids"]
        told = heads(model(ids).last_hidden_state)
        loss = wrongness(told, ids == tokenizer.eos_token_id, looks)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        if (step + 1) % 50 == 0:
            print(f"text {step + 1} {time.time() - start:.0f} s loss {loss.item():.3f}", flush=True)
    save(model, CHECKPOINT)
    return model


def wrongness(told: Tensor, after: Tensor, looks: list[Look]) -> Tensor:
    """Cross entropy of the four answers, over all positions from the end on."""
    right = torch.tensor([answers(look) for look in looks])
    total = torch.zeros(())
    for column, part in enumerate(told.split(list(ANSWERS.values()), dim=-1)):
        spread = right[:, column, None].expand(after.shape)
        total = total + F.cross_entropy(part[after], spread[after])
    return total


def save(model: CLIPTextModel, target: Path) -> None:
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, target)
