"""What a model reads of a prompt: known words, and as many tokens as fit."""

import json
import shutil

import pytest
import torch
from checkpoints import sd15, sdxl, tokenizer

from phosphene.engines.loading import load_pipeline
from phosphene.engines.presets import WORLDS, Preset
from phosphene.engines.words.reading import readers_of, unread_words
from phosphene.engines.words.vocabulary import FILE, KnownWords, Vocabulary, vocabulary_of
from phosphene.errors import EngineError

BASE = "a castle on a hill at dawn with towers"
LETTERS = " ".join("abcdefghijklmnopqrstuvwxy" * 3)  # 75 words of a token each


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    sd15(folder / "sd15")
    sdxl(folder / "sdxl")
    return folder


@pytest.fixture(scope="module")
def worlds():
    (reader,) = readers_of(str(WORLDS))
    return reader


def test_worlds_reads_46_tokens_and_clip_75(worlds, folders):
    assert worlds.room == 46
    assert [reader.room for reader in readers_of(str(folders / "sdxl"))] == [75, 75]


def test_the_part_of_a_prompt_that_fits(worlds):
    long = ", ".join([BASE] * 4)
    rest = worlds.unread(long)
    read = long.removesuffix(rest)
    assert read + rest == long
    assert worlds.unread(read) == ""

    def tokens(prompt):
        return len(worlds._tokenizer(prompt)["input_ids"])

    assert tokens(read) <= 48 < tokens(read + rest.split()[0])


@pytest.mark.parametrize(
    ("prompt", "rest"),
    [
        ("", ""),
        (LETTERS, ""),
        (f"{LETTERS},", ""),  # only a comma is cut off
        (f"{LETTERS} z", "z"),
        (f"{LETTERS}, ocean, digital art", "ocean, digital art"),
        # the letters of one word are a token each: it is half read
        (f"{LETTERS[:-8]} ocean reef", "ocean reef"),
    ],
)
def test_the_end_begins_with_a_whole_word(folders, prompt, rest):
    (reader,) = readers_of(str(folders / "sd15"))
    assert reader.unread(prompt) == rest


def test_prompts_that_share_an_end_are_reported_together(folders):
    style = "digital art"
    prompts = [f"{LETTERS}, {style}", f"{LETTERS[::-1]}, {style}", "a cat"]
    assert unread_words(str(folders / "sd15"), prompts) == {(style, 75): prompts[:2]}


def test_each_of_two_text_encoders_has_its_own_limit(folders, tmp_path):
    folder = tmp_path / "sdxl"
    shutil.copytree(folders / "sdxl", folder)
    config = folder / "text_encoder_2" / "config.json"
    about = json.loads(config.read_text()) | {"max_position_embeddings": 12}
    config.write_text(json.dumps(about))
    assert unread_words(str(folder), [f"{LETTERS} z"]) == {
        ("z", 75): [f"{LETTERS} z"],
        (f"{LETTERS[20:]} z", 10): [f"{LETTERS} z"],
    }


def test_a_model_that_is_not_downloaded_has_no_limits(tmp_path):
    assert readers_of(str(tmp_path)) == []


def test_a_tokenizer_with_too_many_tokens_is_refused_before_anything_is_encoded(folders, tmp_path):
    folder = tmp_path / "sd15"
    shutil.copytree(folders / "sd15", folder)
    words = {f"word{k}</w>": 100 + k for k in range(10)}
    vocabulary = tokenizer(tmp_path / "t").get_vocab() | words
    tokens = folder / "tokenizer" / "tokenizer.json"
    content = json.loads(tokens.read_text())
    content["model"]["vocab"] = vocabulary
    tokens.write_text(json.dumps(content))
    with pytest.raises(EngineError, match="tokens up to 109, but its text_encoder knows 64"):
        load_pipeline(Preset(str(folder)), torch.float32)


def test_a_tokenizer_without_its_files_is_refused_since_all_prompts_would_be_one(folders, tmp_path):
    folder = tmp_path / "sd15"
    shutil.copytree(folders / "sd15", folder, ignore=shutil.ignore_patterns("tokenizer"))
    with pytest.raises(EngineError, match=r"the tokenizer of the model .* has no vocabulary"):
        load_pipeline(Preset(str(folder)), torch.float32)


KNOWN = Vocabulary(
    frozenset(["a", "the", "temple", "forest", "in", "at", "night", "with", "highly", "detailed"]),
    {"cathedral": "temple", "woodlands": "forest"},
)


@pytest.mark.parametrize(
    ("prompt", "reading"),
    [
        ("A temple at night", KnownWords("A temple at night", {}, ())),
        (
            "a Cathedral in the woodlands",
            KnownWords(
                "a temple in the forest", {"cathedral": "temple", "woodlands": "forest"}, ()
            ),
        ),
        (
            "a forest with dragons, dragons, highly detailed",
            KnownWords("a forest with, highly detailed", {}, ("dragons",)),
        ),
        # nothing is left: the pieces of the words are all there is
        ("dragons", KnownWords("dragons", {}, ("dragons",))),
        ("", KnownWords("", {}, ())),
        ("naïve, forest", KnownWords("forest", {}, ("naïve",))),
    ],
)
def test_unknown_words_are_replaced_or_omitted(prompt, reading):
    assert KNOWN.read(prompt) == reading


def test_known_words_stay_unchanged():
    once = KNOWN.read("a cathedral of dragons, at night")
    assert KNOWN.read(once.text) == KnownWords(once.text, {}, ())


def test_a_model_without_the_file_reads_every_word(tmp_path):
    assert vocabulary_of(str(tmp_path)) is None
    assert vocabulary_of("owner/name") is None


def test_the_file_is_beside_the_model_index(tmp_path):
    table = {"known": ["forest"], "near": {"woods": "forest"}}
    (tmp_path / FILE).write_text(json.dumps(table), encoding="utf-8")
    assert vocabulary_of(str(tmp_path)) == Vocabulary(frozenset(["forest"]), {"woods": "forest"})
