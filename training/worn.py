"""Pictures as the feedback loop hands them on: moved and coded again and again.

cache/worn-000.npy belongs to latents-000.npy, sample by sample: each picture was moved by a small
step of the camera, coded, decoded and moved back, one to three times. The step back lays it over
the clean one, so that a model can be told what it should have been.
"""

import cv2
import numpy as np
import torch
from diffusers import AutoencoderTiny

from training.places import CACHE
from training.vae import to_tensor

CHUNKS = 3
ROUNDS = 3


def step_of_the_camera(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """A small zoom, turn and shift about the centre, (2, 3)."""
    centre = (width / 2 - 0.5, height / 2 - 0.5)
    matrix = cv2.getRotationMatrix2D(centre, rng.normal(0, 0.8), float(rng.uniform(0.97, 1.03)))
    matrix[:, 2] += rng.uniform(-2, 2, 2)
    return matrix


def moved(pictures: np.ndarray, matrices: list[np.ndarray], back: bool) -> np.ndarray:
    """(n, h, w, 3) uint8 by one cubic resample each, mirrored at the border."""
    how = cv2.INTER_CUBIC | (cv2.WARP_INVERSE_MAP if back else 0)
    size = (pictures.shape[2], pictures.shape[1])
    pairs = zip(pictures, matrices, strict=True)
    return np.stack(
        [cv2.warpAffine(p, m, size, flags=how, borderMode=cv2.BORDER_REFLECT_101) for p, m in pairs]
    )


@torch.no_grad()
def worn(vae: AutoencoderTiny, pictures: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Latents of one batch, (n, 8, h/8, w/8) float16, after one to three rounds."""
    height, width = pictures.shape[1:3]
    for _ in range(int(rng.integers(1, ROUNDS + 1))):
        steps = [step_of_the_camera(rng, width, height) for _ in pictures]
        coded = vae(to_tensor(moved(pictures, steps, back=False))).sample.clamp(-1, 1)
        told = ((coded + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
        pictures = moved(told, steps, back=True)
    return vae.encode(to_tensor(pictures)).latents.half().numpy()


def wear(vae: AutoencoderTiny, chunks: int = CHUNKS) -> None:
    """The first chunks, where it has not been done."""
    for path in sorted(CACHE.glob("pictures-???.npy"))[:chunks]:
        target = path.with_name(path.name.replace("pictures", "worn"))
        if target.exists():
            continue
        pictures, rng = np.load(path, mmap_mode="r"), np.random.default_rng(int(path.stem[-3:]))
        parts = [worn(vae, pictures[i : i + 10], rng) for i in range(0, len(pictures), 10)]
        half_done = target.with_suffix(".part")
        with open(half_done, "wb") as file:
            np.save(file, np.concatenate(parts))
        half_done.replace(target)
        print(f"worn: {target.name}", flush=True)
