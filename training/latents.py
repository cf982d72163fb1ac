"""The drawn pictures as latents, encoded once: cache/latents-000.npy, (n, 8, h/8, w/8) float16."""

import hashlib
import sys
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor

from training.draw import draw_chunk, looks
from training.look import Look
from training.places import CACHE
from training.vae import load_vae, to_tensor


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
        for old in CACHE.glob("latents-???.npy"):
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


class Known:
    """All latents and looks there are, by shape; new chunks are found by `look_again`."""

    def __init__(self) -> None:
        self.chunks: dict[str, tuple[Tensor, list[Look]]] = {}
        self.look_again()

    def look_again(self) -> None:
        for path in sorted(CACHE.glob("latents-???.npy")):
            if path.name not in self.chunks:
                told = looks(
                    path.with_name(path.name.replace("latents", "looks")).with_suffix(".json")
                )
                self.chunks[path.name] = (torch.from_numpy(np.load(path)), told)

    def batch(self, size: int, rng: torch.Generator) -> tuple[Tensor, list[Look]]:
        """A batch of one shape, (size, 8, h, w) float32, from chunks of that shape."""
        names = sorted(self.chunks)
        first = self.chunks[names[int(torch.randint(len(names), (), generator=rng))]]
        alike = [name for name in names if self.chunks[name][0].shape[2:] == first[0].shape[2:]]
        latents, told = [], []
        for _ in range(size):
            pool, known = self.chunks[alike[int(torch.randint(len(alike), (), generator=rng))]]
            pick = int(torch.randint(len(pool), (), generator=rng))
            latents.append(pool[pick])
            told.append(known[pick])
        return torch.stack(latents).float(), told


def fill(chunks: int) -> None:
    """Draw and encode what is missing, chunk by chunk, while the UNet trains on what is there."""
    torch.set_num_threads(1)
    vae = load_vae()
    for number in range(chunks):
        draw_chunk(number)
        encode(vae, CACHE / f"pictures-{number:03d}.npy")


if __name__ == "__main__":
    fill(int(sys.argv[1]))
