"""Average the weights before and after training: `python -m training.hearing.mix BEFORE [SHARE]`.

The trained network is better on practice songs, the earlier one on other music, and their mean on
both (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022).
"""

from __future__ import annotations

import sys
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import load_file, save_file

from training.hearing.paths import WEIGHTS

SHARE = 0.75  # of the newer weights


def mix(before: Path, weights: Path, share: float) -> None:
    """Replace the file at `weights` by the mean of it, weighted by `share`, and `before`."""
    old, new = load_file(before), load_file(weights)
    mixed = {
        name: (old[name].float().lerp(tensor.float(), share)).half() for name, tensor in new.items()
    }
    with safe_open(weights, "pt") as file:
        facts = file.metadata()
    save_file(mixed, weights, metadata=facts)


if __name__ == "__main__":
    mix(Path(sys.argv[1]), WEIGHTS, float(sys.argv[2]) if len(sys.argv) > 2 else SHARE)
