"""This version against an older one: `python -m benchmarks.versions CHECKOUT [--size 256]`.

Both paint the same Score with their own weights of `worlds`, in processes of their own, which
alternate, as the speed of a machine varies. The threads of PyTorch wait as in `phosphene render`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from benchmarks.table import markdown

HERE = Path(__file__).parents[1]
# Paints a few frames first, so that graphs and kernels are compiled.
CODE = """
import sys
from benchmarks import painting
size, quality, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for painting.FRAMES[size] in (2, count):
    rate = painting.ours(size, quality).rate
print(rate)
"""


def rate(checkout: Path, size: int, quality: str, count: int) -> float:
    """Frames per second of a checkout."""
    paths = os.pathsep.join([str(checkout / "src"), str(checkout)])
    environment = os.environ | {"PYTHONPATH": paths, "OMP_WAIT_POLICY": "PASSIVE"}
    command = [sys.executable, "-c", CODE, str(size), quality, str(count)]
    done = subprocess.run(
        command, env=environment, cwd=checkout, check=True, capture_output=True, text=True
    )
    return float(done.stdout.split()[-1])


def row(older: Path, size: int, quality: str, count: int, rounds: int) -> list[str]:
    """The row of the table for one size and quality."""
    checkouts = [checkout for _ in range(rounds) for checkout in (older, HERE)]
    rates = [rate(checkout, size, quality, count) for checkout in checkouts]
    ratios = [now / before for before, now in list(pairwise(rates))[::2]]
    return [str(size), quality, f"{statistics.median(rates[::2]):.2f}",
            f"{statistics.median(rates[1::2]):.2f}", f"{statistics.median(ratios):.2f} x",
            f"{min(ratios):.2f} to {max(ratios):.2f} x"]  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.versions")
    parser.add_argument("checkout", type=lambda text: Path(text).resolve())
    parser.add_argument("--size", type=int, nargs="+", default=[256])
    parser.add_argument("--quality", nargs="+", default=["standard"])
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    print(markdown(
        ["px", "quality", "older, frames/s", "this version, frames/s", "ratio", "range"],
        [row(asked.checkout, size, quality, asked.frames, asked.rounds)
         for size in asked.size for quality in asked.quality],
    ))  # fmt: skip


if __name__ == "__main__":
    main()
