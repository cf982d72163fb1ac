"""The drawn pictures as latents, encoded once: cache/latents-000.npy, (n, 8, 32, 32) float16."""

import os
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.places import CACHE
from training.vae import CHECKPOINT, load_vae, to_tensor


def stale(target: Path) -> bool:
    """True where the coder has been trained since the latents were made."""
    return not target.exists() or target.stat().st_mtime < CHECKPOINT.stat().st_mtime


@torch.no_grad()
def encode_all() -> None:
    vae = load_vae()
    for path in sorted(CACHE.glob("pictures-???.npy")):
        target = path.with_name(path.name.replace("pictures", "latents"))
        if not stale(target):
            continue
        pictures = np.load(path, mmap_mode="r")
        parts = [
            vae.encode(to_tensor(pictures[i : i + 10])).latents.half().numpy()
            for i in range(0, len(pictures), 10)
        ]
        half_done = target.with_suffix(".part")
        with open(half_done, "wb") as file:
            np.save(file, np.concatenate(parts))
        os.replace(half_done, target)
        print(f"encoded: {target.name}", flush=True)


def all_latents() -> Tensor:
    """(pictures, 8, 32, 32) float16, in the order of draw.looks()."""
    parts = [np.load(path) for path in sorted(CACHE.glob("latents-???.npy"))]
    return torch.from_numpy(np.concatenate(parts))


if __name__ == "__main__":
    encode_all()
