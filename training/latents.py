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

from training.draw import SHOWN, asked, draw_chunk, looks
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


# the worlds of the article and the demo are learnt from more often than they are drawn, most of all
# as they are asked for there: plain, with mushrooms, vines or neon
TIMES_SHOWN, TIMES_ASKED = 3.0, 12.0


def share(look: Look) -> float:
    """How often a drawing is learnt from, against the others of its chunk."""
    if look.world not in SHOWN:
        return 1.0
    return TIMES_ASKED if look == asked(look.world, look.time) else TIMES_SHOWN


class Chunk(NamedTuple):
    """Latents, the same as the loop hands them on (`worn.py`), the looks, how often each is met."""

    latents: Tensor
    worn: Tensor
    looks: list[Look]
    shares: Tensor


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
                known = looks(told)
                shares = torch.tensor([share(look) for look in known])
                self.chunks[path.name] = Chunk(latents, worn, known, shares)

    def batch(self, size: int, rng: torch.Generator) -> tuple[Tensor, Tensor, list[Look]]:
        """A batch of one shape, clean and worn, (size, 8, h, w) float32, and its looks."""
        names = sorted(self.chunks)
        first = self.chunks[names[int(torch.randint(len(names), (), generator=rng))]]
        alike = [n for n in names if self.chunks[n].latents.shape[2:] == first.latents.shape[2:]]
        latents, worn, told = [], [], []
        for _ in range(size):
            pool = self.chunks[alike[int(torch.randint(len(alike), (), generator=rng))]]
            pick = int(torch.multinomial(pool.shares, 1, generator=rng))
            latents.append(pool.latents[pick])
            worn.append(pool.worn[pick])
            told.append(pool.looks[pick])
        return torch.stack(latents).float(), torch.stack(worn).float(), told


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
