"""`python -m benchmarks.structure --modules FOLDER [--half test] [--of generated]`."""

from __future__ import annotations

import argparse
import tempfile
import warnings
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path

import librosa
import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.structure import generated, modules, openmpt, recipes
from benchmarks.structure.forms import Form
from benchmarks.structure.scores import Scores, mean, score
from benchmarks.table import markdown
from phosphene.song.listening import listen

_COLUMNS = ("F at 0.5 s", "F at 3 s", "pairwise F", "V", "sections / true")
Songs = Iterable[tuple[str, Form, NDArray[np.float32]]]


def phosphene(path: Path) -> Form:
    """The sections that Phosphene finds in a file."""
    sections = listen(path).sections
    edges = [section.start for section in sections] + [sections[-1].end]
    return Form(np.array(edges), [section.label for section in sections])


def rows(songs: Songs, rate: int, what: str) -> list[list[str]]:
    """A row per method, with its mean over all songs."""
    found: dict[str, list[Scores]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "song.flac"
        for _, truth, samples in songs:
            soundfile.write(path, samples, rate)
            sound = librosa.load(path, sr=recipes.RATE)[0]
            forms = {
                "Phosphene": phosphene(path),
                "librosa, agglomerative": recipes.agglomerative(sound),
                "librosa, laplacian": recipes.laplacian(sound),
            }
            for name, form in forms.items():
                found.setdefault(name, []).append(score(truth, form))
    return [
        [
            f"{what}, {len(scores)}",
            name,
            *(f"{figure:.3f}" for figure in astuple(mean(scores))),
        ]
        for name, scores in found.items()
    ]


def main() -> None:
    """Print the table of docs/structure.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.structure", description=__doc__)
    parser.add_argument("--modules", type=Path, help="folder with the unpacked packages")
    parser.add_argument("--library", default="", help="libopenmpt.so, if it is not installed")
    parser.add_argument("--half", choices=("tune", "test"), help="default: both")
    parser.add_argument("--of", choices=("all", "modules", "generated"), default="all")
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # mir_eval and librosa, about songs with few sections
    if given.of != "generated" and given.modules is None:
        parser.error("--modules FOLDER is missing; benchmarks/structure/modules.txt lists them")
    found: list[list[str]] = []
    for half in [given.half] if given.half else ["test", "tune"]:
        if given.of != "generated":
            songs = modules.songs(given.modules, half, openmpt.library(given.library))
            found += rows(songs, openmpt.RATE, f"modules, {half} half")
        if given.of != "modules":
            found += rows(generated.songs(half), generated.RATE, f"generated, {half} half")
    print(markdown(["songs", "method", *_COLUMNS], found))


if __name__ == "__main__":
    main()
