"""Write the trained parts as a standard diffusers folder, in half precision.

python -m training.export [NAME ...]

NAME is a checkpoint in runs/: unet (the default), few, polished, or a copy of one. The weights of
several are averaged (Wortsman et al., "Model soups", 2022).
"""

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline

from training.near import TARGET as WORDS
from training.paths import RUNS
from training.schedule import new_scheduler
from training.unet import CHECKPOINT, Worlds, load_model
from training.vae import load_vae


def averaged(checkpoints: Sequence[Path]) -> Worlds:
    """The mean of the checkpoints' averaged models."""
    first, *others = [load_model("average", path) for path in checkpoints]
    with torch.no_grad():
        for name, weight in first.state_dict().items():
            alike = [weight, *(other.state_dict()[name] for other in others)]
            weight.copy_(torch.stack(alike).double().mean(0))
    return first


def export(folder: Path = RUNS / "worlds", checkpoints: Sequence[Path] = (CHECKPOINT,)) -> Path:
    """Write to a temporary folder, then rename it, so that nobody loads an incomplete model."""
    model = averaged(checkpoints)
    pipeline = StableDiffusionPipeline(
        vae=load_vae(),
        text_encoder=model.text,
        tokenizer=model.tokenizer,
        unet=model.unet,
        scheduler=new_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).to(torch.float16)
    part, old = folder.with_name(folder.name + ".part"), folder.with_name(folder.name + ".old")
    pipeline.save_pretrained(part, safe_serialization=True)
    for name in ("vocab.json", "merges.txt"):
        shutil.copy(RUNS / "tokenizer" / name, part / "tokenizer" / name)
    if WORDS.exists():
        shutil.copy(WORDS, part / WORDS.name)
    set_float32(part / "text_encoder" / "config.json")
    for path in part.rglob("*.safetensors"):
        path.chmod(0o644)
    if folder.exists():
        folder.rename(old)
    part.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"exported: {folder}, {size / 1e6:.1f} MB", flush=True)
    return folder


def set_float32(config: Path) -> None:
    """Set float32 in the config: transformers loads in that dtype, diffusers always in float32."""
    settings = json.loads(config.read_text())
    settings["dtype"] = "float32"
    config.write_text(json.dumps(settings, indent=2) + "\n")


if __name__ == "__main__":
    export(checkpoints=[RUNS / f"{name}.safetensors" for name in sys.argv[1:] or ["unet"]])
