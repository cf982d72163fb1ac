"""The drawn pictures as the UNet meets them: latents, worn latents, and captions as token ids.

cache/words-0000.npy   (n, CAPTIONS + 1, LENGTH) int16: captions; the last calls its picture poor
cache/latents-0000.npy (n, 8, h/8, w/8) float16
cache/worn-0000.npy    the same as the loop hands them on (`worn.py`)
"""

import hashlib
import random
import sys
from functools import cache
from multiprocessing import Pool
from os import cpu_count
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderTiny
from torch import Tensor
from transformers import CLIPTokenizer

from training.captions import caption, poor
from training.classifier import labels
from training.draw import SHOWN, asked, draw_chunk, looks, order, write
from training.look import Look
from training.meaning import spell
from training.pace import DEVICE, PACE
from training.places import CACHE, chunk_path, chunks_of
from training.text import train_tokenizer
from training.vae import load_vae, to_tensor
from training.worn import worn

CAPTIONS = 6


def fingerprint(vae: AutoencoderTiny) -> str:
    """Names the encoder: latents are made anew when it has been trained further."""
    digest = hashlib.sha256()
    for weight in vae.encoder.state_dict().values():
        digest.update(weight.float().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


@cache
def known_tokenizer() -> CLIPTokenizer:
    return train_tokenizer()


def prepare_chunk(number: int) -> None:
    """Draw a chunk and spell its captions, unless that is done."""
    draw_chunk(number)
    target = chunk_path("words", number)
    if not target.exists():
        rng, tokenizer = random.Random(number), known_tokenizer()
        told = []
        for look in looks(number):
            said = [caption(look, rng) for _ in range(CAPTIONS)]
            told += [*said, poor(said[0], rng)]
        ids = spell(tokenizer, told).numpy().astype(np.int16)
        write(target, ids.reshape(-1, CAPTIONS + 1, ids.shape[1]))


def prepare(chunks: int, workers: int = 0) -> None:
    """So many chunks, in as many processes as there are cores where nothing is said."""
    CACHE.mkdir(parents=True, exist_ok=True)
    train_tokenizer()
    with Pool(workers or cpu_count()) as pool:
        for done, _ in enumerate(pool.imap_unordered(prepare_chunk, order(chunks)), 1):
            if done % 10 == 0 or done == chunks:
                print(f"prepared: {done} of {chunks} chunks", flush=True)


@torch.no_grad()
def encode(vae: AutoencoderTiny, number: int) -> None:
    """Unless it is done. PACE.worn of the pictures are worn, the others only softened."""
    if is_coded(number):
        return
    pictures = np.load(chunk_path("pictures", number))
    dice = torch.Generator(DEVICE).manual_seed(number)
    latents, soft = [], []
    for first in range(0, len(pictures), PACE.piece):
        part = to_tensor(pictures[first : first + PACE.piece]).to(DEVICE)
        latents.append(vae.encode(part).latents)
        soft.append(blurred(latents[-1]))
        if count := round(PACE.worn * len(part)):
            soft[-1][:count] = worn(vae, part[:count], dice)
    for kind, parts in (("worn", soft), ("latents", latents)):
        write(chunk_path(kind, number), torch.cat(parts).half().cpu().numpy())


def is_coded(number: int) -> bool:
    return all(chunk_path(kind, number).exists() for kind in ("latents", "worn"))


def forget_other_encoders(vae: AutoencoderTiny) -> None:
    """Latents that another encoder made go."""
    mark, name = CACHE / "encoder.txt", fingerprint(vae)
    if not mark.exists() or mark.read_text() != name:
        for old in (*CACHE.glob("latents-*.npy"), *CACHE.glob("worn-*.npy")):
            old.unlink()
        mark.write_text(name)


# the worlds of the article and the demo are learnt from more often than they are drawn, most of all
# as they are asked for there: plain, with mushrooms, vines or neon
TIMES_SHOWN, TIMES_ASKED = 3.0, 12.0


def share(look: Look) -> float:
    """How often a drawing is learnt from, against the others of its shape."""
    if look.world not in SHOWN:
        return 1.0
    return TIMES_ASKED if look == asked(look.world, look.time) else TIMES_SHOWN


class Shelf(NamedTuple):
    """Samples of one shape, on the device, and how often each is met."""

    latents: Tensor
    worn: Tensor
    words: Tensor
    labels: Tensor
    shares: Tensor


class Samples(NamedTuple):
    """Of one shape. clean, worn: latents (n, 8, h, w). words: (n, CAPTIONS + 1, LENGTH).

    labels: (n, 2), as in `classifier.py`.
    """

    clean: Tensor
    worn: Tensor
    words: Tensor
    labels: Tensor


class Known:
    """All samples there are, by shape; what was drawn meanwhile is taken up by `look_again`."""

    def __init__(self) -> None:
        self.vae = load_vae().to(DEVICE)
        forget_other_encoders(self.vae)
        self.chunks: set[int] = set()
        self.shelves: dict[torch.Size, Shelf] = {}

    def look_again(self, most: int = 0) -> None:
        """Take up the new chunks that are coded, and `most` of the others, or all of them."""
        new = [number for number in chunks_of("words") if number not in self.chunks]
        coded = [number for number in new if is_coded(number)]
        others = [number for number in new if number not in coded]
        new = coded + others[: most or None]
        parts: dict[torch.Size, list[Shelf]] = {k: [v] for k, v in self.shelves.items()}
        for number in new:
            encode(self.vae, number)
            latents, used, words = (
                torch.from_numpy(np.load(chunk_path(kind, number))).to(DEVICE)
                for kind in ("latents", "worn", "words")
            )
            told = looks(number)
            shares = torch.tensor([share(look) for look in told], device=DEVICE)
            shelf = Shelf(latents, used, words, labels(told).to(DEVICE), shares)
            parts.setdefault(latents.shape[2:], []).append(shelf)
        self.chunks.update(new)
        if new:
            self.shelves = {
                shape: Shelf(*(torch.cat(kind) for kind in zip(*shelves, strict=True)))
                for shape, shelves in parts.items()
            }

    def batch(self, size: int, rng: random.Random, dice: torch.Generator) -> Samples:
        """So many, of one shape."""
        shapes = sorted(self.shelves)
        counts = [len(self.shelves[shape].shares) for shape in shapes]
        shelf = self.shelves[rng.choices(shapes, counts)[0]]
        picks = torch.multinomial(shelf.shares, size, replacement=True, generator=dice)
        clean, worn, words, told = (kind[picks] for kind in shelf[:-1])
        return Samples(clean.float(), worn.float(), words, told)


def blurred(latents: Tensor) -> Tensor:
    """(n, c, h, w) through a 3 x 3 tent."""
    tent = torch.tensor([0.25, 0.5, 0.25], dtype=latents.dtype, device=latents.device)
    kernel = torch.outer(tent, tent).expand(latents.shape[1], 1, 3, 3)
    return F.conv2d(F.pad(latents, (1, 1, 1, 1), "replicate"), kernel, groups=latents.shape[1])


if __name__ == "__main__":
    prepare(int(sys.argv[1]), int(sys.argv[2]))
