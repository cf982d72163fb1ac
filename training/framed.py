"""Pictures in every framing: what the model learns to keep as it is, wherever the camera looks.

python -m training.framed --chunks 40

cache/framed-0000.npz: clean and worn latents (n, 8, 32, 32) float16, and captions as token ids. A
third of the pictures are drawn as always, a third are drawn larger and seen by a camera, and a third
are painted by the bundled model. Worn ones were moved by a step of the camera, coded and moved back.
"""

import argparse
import random
from multiprocessing import get_context

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.captions import caption
from training.distil import picture
from training.draw import look_of
from training.look import Look
from training.meaning import spell
from training.places import CACHE, chunk_path
from training.scenes import paint
from training.schedule import new_scheduler
from training.text import train_tokenizer
from training.unet import Worlds
from training.vae import load_vae, make_vae, to_tensor
from training.worn import moved, steps_of_the_camera

SIZE, CHUNK = 256, 48
# how far the camera moves in and out, pans (in short sides), rolls and tilts
ZOOM, PAN, ROLL, TILT = (0.7, 2.0), 0.5, 20.0, 0.15


def framed(look: Look, seed: list[int]) -> NDArray[np.uint8]:
    """A drawing of twice the size as a camera sees it, (SIZE, SIZE, 3); mirrored beyond its edge."""
    rng = np.random.default_rng([*seed, 7])
    low, high = np.log(ZOOM)
    zoom, angle = np.exp(rng.uniform(low, high)), np.radians(rng.uniform(-ROLL, ROLL))
    sheet = paint(look, seed, 2 * SIZE)
    # Made smaller by areas first, so that the warp itself does not.
    side = round(SIZE * zoom)
    sheet = cv2.resize(sheet, (side, side), interpolation=cv2.INTER_AREA)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    turn[2, :2] = rng.uniform(-TILT, TILT, 2) / SIZE
    pan_x, pan_y = rng.uniform(-PAN, PAN, 2) * SIZE
    centre, back = np.eye(3), np.eye(3)
    centre[:2, 2], back[:2, 2] = -(side - 1) / 2, (SIZE - 1) / 2 + np.array([pan_x, pan_y])
    return cv2.warpPerspective(
        sheet, back @ turn @ centre, (SIZE, SIZE), flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT_101,
    )  # fmt: skip


@torch.no_grad()
def painted(model: Worlds, words: Tensor, dice: torch.Generator) -> Tensor:
    """What a model paints from noise in two steps, latents (n, 8, 32, 32)."""
    alphas = new_scheduler().alphas_cumprod
    noisy = torch.randn(len(words), 8, SIZE // 8, SIZE // 8, generator=dice)
    for time, following in ((999, 499), (499, 0)):
        times = torch.full((len(words),), time)
        velocity = model(noisy, times, words)
        clean = picture(noisy, velocity, alphas[times].view(-1, 1, 1, 1))
        noise = (1 - alphas[time]).sqrt() * noisy + alphas[time].sqrt() * velocity
        noisy = alphas[following].sqrt() * clean + (1 - alphas[following]).sqrt() * noise
    return clean


@torch.no_grad()
def prepare(number: int) -> None:
    """Make a chunk, unless it is there."""
    target = chunk_path("framed", number).with_suffix(".npz")
    if target.exists():
        return
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    vae, model, third = load_vae(), Worlds().eval(), CHUNK // 3
    dice, rng = torch.Generator().manual_seed(number), random.Random(number)
    looks = [look_of(7_000_000 + CHUNK * number + i) for i in range(CHUNK)]
    words = spell(train_tokenizer(), [caption(look, rng) for look in looks])
    seeds = [[number, i, 8] for i in range(CHUNK)]
    drawn = [paint(look, seed) for look, seed in zip(looks[:third], seeds, strict=False)]
    drawn += [framed(looks[i], seeds[i]) for i in range(third, 2 * third)]
    pictures = to_tensor(np.stack(drawn))
    own = vae.decode(painted(model, words[2 * third :], dice)).sample.clamp(-1, 1)
    pictures = torch.cat([pictures, own])
    steps = steps_of_the_camera(CHUNK, SIZE, SIZE, dice)
    coded = vae(moved(pictures, steps)).sample.clamp(-1, 1)
    worn = moved(coded, torch.linalg.inv(steps)).clamp(-1, 1)
    clean, worn = (vae.encode(kind).latents.half().numpy() for kind in (pictures, worn))
    part = target.with_suffix(".part.npz")
    np.savez(part, clean=clean, worn=worn, words=words.short().numpy())
    part.replace(target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.framed", description=__doc__)
    parser.add_argument("--chunks", type=int, default=40)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    train_tokenizer()
    make_vae()
    with get_context("spawn").Pool(given.workers) as pool:
        for done, _ in enumerate(pool.imap_unordered(prepare, range(given.chunks)), 1):
            print(f"framed: {done} of {given.chunks} chunks", flush=True)
