"""The judge: a small convolutional classifier of worlds and palettes, taught by drawings alone.

python -m training.classifier [--minutes 6]
"""

import argparse
import time
from itertools import pairwise

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from training.draw import looks
from training.palettes import COLOURS
from training.places import RUNS, chunk_path, chunks_of
from training.scenes import SCENES

SIZE = 96
FEATURES = 160
CHECKPOINT = RUNS / "classifier.safetensors"
# every eighth chunk is kept for measuring the judge itself
HELD_OUT = 8


class Judge(nn.Module):
    """(n, 3, SIZE, SIZE) in 0..1 to features, world logits and palette logits."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 24, 48, 96, FEATURES)
        stages = []
        for into, out in pairwise(widths):
            stages += [nn.Conv2d(into, out, 3, stride=2, padding=1), nn.BatchNorm2d(out), nn.ReLU()]
            stages += [nn.Conv2d(out, out, 3, padding=1), nn.BatchNorm2d(out), nn.ReLU()]
        self.body = nn.Sequential(*stages)
        self.world = nn.Linear(FEATURES, len(SCENES))
        self.palette = nn.Linear(FEATURES, len(COLOURS))

    def features(self, pictures: Tensor) -> Tensor:
        """(n, FEATURES)."""
        return self.body(pictures * 2 - 1).mean(dim=(2, 3))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        found = self.features(pictures)
        return self.world(found), self.palette(found)


def shrink(pictures: np.ndarray) -> Tensor:
    """(n, h, w, 3) uint8 as (n, 3, SIZE, SIZE) float in 0..1."""
    small = [cv2.resize(p, (SIZE, SIZE), interpolation=cv2.INTER_AREA) for p in pictures]
    return torch.from_numpy(np.stack(small)).permute(0, 3, 1, 2).float() / 255


class Drawn:
    """The square drawings of one world and at most one palette, shrunk, with their labels."""

    def __init__(self, held_out: bool) -> None:
        pictures, worlds, palettes = [], [], []
        for number in chunks_of("pictures"):
            chunk = np.load(chunk_path("pictures", number), mmap_mode="r")
            if chunk.shape[1] != chunk.shape[2] or (number % HELD_OUT == 0) != held_out:
                continue
            told = looks(number)
            plain = [i for i, k in enumerate(told) if not k.second and len(k.colours) < 2]
            pictures.append((shrink(chunk[plain]) * 255).byte())
            worlds += [list(SCENES).index(told[i].world) for i in plain]
            palettes += [
                list(COLOURS).index(k.colours[0]) if (k := told[i]).colours else -1 for i in plain
            ]
        self.pictures = torch.cat(pictures)
        self.worlds, self.palettes = torch.tensor(worlds), torch.tensor(palettes)


def train(minutes: float, batch: int = 32, peak: float = 2e-3) -> None:
    torch.manual_seed(0)
    judge, drawn, start, step = Judge(), Drawn(held_out=False), time.time(), 0
    optimiser = torch.optim.AdamW(judge.parameters(), lr=peak, weight_decay=0.02)
    while (share := (time.time() - start) / (60 * minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = peak * min(1, (step + 1) / 50) * (1 - share)
        picks = torch.randint(0, len(drawn.worlds), (batch,))
        pictures = drawn.pictures[picks].float() / 255
        if step % 2:
            pictures = pictures.flip(3)
        # generated pictures are a little soft and drifted: the judge must not mind
        pictures = F.avg_pool2d(pictures, 3, 1, 1) if step % 4 == 0 else pictures
        pictures = (pictures * (1 + 0.08 * torch.randn(batch, 1, 1, 1))).clamp(0, 1)
        world, palette = judge(pictures)
        loss = F.cross_entropy(world, drawn.worlds[picks], label_smoothing=0.05)
        loss = loss + F.cross_entropy(palette, drawn.palettes[picks], ignore_index=-1)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        step += 1
        if step % 100 == 0:
            print(f"judge {step} {time.time() - start:.0f} s loss {loss.item():.3f}", flush=True)
    save_file({k: v.contiguous() for k, v in judge.state_dict().items()}, CHECKPOINT)
    world, palette = accuracy(load_judge(), Drawn(held_out=True))
    print(f"judge on held-out drawings: world {world:.1%}, palette {palette:.1%}", flush=True)


def load_judge() -> Judge:
    judge = Judge()
    judge.load_state_dict(load_file(CHECKPOINT))
    return judge.eval()


@torch.no_grad()
def accuracy(judge: Judge, drawn: Drawn) -> tuple[float, float]:
    """Shares of (worlds, palettes) named rightly."""
    told = [judge(part.float() / 255) for part in drawn.pictures.split(64)]
    world = torch.cat([w for w, _ in told]).argmax(1)
    palette = torch.cat([p for _, p in told]).argmax(1)
    worn = drawn.palettes >= 0
    right = (palette == drawn.palettes)[worn].float().mean()
    return float((world == drawn.worlds).float().mean()), float(right)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.classifier")
    parser.add_argument("--minutes", type=float, default=6)
    train(parser.parse_args().minutes)
