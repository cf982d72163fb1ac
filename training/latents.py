"""The drawn pictures as latents, encoded once: cache/latents-000.npy, (n, 8, 32, 32) float16."""

import hashlib
import os

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor

from training.places import CACHE
from training.vae import load_vae, to_tensor


def fingerprint(vae: AutoencoderTiny) -> str:
    """Names the encoder: latents are made anew when it has been trained further."""
    digest = hashlib.sha256()
    for weight in vae.encoder.state_dict().values():
        digest.update(weight.contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


@torch.no_grad()
def encode_all() -> None:
    """Encode what has no latents yet from this encoder; the rest is left."""
    vae = load_vae()
    mark, name = CACHE / "encoder.txt", fingerprint(vae)
    if not mark.exists() or mark.read_text() != name:
        for old in CACHE.glob("latents-???.npy"):
            old.unlink()
        mark.write_text(name)
    for path in sorted(CACHE.glob("pictures-???.npy")):
        target = path.with_name(path.name.replace("pictures", "latents"))
        if target.exists():
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
