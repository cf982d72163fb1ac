"""Pre-trains the text model to predict the content of captions, without pictures.

It learns to predict every attribute of the look from its output at every position from the end of
the caption on, so that the UNet finds the content at any token. Without this, prompts have no
effect for thousands of steps.
"""

import random
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer

from training.captions import caption
from training.draw import look_of
from training.look import STYLES, TIMES, WEATHERS, Look
from training.palettes import COLOURS
from training.places import RUNS, WORLDS
from training.scenes import SCENES
from training.text import LENGTH, WIDTH, new_text_model

BATCH = 32
CHECKPOINT = RUNS / "text.safetensors"
# one of each table is named; colours are named each by itself, for there may be two
CHOICES = {
    "world": tuple(SCENES),
    "second": ("", *SCENES),
    "time": TIMES,
    "weather": WEATHERS,
    "style": STYLES,
    "extra": (False, True),
}
SIZES = [*(len(names) for names in CHOICES.values()), len(COLOURS)]


def teach(tokenizer: CLIPTokenizer, steps: int = 900, peak: float = 1e-3) -> CLIPTextModel:
    """Trained text model: the one of runs/text.safetensors, or the bundled one, or a new one."""
    torch.manual_seed(1)
    model = new_text_model(tokenizer)
    for made in (CHECKPOINT, WORLDS / "text_encoder" / "model.safetensors"):
        if made.exists():
            model.load_state_dict(load_file(made))
            return model
    heads = nn.Linear(WIDTH, sum(SIZES))
    weights = [*model.parameters(), *heads.parameters()]
    optimiser = torch.optim.AdamW(weights, lr=peak, weight_decay=0.01)
    rng, start = random.Random(1), time.time()
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = peak * min(1, (step + 1) / 50) * (1 - step / steps)
        looks = [look_of(rng.randrange(100_000)) for _ in range(BATCH)]
        ids = spell(tokenizer, [caption(look, rng) for look in looks])
        told = heads(model(ids).last_hidden_state)
        loss = wrongness(told, ids == tokenizer.eos_token_id, looks)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        if (step + 1) % 50 == 0:
            print(f"text {step + 1} {time.time() - start:.0f} s loss {loss.item():.3f}", flush=True)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, CHECKPOINT)
    return model


def spell(tokenizer: CLIPTokenizer, captions: list[str]) -> Tensor:
    """Token ids, (captions, LENGTH)."""
    return tokenizer(
        captions, padding="max_length", truncation=True, max_length=LENGTH, return_tensors="pt"
    )["input_ids"]


def wrongness(told: Tensor, after: Tensor, looks: list[Look]) -> Tensor:
    """Cross entropy of the answers, over all positions from the end on."""
    *parts, colours = told.split(SIZES, dim=-1)
    total = torch.zeros(())
    for part, (name, names) in zip(parts, CHOICES.items(), strict=True):
        right = torch.tensor([names.index(getattr(look, name)) for look in looks])
        total = total + F.cross_entropy(part[after], right[:, None].expand(after.shape)[after])
    worn = torch.tensor([[float(word in look.colours) for word in COLOURS] for look in looks])
    spread = worn[:, None].expand(*after.shape, len(COLOURS))
    return total + 4 * F.binary_cross_entropy_with_logits(colours[after], spread[after])
