"""Folders and files of the training."""

from pathlib import Path

TRAINING = Path(__file__).parent
CACHE = TRAINING / "cache"
RUNS = TRAINING / "runs"
WORLDS = TRAINING.parent / "src" / "phosphene" / "models" / "worlds"
PICTURES = TRAINING.parent / "docs" / "pictures"


def chunk_path(kind: str, number: int) -> Path:
    """kind: pictures, looks, words, latents or worn; 100 samples each."""
    return CACHE / f"{kind}-{number:04d}.{'json' if kind == 'looks' else 'npy'}"


def chunks_of(kind: str) -> list[int]:
    """The numbers of the existing chunks, in order."""
    return sorted(
        int(path.stem.partition("-")[2])
        for path in CACHE.glob(chunk_path(kind, 0).name.replace("0000", "*"))
    )
