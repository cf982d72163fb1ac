"""OpenVINO graphs paint what the modules paint, the same to the bit from the cache and without."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
import torch
from checkpoints import CHECKPOINTS
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file, save_file
from scores import card, score

from phosphene.engines.presets import Preset, Quality, load_preset
from phosphene.folders import CACHE_VARIABLE
from phosphene.project.tables.model import Model


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoint")
    CHECKPOINTS["sd15"](folder)
    return Preset(str(folder), {"standard": Quality(4, 4, 3.0)}, graphs=True)


def painted(preset, width=64, height=48):
    about = score(width=width, height=height)
    engine = load_preset(preset, Model(device="cpu"), about)
    assert isinstance(engine.unet, UNet2DConditionModel)
    return engine.img2img(card(width, height), about.row(1))


@pytest.fixture(scope="module", autouse=True)
def without_matrix_units():
    with mock.patch("torch.cpu._is_amx_tile_supported", return_value=False):
        yield


@pytest.fixture(scope="module")
def first(preset, tmp_path_factory):
    """A picture, and the cache that painting it has left."""
    folder = tmp_path_factory.mktemp("cache")
    with mock.patch.dict("os.environ", {CACHE_VARIABLE: str(folder)}):
        return painted(preset), folder / "graphs"


@pytest.fixture
def graphs(first, tmp_path, monkeypatch):
    """That cache, to do with as one likes."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    return Path(shutil.copytree(first[1], tmp_path / "graphs"))


def test_they_paint_what_pytorch_paints(preset, first):
    plain = painted(replace(preset, graphs=False))
    assert (plain - first[0]).abs().max() < 1e-4
    assert (plain - card(64, 48)).abs().mean() > 0.01


def test_the_cache_holds_one_for_each_part_and_shape_and_changes_no_bit(preset, first, graphs):
    assert len(list(graphs.iterdir())) == 3  # UNet, encoder and decoder
    assert torch.equal(painted(preset), first[0])
    assert len(list(graphs.iterdir())) == 3
    assert painted(preset, 80, 64).shape == (1, 3, 64, 80)
    assert len(list(graphs.iterdir())) == 6


def test_a_full_cache_drops_the_least_recently_used(preset, graphs, monkeypatch):
    old = {folder.name for folder in graphs.iterdir()}
    size = sum(file.stat().st_size for file in graphs.rglob("*.*"))
    monkeypatch.setattr("phosphene.engines.runtime.openvino_graphs.LIMIT", int(1.2 * size))
    painted(preset, 80, 64)
    left = {folder.name for folder in graphs.iterdir()}
    assert len(left - old) == 3
    assert not old <= left
    assert sum(file.stat().st_size for file in graphs.rglob("*.*")) <= 1.2 * size


@pytest.mark.parametrize("part", ["graph.xml", "graph.bin"])
def test_a_damaged_graph_in_the_cache_is_replaced(preset, first, graphs, part):
    damaged = min(graphs.iterdir()) / part
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[: len(whole) // 2])
    assert torch.equal(painted(preset), first[0])
    assert len(list(graphs.iterdir())) == 3
    assert damaged.stat().st_size > len(whole) // 2


def test_other_weights_are_other_graphs(preset, first, graphs, tmp_path):
    other = Path(shutil.copytree(preset.source, tmp_path / "other"))
    path = other / "unet" / "diffusion_pytorch_model.safetensors"
    save_file({name: 1.1 * weight for name, weight in load_file(path).items()}, path)
    assert not torch.equal(painted(replace(preset, source=str(other))), first[0])
    assert len(list(graphs.iterdir())) == 4


def test_a_cache_that_cannot_be_written_does_no_harm(preset, first, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file"))
    assert (painted(preset) - first[0]).abs().max() < 1e-4


def test_a_signal_still_stops_a_process_after_its_graphs_are_freed():
    """Each `Core` of OpenVINO sets the stack of signal handlers, and resets it when it is gone."""
    script = """
import gc, os, signal, time, torch
from phosphene.engines.runtime.openvino_graphs import Graphs
layers = [torch.nn.Linear(2, size).requires_grad_(False) for size in (2, 3)]
graphs = [Graphs.of(layer, layer.forward) for layer in layers]
for graph in graphs:
    graph(torch.ones(1, 2))
del graph
while graphs:
    graphs.pop(0)
    gc.collect()
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(10)
except KeyboardInterrupt:
    print("stopped")
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (0, "stopped\n"), ran.stderr
