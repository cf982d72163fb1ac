"""The drawn pictures as latents, encoded once: cache/latents-000.npy, (n, 8, h/8, w/8) float16."""

import hashlib
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderTiny
from torch import Tensor

from training.draw import draw_chunk, looks
from training.look import Look
from training.places import CACHE
from training.vae import load_vae, to_tensor
from training.worn import wear


def fingerprint(vae: AutoencoderTiny) -> str:
    """Names the encoder: latents are made anew when it has been trained further."""
    digest = hashlib.sha256()
    for weight in vae.encoder.state_dict().values():
        digest.update(weight.contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


@torch.no_grad()
def encode_first(chunks: int) -> None:
    """Encode the first chunks, where this encoder has not; another encoder's latents go."""
    vae = load_vae()
    mark, name = CACHE / "encoder.txt", fingerprint(vae)
    if not mark.exists() or mark.read_text() != name:
        for old in (*CACHE.glob("latents-???.npy"), *CACHE.glob("worn-???.npy")):
            old.unlink()
        mark.write_text(name)
    for path in sorted(CACHE.glob("pictures-???.npy"))[:chunks]:
        encode(vae, path)


@torch.no_grad()
def encode(vae: AutoencoderTiny, path: Path) -> None:
    """One chunk of pictures, unless its latents are there."""
    target = path.with_name(path.name.replace("pictures", "latents"))
    if target.exists():
        return
    pictures = np.load(path, mmap_mode="r")
    parts = [
        vae.encode(to_tensor(pictures[i : i + 10])).latents.half().numpy()
        for i in range(0, len(pictures), 10)
    ]
    half_done = target.with_suffix(".part")
    with open(half_done, "wb") as file:
        np.save(file, np.concatenate(parts))
    half_done.replace(target)
    print(f"encoded: {target.name}", flush=True)


# the worlds of the article and the demo, learnt from more often than they are drawn
SHOWN = ("forest", "temple", "city")
TIMES_SHOWN = 3.0


class Chunk(NamedTuple):
    """Latents, the same as the loop hands them on (`worn.py`), and the looks."""

    latents: Tensor
    worn: Tensor
    looks: list[Look]


class Known:
    """All latents and looks there are, by shape; new chunks are found by `look_again`."""

    def __init__(self) -> None:
        self.chunks: dict[str, Chunk] = {}
        self.look_again()

    def look_again(self) -> None:
        for path in sorted(CACHE.glob("latents-???.npy")):
            if path.name not in self.chunks:
                told = path.with_name(path.name.replace("latents", "looks")).with_suffix(".json")
                latents = torch.from_numpy(np.load(path))
                used = path.with_name(path.name.replace("latents", "worn"))
                worn = torch.from_numpy(np.load(used)) if used.exists() else blurred(latents)
                self.chunks[path.name] = Chunk(latents, worn, looks(told))

    def batch(self, size: int, rng: torch.Generator) -> Chunk:
        """A batch of one shape, (size, 8, h, w) float32, from chunks of that shape."""
        names = sorted(self.chunks)
        first = self.chunks[names[int(torch.randint(len(names), (), generator=rng))]]
        alike = [n for n in names if self.chunks[n].latents.shape[2:] == first.latents.shape[2:]]
        latents, worn, told = [], [], []
        for _ in range(size):
            pool = self.chunks[alike[int(torch.randint(len(alike), (), generator=rng))]]
            shares = torch.tensor([TIMES_SHOWN if k.world in SHOWN else 1.0 for k in pool.looks])
            pick = int(torch.multinomial(shares, 1, generator=rng))
            latents.append(pool.latents[pick])
            worn.append(pool.worn[pick])
            told.append(pool.looks[pick])
        return Chunk(torch.stack(latents).float(), torch.stack(worn).float(), told)


def blurred(latents: Tensor) -> Tensor:
    """(n, c, h, w) through a 3 x 3 tent."""
    tent = torch.tensor([0.25, 0.5, 0.25], dtype=latents.dtype)
    kernel = torch.outer(tent, tent).expand(latents.shape[1], 1, 3, 3)
    return F.conv2d(F.pad(latents, (1, 1, 1, 1), "replicate"), kernel, groups=latents.shape[1])


def fill(chunks: int) -> None:
    """Draw, encode and wear what is missing while the UNet trains on what is there."""
    torch.set_num_threads(1)
    vae = load_vae()
    for number in range(chunks):
        draw_chunk(number)
        encode(vae, CACHE / f"pictures-{number:03d}.npy")
    wear(vae)


if __name__ == "__main__":
    fill(int(sys.argv[1]))
