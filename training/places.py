"""Where things lie."""

from pathlib import Path

TRAINING = Path(__file__).parent
CACHE = TRAINING / "cache"
RUNS = TRAINING / "runs"
WORLDS = TRAINING.parent / "src" / "phosphene" / "models" / "worlds"
PICTURES = TRAINING.parent / "docs" / "pictures"
