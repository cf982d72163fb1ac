"""Pre-trains the text model to predict the content of captions, without pictures.

It predicts every attribute of the look at every position from the end of the caption, so that the
UNet finds the content at any token. Without this, prompts have no effect for thousands of steps.
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
from training.paths import RUNS, WORLDS
from training.scenes import SCENES
from training.text import LENGTH, WIDTH, new_text_model

BATCH = 32
CHECKPOINT = RUNS / "text.safetensors"
# one value of each table; colours are separate binary outputs, since a look may have two
CHOICES = {
    "world": tuple(SCENES),
    "second": ("", *SCENES),
    "time": TIMES,
    "weather": WEATHERS,
    "style": STYLES,
    "extra": (False, True),
}
SIZES = [*(len(names) for names in CHOICES.values()), len(COLOURS)]


def load_or_pretrain(
    tokenizer: CLIPTokenizer, steps: int = 900, peak: float = 1e-3
) -> CLIPTextModel:
    """Load the text model from runs/text.safetensors or the bundled model, or pre-train one."""
    torch.manual_seed(1)
    model = new_text_model(tokenizer)
    for path in (CHECKPOINT, WORLDS / "text_encoder" / "model.safetensors"):
        if path.exists():
            model.load_state_dict(load_file(path))
            return model
    heads = nn.Linear(WIDTH, sum(SIZES))
    weights = [*model.parameters(), *heads.parameters()]
    optimiser = torch.optim.AdamW(weights, lr=peak, weight_decay=0.01)
    rng, start = random.Random(1), time.time()
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = peak * min(1, (step + 1) / 50) * (1 - step / steps)
        looks = [look_of(rng.randrange(100_000)) for _ in range(BATCH)]
        ids = tokenize(tokenizer, [caption(look, rng) for look in looks])
        predictions = heads(model(ids).last_hidden_state)
        loss = attribute_loss(predictions, ids == tokenizer.eos_token_id, looks)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        if (step + 1) % 50 == 0:
            print(f"text {step + 1} {time.time() - start:.0f} s loss {loss.item():.3f}", flush=True)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, CHECKPOINT)
    return model


def tokenize(tokenizer: CLIPTokenizer, captions: list[str]) -> Tensor:
    """Token ids, (captions, LENGTH)."""
    return tokenizer(
        captions, padding="max_length", truncation=True, max_length=LENGTH, return_tensors="pt"
    )["input_ids"]


def attribute_loss(predictions: Tensor, after: Tensor, looks: list[Look]) -> Tensor:
    """Cross-entropy of the predicted attributes, over all positions from the end of the caption."""
    *parts, colours = predictions.split(SIZES, dim=-1)
    total = torch.zeros(())
    for part, (name, names) in zip(parts, CHOICES.items(), strict=True):
        expected = torch.tensor([names.index(getattr(look, name)) for look in looks])
        total = total + F.cross_entropy(part[after], expected[:, None].expand(after.shape)[after])
    colours_shown = torch.tensor(
        [[float(word in look.colours) for word in COLOURS] for look in looks]
    )
    targets = colours_shown[:, None].expand(*after.shape, len(COLOURS))
    return total + 4 * F.binary_cross_entropy_with_logits(colours[after], targets[after])
