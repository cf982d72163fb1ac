"""Write the trained parts as a standard diffusers folder, in half precision.

python -m training.export [unet | few]
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline

from training.near import TARGET as WORDS
from training.places import RUNS
from training.schedule import new_scheduler
from training.unet import CHECKPOINT, load_model
from training.vae import load_vae


def export(
    folder: Path = RUNS / "worlds", kind: str = "average", checkpoint: Path = CHECKPOINT
) -> Path:
    """Written beside the target and then renamed, so that nobody loads half a model."""
    model = load_model(kind, checkpoint)
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
    load_full(part / "text_encoder" / "config.json")
    for path in part.rglob("*.safetensors"):
        path.chmod(0o644)
    if folder.exists():
        folder.rename(old)
    part.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"exported: {folder}, {size / 1e6:.1f} MB", flush=True)
    return folder


def load_full(config: Path) -> None:
    """transformers loads a model in the dtype its config names, diffusers in float32: agree."""
    told = json.loads(config.read_text())
    told["dtype"] = "float32"
    config.write_text(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    export(checkpoint=RUNS / f"{sys.argv[1] if len(sys.argv) > 1 else 'unet'}.safetensors")
