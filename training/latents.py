"""The UNet's training set: latents of the drawings, degraded latents, and tokenized captions.

cache/words-0000.npy    (n, CAPTIONS + 1, LENGTH) int16; the last caption is for a blurred picture
cache/latents-0000.npy  (n, 8, h/8, w/8) float16
cache/worn-0000.npy     the same, degraded as in the feedback loop (`degraded.py`)
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

from training.captions import caption, poor_caption
from training.classifier import labels
from training.degraded import degraded_latents
from training.device import DEVICE, SETTINGS
from training.draw import SHOWN, article_look, draw_chunk, looks, order, write
from training.look import Look
from training.meaning import tokenize
from training.paths import CACHE, chunk_path, chunks_of
from training.text import train_tokenizer
from training.vae import load_vae, to_tensor

CAPTIONS = 6


def fingerprint(vae: AutoencoderTiny) -> str:
    """Identifies the encoder, so that latents are recomputed when it changes."""
    digest = hashlib.sha256()
    for weight in vae.encoder.state_dict().values():
        digest.update(weight.float().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


@cache
def known_tokenizer() -> CLIPTokenizer:
    return train_tokenizer()


def prepare_chunk(number: int) -> None:
    """Draw a chunk and tokenize its captions, unless done before."""
    draw_chunk(number)
    target = chunk_path("words", number)
    if not target.exists():
        rng, tokenizer = random.Random(number), known_tokenizer()
        captions = []
        for look in looks(number):
            variants = [caption(look, rng) for _ in range(CAPTIONS)]
            captions += [*variants, poor_caption(variants[0], rng)]
        ids = tokenize(tokenizer, captions).numpy().astype(np.int16)
        write(target, ids.reshape(-1, CAPTIONS + 1, ids.shape[1]))


def prepare(chunks: int, workers: int = 0) -> None:
    """Prepare `chunks` chunks in parallel; 0 workers means one per core."""
    CACHE.mkdir(parents=True, exist_ok=True)
    train_tokenizer()
    with Pool(workers or cpu_count()) as pool:
        for done, _ in enumerate(pool.imap_unordered(prepare_chunk, order(chunks)), 1):
            if done % 10 == 0 or done == chunks:
                print(f"prepared: {done} of {chunks} chunks", flush=True)


@torch.no_grad()
def encode(vae: AutoencoderTiny, number: int) -> None:
    """Encode a chunk, unless done before.

    In the degraded copy, a share `SETTINGS.degraded` went through the feedback loop, the rest is
    only blurred.
    """
    if is_encoded(number):
        return
    pictures = np.load(chunk_path("pictures", number))
    generator = torch.Generator(DEVICE).manual_seed(number)
    latents, soft = [], []
    for first in range(0, len(pictures), SETTINGS.piece):
        part = to_tensor(pictures[first : first + SETTINGS.piece]).to(DEVICE)
        latents.append(vae.encode(part).latents)
        soft.append(blurred(latents[-1]))
        if count := round(SETTINGS.degraded * len(part)):
            soft[-1][:count] = degraded_latents(vae, part[:count], generator)
    for kind, parts in (("worn", soft), ("latents", latents)):
        write(chunk_path(kind, number), torch.cat(parts).half().cpu().numpy())


def is_encoded(number: int) -> bool:
    return all(chunk_path(kind, number).exists() for kind in ("latents", "worn"))


def delete_stale_latents(vae: AutoencoderTiny) -> None:
    """Delete latents made by another encoder."""
    mark, name = CACHE / "encoder.txt", fingerprint(vae)
    if not mark.exists() or mark.read_text() != name:
        for old in (*CACHE.glob("latents-*.npy"), *CACHE.glob("worn-*.npy")):
            old.unlink()
        mark.write_text(name)


# oversampling of the worlds of the article and the demo, and of their variants used there: plain,
# with mushrooms, vines or neon
WEIGHT_SHOWN, WEIGHT_ARTICLE = 3.0, 12.0


def weight(look: Look) -> float:
    """Sampling weight of a drawing among those of its shape."""
    if look.world not in SHOWN:
        return 1.0
    return WEIGHT_ARTICLE if look == article_look(look.world, look.time) else WEIGHT_SHOWN


class Bucket(NamedTuple):
    """The samples of one shape, on the device, and their sampling weights."""

    latents: Tensor
    degraded: Tensor
    words: Tensor
    labels: Tensor
    weights: Tensor


class Samples(NamedTuple):
    """A batch of one shape.

    clean, degraded: latents (n, 8, h, w). words: (n, CAPTIONS + 1, LENGTH). labels: (n, 2), as in
    `classifier.py`.
    """

    clean: Tensor
    degraded: Tensor
    words: Tensor
    labels: Tensor


class Dataset:
    """All samples, in one bucket per shape; `load_new` adds those drawn in the meantime."""

    def __init__(self) -> None:
        self.vae = load_vae().to(DEVICE)
        delete_stale_latents(self.vae)
        self.chunks: set[int] = set()
        self.buckets: dict[torch.Size, Bucket] = {}

    def load_new(self, most: int = 0) -> None:
        """Add new chunks: all that are encoded, and up to `most` others (0: all of them)."""
        new = [number for number in chunks_of("words") if number not in self.chunks]
        encoded = [number for number in new if is_encoded(number)]
        others = [number for number in new if number not in encoded]
        new = encoded + others[: most or None]
        parts: dict[torch.Size, list[Bucket]] = {k: [v] for k, v in self.buckets.items()}
        for number in new:
            encode(self.vae, number)
            latents, degraded, words = (
                torch.from_numpy(np.load(chunk_path(kind, number))).to(DEVICE)
                for kind in ("latents", "worn", "words")
            )
            chunk = looks(number)
            weights = torch.tensor([weight(look) for look in chunk], device=DEVICE)
            bucket = Bucket(latents, degraded, words, labels(chunk).to(DEVICE), weights)
            parts.setdefault(latents.shape[2:], []).append(bucket)
        self.chunks.update(new)
        if new:
            self.buckets = {
                shape: Bucket(*(torch.cat(kind) for kind in zip(*buckets, strict=True)))
                for shape, buckets in parts.items()
            }

    def batch(self, size: int, rng: random.Random, generator: torch.Generator) -> Samples:
        """A random batch of one shape."""
        shapes = sorted(self.buckets)
        counts = [len(self.buckets[shape].weights) for shape in shapes]
        bucket = self.buckets[rng.choices(shapes, counts)[0]]
        picks = torch.multinomial(bucket.weights, size, replacement=True, generator=generator)
        clean, degraded, words, targets = (kind[picks] for kind in bucket[:-1])
        return Samples(clean.float(), degraded.float(), words, targets)


def blurred(latents: Tensor) -> Tensor:
    """(n, c, h, w) filtered with a 3 x 3 binomial kernel."""
    tent = torch.tensor([0.25, 0.5, 0.25], dtype=latents.dtype, device=latents.device)
    kernel = torch.outer(tent, tent).expand(latents.shape[1], 1, 3, 3)
    return F.conv2d(F.pad(latents, (1, 1, 1, 1), "replicate"), kernel, groups=latents.shape[1])


if __name__ == "__main__":
    prepare(int(sys.argv[1]), int(sys.argv[2]))
