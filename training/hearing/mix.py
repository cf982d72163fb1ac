"""Mix what was trained on with what it began from: `python -m training.hearing.mix BEFORE [SHARE]`.

Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022: what was trained on knows the
practice songs better, what it began from other music; the mean of their weights knows both.
"""

from __future__ import annotations

import sys
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import load_file, save_file

from training.hearing.places import WEIGHTS

SHARE = 0.75  # of the newer


def mix(before: Path, weights: Path, share: float) -> None:
    """Turn the file at `weights` into `share` of it and the rest of the one at `before`."""
    old, new = load_file(before), load_file(weights)
    mixed = {
        name: (old[name].float().lerp(tensor.float(), share)).half() for name, tensor in new.items()
    }
    with safe_open(weights, "pt") as file:
        facts = file.metadata()
    save_file(mixed, weights, metadata=facts)


if __name__ == "__main__":
    mix(Path(sys.argv[1]), WEIGHTS, float(sys.argv[2]) if len(sys.argv) > 2 else SHARE)
