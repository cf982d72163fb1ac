"""Damaged and hostile model folders: a message or a film, and never any of their code."""

import json
import os
import pickle
import shutil
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
import soundfile
import torch
from checkpoints import sd15
from hostile import fuzzed, survives
from hypothesis import given
from safetensors.torch import load_file, save_file

VALUES = st.sampled_from(
    [None, True, -1, 0, 1, 3, 7, 10**6, 10**12, 1e308, float("nan"), "", "x", "../x", [], [1, 2],
     ["diffusers"], ["os", "system"], ["builtins", "eval"], {}, {"a": {}}, "float64", "epsilon"]
)  # fmt: skip
CONTENTS = st.sampled_from(
    [b"", b"{", b"[]", b"null", b"3", b'"x"', b"{}", b'{"a": 1}', b"\xff\xfe\x00", b"[" * 100_000,
     b"NaN", b'{"_class_name": null}', b'{"known": 3}', b'{"known": ["a"], "near": {"b": 1}}']
)  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    sd15(folder / "sound")
    (folder / "sound" / "words.json").write_text('{"known": ["a", "cat"], "near": {"dog": "cat"}}')
    soundfile.write(folder / "song.wav", 0.1 * np.sin(np.arange(22050) * 0.3), 22050)
    return folder


@pytest.fixture(autouse=True)
def here(place, monkeypatch):
    monkeypatch.chdir(place)


KINDS = ("key", "key", "key", "content", "gone", "short", "weights", "dir")


class Code:
    """Leaves a mark when it is unpickled."""

    def __reduce__(self):
        return Path.touch, (Path("ran"),)


CODE = 'from pathlib import Path\nPath("ran").touch()\n'


def paint(folder, prompt="a cat"):
    size = ("--size", "32x32", "--end", "1")
    try:
        return survives(
            ["render", "song.wav", "--model", str(folder), "--prompt", prompt, *size, "-o", "f.mp4"]
        )
    finally:
        shutil.rmtree(".f.mp4.resume", ignore_errors=True)
        assert not Path("ran").exists(), "code of the model folder ran"


@st.composite
def damages(draw):
    """A change of a model folder, as a function of the folder."""
    kind = draw(st.sampled_from(KINDS))
    pick, value, content = draw(st.integers(0, 10**6)), draw(VALUES), draw(CONTENTS)
    share = draw(st.floats(0, 1))

    def damage(folder):
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        tables = [file for file in files if file.suffix == ".json"]
        tensors = [file for file in files if file.suffix == ".safetensors"]
        file = files[pick % len(files)]
        match kind:
            case "key":
                file = tables[pick % len(tables)]
                table = json.loads(file.read_text())
                keys = sorted(table)
                table[keys[pick // 7 % len(keys)]] = value
                file.write_text(json.dumps(table))
            case "content":
                file.write_bytes(content)
            case "gone":
                file.unlink()
            case "short":
                file.write_bytes(file.read_bytes()[: int(share * file.stat().st_size)])
            case "weights":
                file = tensors[pick % len(tensors)]
                weights = load_file(file)
                name = sorted(weights)[pick // 7 % len(weights)]
                weights[name] = torch.full(
                    (1 + pick % 5,) if share < 0.5 else weights[name].shape,
                    float("nan") if share < 0.75 else 1e30,
                )
                save_file(weights, file)
            case "dir":
                file.unlink()
                file.mkdir()
        return f"{kind} of {file}: {value!r}, {content[:20]!r}, {share:.2f}"

    return damage


@given(st.lists(damages(), min_size=1, max_size=2))
@fuzzed(8, 100)
def test_a_damaged_folder_is_an_error_or_paints(place, changes):
    folder = Path(shutil.copytree("sound", "damaged"))
    try:
        for change in changes:
            print(change(folder))
        result = paint(folder)
        assert result.exit_code in (0, 2), result.output
    finally:
        shutil.rmtree(folder)


def without_safetensors(folder):
    """Weights that only unpickling could read."""
    for file in folder.rglob("*.safetensors"):
        name = "pytorch_model" if file.parent.name == "text_encoder" else file.stem
        (file.parent / f"{name}.bin").write_bytes(pickle.dumps(Code()))
        file.unlink()


def own_pipeline(folder):
    (folder / "pipeline.py").write_text(CODE)
    changed(folder / "model_index.json", _class_name=["pipeline", "Own"])


def own_component(folder):
    (folder / "unet" / "own.py").write_text(CODE)
    changed(folder / "model_index.json", unet=["own", "UNet2DConditionModel"])


def own_module(folder):
    Path("hostile_module.py").write_text(CODE)
    changed(folder / "model_index.json", unet=["hostile_module", "UNet2DConditionModel"])


def own_text_encoder(folder):
    (folder / "text_encoder" / "own.py").write_text(CODE)
    code = {"AutoModel": "own.Own", "AutoConfig": "own.Own"}
    changed(folder / "text_encoder" / "config.json", auto_map=code)
    changed(folder / "model_index.json", text_encoder=["transformers", "AutoModel"])


def own_tokenizer(folder):
    (folder / "tokenizer" / "own.py").write_text(CODE)
    changed(folder / "tokenizer" / "tokenizer_config.json", auto_map={"AutoTokenizer": "own.Own"})
    changed(folder / "model_index.json", tokenizer=["transformers", "AutoTokenizer"])


def function_for_class(folder):
    changed(folder / "model_index.json", unet=["os", "system"])


def changed(path, **entries):
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))


@pytest.mark.parametrize(
    "attack",
    [without_safetensors, own_pipeline, own_component, own_module, own_text_encoder, own_tokenizer,
     function_for_class],
    ids=lambda attack: attack.__name__,
)  # fmt: skip
def test_code_in_a_model_folder_does_not_run(place, attack):
    folder = Path(shutil.copytree("sound", "hostile"))
    try:
        attack(folder)
        result = paint(folder)
        assert result.exit_code == 2, result.output
        assert "Fix:" in result.output
    finally:
        shutil.rmtree(folder)


def test_a_sound_folder_paints(place):
    assert paint("sound").exit_code == 0
    assert os.path.getsize("f.mp4") > 0
