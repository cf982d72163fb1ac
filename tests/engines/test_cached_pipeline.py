"""A small model is painted from the cache, as with its pipeline."""

import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
import torch
from checkpoints import sd15
from diffusers import AutoencoderTiny
from safetensors.torch import load_file, save_file
from scores import card, score

from phosphene.engines import loading
from phosphene.engines.presets import Preset, Quality
from phosphene.errors import EngineError
from phosphene.folders import CACHE_VARIABLE
from phosphene.project.tables.model import Model

PROMPTS = ("a reef", "a reef, (a, city:1.4)")
ROUNDING = 1e-4  # of a picture from 0 to 1


@pytest.fixture(scope="module", autouse=True)
def without_matrix_units():
    with mock.patch("torch.cpu._is_amx_tile_supported", return_value=False):
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoint")
    sd15(folder)
    AutoencoderTiny(
        encoder_block_out_channels=(8,) * 4, decoder_block_out_channels=(8,) * 4,
        num_encoder_blocks=(1,) * 4, num_decoder_blocks=(1,) * 4,
    ).save_pretrained(folder / "vae")  # fmt: skip
    index = folder / "model_index.json"
    index.write_text(index.read_text().replace("AutoencoderKL", "AutoencoderTiny"))
    return folder


def loaded(folder, about):
    preset = Preset(str(folder), {"standard": Quality(2, 2, 1.5)}, graphs=True)
    return loading.load_engine(preset, Model(device="cpu"), about)


def painted(folder, prompts=PROMPTS):
    about = score(prompts=prompts)
    return loaded(folder, about).img2img(card(about.width, about.height), about.row(1))


@pytest.fixture(scope="module")
def first(folder, tmp_path_factory):
    """A picture, and the cache that painting it has left."""
    cache = tmp_path_factory.mktemp("cache")
    with mock.patch.dict("os.environ", {CACHE_VARIABLE: str(cache)}):
        return painted(folder), cache


@pytest.fixture
def cache(first, tmp_path, monkeypatch):
    """That cache, to do with as one likes."""
    copied = Path(shutil.copytree(first[1], tmp_path / "cache"))
    monkeypatch.setenv(CACHE_VARIABLE, str(copied))
    return copied


@pytest.fixture
def loads(monkeypatch):
    load = mock.Mock(wraps=loading.load_pipeline)
    monkeypatch.setattr(loading, "load_pipeline", load)
    return load


def by_its_pipeline(folder, prompts=PROMPTS):
    with mock.patch.object(loading, "can_cache", return_value=False):
        return painted(folder, prompts)


def test_from_the_cache_no_bit_changes(folder, first, cache, loads):
    assert torch.equal(painted(folder), first[0])
    assert loads.call_count == 0


def test_the_pipeline_paints_the_same_but_for_rounding(folder, first, loads):
    assert (by_its_pipeline(folder) - first[0]).abs().max() < ROUNDING
    assert loads.call_count == 1


def test_a_new_prompt_does_not_load_the_pipeline(folder, first, cache, loads):
    picture = painted(folder, ("a forest", "a city"))
    assert loads.call_count == 0
    assert (picture - by_its_pipeline(folder, ("a forest", "a city"))).abs().max() < ROUNDING
    assert (picture - first[0]).abs().max() > 10 * ROUNDING


@pytest.mark.parametrize("prompt", ["a (forest)", "a city, " * 40], ids=["weights", "long"])
def test_a_new_prompt_with_weights_or_a_long_one_loads_it_once(folder, cache, loads, prompt):
    painted(folder, ("a reef", prompt))
    painted(folder, (prompt, "a reef"))
    assert loads.call_count == 1


def test_a_damaged_file_is_written_again(folder, first, cache, loads):
    (shelf,) = (cache / "models").iterdir()
    for file in shelf.iterdir():
        file.write_bytes(file.read_bytes()[:100])
    assert torch.equal(painted(folder), first[0])
    assert torch.equal(painted(folder), first[0])
    assert loads.call_count == 1


def test_other_weights_have_other_entries(folder, first, cache, loads, tmp_path):
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    path = other / "text_encoder" / "model.safetensors"
    save_file({name: 1.1 * value for name, value in load_file(path).items()}, path)
    assert not torch.equal(painted(other), first[0])
    assert loads.call_count == 1
    assert len(list((cache / "models").iterdir())) == 2


def test_out_of_memory_it_encodes_and_decodes_in_tiles(folder, first, cache, loads, caplog):
    about = score(prompts=PROMPTS)
    engine, refusals = loaded(folder, about), iter([True, True])

    def allocate(*_):
        if next(refusals, False):
            raise torch.OutOfMemoryError("out of memory")

    engine.unet.register_forward_pre_hook(allocate)
    picture = engine.img2img(card(about.width, about.height), about.row(1))
    assert "in tiles" in caplog.text
    assert loads.call_count == 1
    assert (picture - first[0]).abs().mean() < 0.02


def test_a_new_prompt_of_a_model_that_no_longer_loads_is_an_error(folder, cache, monkeypatch):
    monkeypatch.setattr(loading, "load_pipeline", mock.Mock(side_effect=OSError("gone")))
    with pytest.raises(EngineError, match="gone"):
        painted(folder, ("an ocean", "a (forest)"))


def test_from_the_cache_neither_diffusers_nor_transformers_is_imported(folder, cache):
    script = f"""
import sys
from unittest import mock
sys.path.append({str(__file__.rpartition("engines")[0])!r})
from scores import card, score
from phosphene.engines import loading
from phosphene.engines.presets import Preset, Quality
from phosphene.project.tables.model import Model
about = score(prompts={(PROMPTS[1], "a city")!r})
preset = Preset({str(folder)!r}, {{"standard": Quality(2, 2, 1.5)}}, graphs=True)
with mock.patch("torch.cpu._is_amx_tile_supported", return_value=False):
    engine = loading.load_engine(preset, Model(device="cpu"), about)
    engine.img2img(card(about.width, about.height), about.row(1))
print(*{{"compel", "diffusers", "transformers", "scipy.interpolate", "sympy"}} & set(sys.modules))
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (0, "\n"), ran.stderr
