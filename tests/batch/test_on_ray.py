"""A real Ray cluster on this machine; and which nodes are unfit."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phosphene.batch.nodes import Node, differing, node_of
from phosphene.batch.on_ray import Cluster
from phosphene.errors import ProjectError

HERE = Node({"phosphene": "1.0", "torch": "2.5"}, {"strobe": "0.3"}, ())
MAIN = (sys.executable, "-c", "from phosphene.cli import main; main()")
with_ray = pytest.mark.skipif(find_spec("ray") is None, reason="ray is not installed")


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (HERE, []),
        ("No module named 'phosphene'", ["Phosphene 1.0 cannot be run there: No module named 'phosphene'"]),
        (Node({"phosphene": "1.1", "torch": "2.5"}, {"strobe": "0.3"}, ()), ["phosphene is 1.1 there, and 1.0 here"]),
        (Node({"phosphene": "1.0"}, {"strobe": "0.3"}, ()), ["torch is absent there, and 2.5 here"]),
        (Node(HERE.versions, {}, ()), ["the plugin strobe is absent there, and 0.3 here"]),
        (Node(HERE.versions, {"strobe": "0.2"}, ()), ["the plugin strobe is 0.2 there, and 0.3 here"]),
        (Node(HERE.versions, HERE.plugins, ("/songs/a.mp3",)), ["/songs/a.mp3 is not there"]),
    ],
)  # fmt: skip
def test_how_a_node_differs(there, said):
    assert differing(HERE, there) == said


def test_what_a_node_has(tmp_path):
    (tmp_path / "a").touch()
    found = node_of([str(tmp_path / "a"), str(tmp_path / "b")])
    assert found.missing == (str(tmp_path / "b"),)
    assert {"phosphene", "torch", "python"} <= found.versions.keys()
    assert differing(found, found) == []


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    for number in range(3):
        noise = 0.2 * np.random.default_rng(number).standard_normal(22050)
        soundfile.write(folder / f"{number}.wav", noise, 22050)
    return folder


def command(songs, output, *more):
    """The batch of three films of a second, with known speeds, so that none is measured."""
    report = output / "batch-report"
    report.mkdir(parents=True)
    (report / "made-by-phosphene").touch()
    figures = {"none standard 64x64": {"frame": 0.01, "loading": 1.0}}
    (report / "report.json").write_text(json.dumps({"figures": figures}))
    options = ["--model", "none", "--size", "64x64", "--fps", "60", "--jobs", "2"]
    return [*MAIN, "batch", str(songs), "-o", str(output), *options, *more]


def kill_a_worker(output):
    """Kill the Ray worker of the first film that has frames, by its process id."""
    deadline = time.monotonic() + 60
    while not list(output.glob(".*.resume/frames.sums")) and time.monotonic() < deadline:
        time.sleep(0.01)
    name = next(output.glob(".*.resume/frames.sums")).parent.name
    film = name.removeprefix(".").removesuffix(".resume")
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().decode().split("\0")
            if f"--output={output / film}" in words:
                parent = re.search(r"^PPid:\s*(\d+)", (place / "status").read_text(), re.MULTILINE)
                os.kill(int(parent[1]), signal.SIGKILL)
                return film
        except OSError:
            continue
    raise AssertionError("no worker was found")


@with_ray
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are found in /proc")
def test_a_cluster_makes_the_same_films_even_if_a_worker_is_lost(songs, tmp_path):
    alone = subprocess.run(command(songs, tmp_path / "alone"), capture_output=True, text=True)
    assert alone.returncode == 0, alone.stderr
    output = tmp_path / "films"
    with subprocess.Popen(
        command(songs, output, "--on", "ray"), stderr=subprocess.PIPE, text=True
    ) as begun:
        lost = kill_a_worker(output)
        said = begun.stderr.read()
    assert begun.returncode == 0, said
    for name in ("0.mp4", "1.mp4", "2.mp4"):
        assert (output / name).read_bytes() == (tmp_path / "alone" / name).read_bytes()
    report = json.loads((output / "batch-report/report.json").read_text())
    assert {line["film"]: line["attempts"] for line in report["films"]}[lost] == 2
    assert "Resuming after frame" in (output / f"batch-report/{lost}.log").read_text()


@with_ray
@pytest.mark.parametrize(
    ("address", "said"),
    [("127.0.0.1:9", "Connection refused"), ("ray://somewhere", "expected ray, ray://HOST:PORT")],
)
def test_an_unreachable_cluster_is_a_clear_error(tmp_path, address, said):
    with pytest.raises(ProjectError) as error:
        Cluster(address, [], tmp_path, 1, 0)
    assert f"--on {address}: the cluster cannot be reached" in str(error.value)
    assert said in str(error.value)
