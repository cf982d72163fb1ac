"""Train the depth network on the drawn chunks, and export it as half-precision safetensors.

python -m training.depth.train --minutes 25

The first pictures have half the size, which takes a quarter of the time. It resumes from
training/runs/depth.safetensors; the rate falls to zero over the minutes.
"""

import argparse
import copy
import math
import time

import cv2
import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from phosphene.engines.depths.network import WEIGHTS, DepthNetwork
from training.depth.samples import Pairs, shrunk
from training.muon import Muon
from training.paths import RUNS, chunk_path, chunks_of

CHECKPOINT = RUNS / "depth.safetensors"
BATCH, RATE, DECAY = 16, 2e-3, 0.998
COARSE = 0.35  # share of the time with pictures of half the size, twice as many to a step
HELD_OUT = 12  # chunks, the first ones, that are never trained on
SCALES = 4  # of the loss of the gradients
SLOPES = 1.0  # its share
REPORT_SECONDS = 30  # seconds from one report, and checkpoint, to the next


def loss_of(found: Tensor, near: Tensor) -> Tensor:
    """Mean absolute error, and that of the gradients at several scales.

    The second term is that of Li and Snavely, "MegaDepth" (CVPR 2018).
    """
    wrong = found - near
    total = wrong.abs().mean()
    for scale in range(SCALES):
        step = 2**scale
        small = wrong[..., ::step, ::step]
        down = (small[..., 1:, :] - small[..., :-1, :]).abs().mean()
        across = (small[..., 1:] - small[..., :-1]).abs().mean()
        total = total + SLOPES / SCALES * (down + across)
    return total


def batch(
    data: list[Pairs], rng: np.random.Generator, coarse: bool = False
) -> tuple[Tensor, Tensor]:
    """Pictures and nearness, (n, 3 and 1, height, width), degraded as in films."""
    shape = data[rng.integers(len(data))].shape
    same_shape = [chunk for chunk in data if chunk.shape == shape]
    pairs = []
    for _ in range(2 * BATCH if coarse else BATCH):
        chunk = same_shape[rng.integers(len(same_shape))]
        pairs.append(degraded(transformed(chunk[rng.integers(len(chunk))], rng), rng))
    if coarse:
        size = [max(side // 64, 1) * 32 for side in shape[2:0:-1]]
        pairs = [shrunk(pair[..., :3], pair[..., 3], *size) for pair in pairs]
    both = torch.from_numpy(np.stack(pairs)).permute(0, 3, 1, 2).float() / 255
    return both[:, :3].contiguous(), both[:, 3:].contiguous()


def transformed(pair: Pairs, rng: np.random.Generator) -> Pairs:
    """Mirrored, enlarged, rotated and shifted, as by the camera of a film."""
    if rng.random() < 0.5:
        pair = np.ascontiguousarray(pair[:, ::-1])
    if rng.random() < 0.4:
        return pair
    height, width = pair.shape[:2]
    zoom, angle = rng.uniform(1.0, 1.6), rng.normal() * 6
    back = cv2.getRotationMatrix2D((width / 2, height / 2), angle, zoom)
    room = (zoom - 1) / 2
    back[:, 2] += rng.uniform(-room, room, 2) * (width, height)
    size, border = (width, height), cv2.BORDER_REFLECT_101
    colours = cv2.warpAffine(pair[..., :3], back, size, None, cv2.INTER_LINEAR, border)
    near = cv2.warpAffine(pair[..., 3], back, size, None, cv2.INTER_NEAREST, border)
    return np.dstack([colours, near])


def degraded(pair: Pairs, rng: np.random.Generator) -> Pairs:
    """In other colours, blurred, noisy, and coded as JPEG; the nearness stays."""
    colours = pair[..., :3].astype(np.float32)
    if rng.random() < 0.5:
        mix = np.eye(3) + 0.15 * rng.normal(size=(3, 3))
        colours = (colours - 128) @ mix.T.astype(np.float32) * rng.uniform(0.7, 1.3)
        colours = colours + 128 + 20 * rng.normal()
    if rng.random() < 0.5:
        colours = cv2.GaussianBlur(colours, (0, 0), rng.uniform(0.3, 2.0))
    if rng.random() < 0.5:
        grain = rng.standard_normal(colours.shape, np.float32) * rng.uniform(2, 16)
        if rng.random() < 0.5:
            grain = 2 * cv2.GaussianBlur(grain, (0, 0), 1.0)
        colours = colours + grain
    colours = np.clip(colours, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 70))]
        colours = cv2.imdecode(cv2.imencode(".jpg", colours, quality)[1], cv2.IMREAD_COLOR)
    return np.dstack([colours, pair[..., 3]])


def training_chunks() -> list[int]:
    """The numbers of the chunks that are trained on, so far."""
    return [number for number in chunks_of("depth") if number >= HELD_OUT]


def chunks(numbers: list[int]) -> list[Pairs]:
    """The pictures of chunks."""
    return [np.load(chunk_path("depth", number)) for number in numbers]


@torch.no_grad()
def held_out_error(network: DepthNetwork) -> float:
    """Mean absolute error on the held-out chunks."""
    errors = []
    for chunk in chunks([n for n in chunks_of("depth") if n < HELD_OUT]):
        both = torch.from_numpy(chunk).permute(0, 3, 1, 2).float() / 255
        found = network(both[:, :3]).clamp(0, 1)
        errors.append(float((found - both[:, 3:]).abs().mean()))
    return float(np.mean(errors))


def train(minutes: float) -> None:
    """Train for so many minutes, from the checkpoint if there is one."""
    torch.manual_seed(0)
    network = DepthNetwork()
    if CHECKPOINT.exists():
        network.load_state_dict(load_file(CHECKPOINT))
    average = copy.deepcopy(network)
    matrices = [weight for weight in network.parameters() if weight.ndim > 1]
    vectors = [weight for weight in network.parameters() if weight.ndim == 1]
    optimisers = [Muon(matrices, 0.0), torch.optim.AdamW(vectors, 0.0, weight_decay=0.0)]
    data = chunks(training_chunks())
    rng = np.random.default_rng()
    start = reported = time.monotonic()
    steps, elapsed, losses = 0, 0.0, []
    while elapsed < 1:
        pictures, near = batch(data, rng, elapsed < COARSE)
        loss = loss_of(network(pictures), near)
        network.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        rate = RATE * min(1.0, (steps + 1) / 50) * (0.5 + 0.5 * math.cos(math.pi * elapsed))
        for optimiser in optimisers:
            optimiser.param_groups[0]["lr"] = rate
            optimiser.step()
        steps += 1
        keep = min(DECAY, steps / (steps + 9))
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1 - keep)
        losses.append(loss.item())
        now = time.monotonic()
        elapsed = (now - start) / (60 * minutes)
        if now - reported > REPORT_SECONDS or elapsed >= 1:
            reported = now
            print(
                f"{steps} steps of {BATCH}, {sum(map(len, data))} pictures, {elapsed:.0%}, "
                f"loss {np.mean(losses):.4f}, held-out error {held_out_error(average):.4f}",
                flush=True,
            )
            losses = []
            numbers = training_chunks()
            if len(numbers) > len(data):  # more were drawn meanwhile
                data = chunks(numbers)
            CHECKPOINT.parent.mkdir(exist_ok=True)
            save_file(dict(average.state_dict()), CHECKPOINT)


def export() -> None:
    """Write the network where Phosphene reads it."""
    WEIGHTS.parent.mkdir(parents=True, exist_ok=True)
    save_file({k: v.half() for k, v in load_file(CHECKPOINT).items()}, WEIGHTS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.depth.train", description=__doc__)
    parser.add_argument("--minutes", type=float, default=25)
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    train(parser.parse_args().minutes)
    export()
