"""A real Ray cluster on this machine; and which nodes are unfit."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import soundfile
from plugin_packages import write_package

import phosphene
from phosphene.batch.ray_cluster import Cluster, Node, differences, node_of, read_environment
from phosphene.errors import ProjectError

HERE = Node({"phosphene": "1.0", "torch": "2.5"}, {"strobe": "0.3"}, ())
MAIN = (sys.executable, "-c", "from phosphene.cli import main; main()")
with_ray = pytest.mark.skipif(find_spec("ray") is None, reason="ray is not installed")


@pytest.mark.parametrize(
    ("there", "expected"),
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
def test_how_a_node_differs(there, expected):
    assert differences(HERE, there) == expected


def test_the_contents_of_a_node(tmp_path):
    (tmp_path / "a").touch()
    found = node_of([str(tmp_path / "a"), str(tmp_path / "b")])
    assert found.missing == (str(tmp_path / "b"),)
    assert {"phosphene", "torch", "python"} <= found.versions.keys()
    assert differences(found, found) == []


SCENES = """
[song]
file = "0.wav"
[video]
width = 64
height = 64
fps = 60
[model]
name = "worlds"
[[scene]]
at = "0.3s"
[[scene]]
at = "0.7s"
dissolve = "0.2s"
"""


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """Two films of a second, and one of three scenes."""
    folder = tmp_path_factory.mktemp("songs")
    for number in range(2):
        noise = 0.2 * np.random.default_rng(number).standard_normal(22050)
        soundfile.write(folder / f"{number}.wav", noise, 22050)
    (folder / "scenes.toml").write_text(SCENES)
    options = 'size = "64x64"\nfps = "60"\nmodel = "none"'
    (folder / "jobs.toml").write_text(
        f'[[job]]\nsongs = "*.wav"\n{options}\n[[job]]\nprojects = "scenes.toml"\n'
    )
    return folder / "jobs.toml"


@pytest.fixture(scope="module")
def cluster():
    """Two nodes on this machine, with a CPU each."""
    from ray.cluster_utils import Cluster as Nodes

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    nodes = Nodes(True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    nodes.second = nodes.add_node(num_cpus=1)
    yield nodes
    nodes.shutdown()


def command(jobs, output, *more):
    """The batch, with known speeds, so that none is measured and the scenes are split."""
    report = output / "batch-report"
    report.mkdir(parents=True)
    (report / "made-by-phosphene").touch()
    kinds = {"none standard 64x64": 0.01, "worlds standard 64x64": 1.0}
    figures = {kind: {"frame": frame, "loading": 1.0} for kind, frame in kinds.items()}
    (report / "report.json").write_text(json.dumps({"figures": figures}))
    return [*MAIN, "batch", str(jobs), "-o", str(output), *more]


def awaited(find):
    deadline = time.monotonic() + 100
    while not (found := find()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert found
    return found


def workers(output):
    """The Ray worker of each film or part that has frames, by its process id."""
    found = {}
    for sums in output.glob("**/.*.resume/frames.sums"):
        try:
            render = int((sums.parent / "lock").read_text())
            status = Path(f"/proc/{render}/status").read_text()
            found[sums.parent.name] = int(re.search(r"^PPid:\s*(\d+)", status, re.MULTILINE)[1])
        except (OSError, ValueError):
            continue
    return found


@with_ray
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are found in /proc")
def test_a_cluster_makes_the_same_films_even_if_a_worker_and_a_node_are_lost(
    jobs, tmp_path, cluster
):
    alone = subprocess.run(command(jobs, tmp_path / "alone"), capture_output=True, text=True)
    assert alone.returncode == 0, alone.stderr
    output = tmp_path / "films"
    with subprocess.Popen(
        command(jobs, output, "--on", cluster.address), stderr=subprocess.PIPE, text=True
    ) as begun:
        lost = awaited(lambda: [*workers(output).items()])[0]
        os.kill(lost[1], signal.SIGKILL)
        awaited(lambda: {*workers(output).values()} - {lost[1]})
        cluster.remove_node(cluster.second, allow_graceful=False)
        printed = begun.stderr.read()
    assert begun.returncode == 0, printed
    assert {path.name for path in output.iterdir()} == {
        "0.mp4", "1.mp4", "scenes.mp4", "batch-report"
    }  # fmt: skip
    for name in ("0.mp4", "1.mp4", "scenes.mp4"):
        assert (output / name).read_bytes() == (tmp_path / "alone" / name).read_bytes()
    report = json.loads((output / "batch-report/report.json").read_text())
    attempts = {line["film"]: line["attempts"] for line in report["films"]}
    assert max(attempts.values()) > 1
    logs = [path.read_text() for path in (output / "batch-report").glob("*.log")]
    assert any("Resuming after frame" in log for log in logs)


def _another_version(folder):
    """This Phosphene, under another version."""
    (folder / "phosphene").symlink_to(Path(phosphene.__file__).parent)
    about = folder / "phosphene-9.9.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: phosphene\nVersion: 9.9\n")


def _broken(folder):
    (folder / "phosphene").mkdir()
    (folder / "phosphene" / "__init__.py").write_text("raise ImportError('half installed')")


@with_ray
@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (_another_version, "phosphene is 9.9 there, and {version} here"),
        (_broken, "Phosphene {version} cannot be run there: "),
        (lambda folder: None, "the plugin phosphene-strobe is absent there, and 0.3 here"),
    ],
    ids=["another version", "broken", "plugin"],
)
def test_a_node_that_is_unfit_ends_the_batch_before_any_film(
    prepare, said, jobs, tmp_path, cluster
):
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.mkdir()
    ours.mkdir()
    prepare(theirs)
    path = os.environ.get("PYTHONPATH", "")
    here = dict(os.environ)
    if not any(theirs.iterdir()):  # nothing is wrong there, and more is installed here
        write_package(ours, "strobe", version="0.3")
        here["PYTHONPATH"] = os.pathsep.join([str(ours), path])
    odd = cluster.add_node(
        num_cpus=1, env_vars={"PYTHONPATH": os.pathsep.join([str(theirs), path])}
    )
    output = tmp_path / "films"
    try:
        begun = command(jobs, output, "--on", cluster.address)
        done = subprocess.run(begun, capture_output=True, text=True, env=here)
    finally:
        cluster.remove_node(odd)
    assert done.returncode == 2, done.stderr
    assert said.format(version=version("phosphene")) in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in output.iterdir()] == ["batch-report"]


@with_ray
@pytest.mark.parametrize(
    ("address", "expected"),
    [("127.0.0.1:9", "Connection refused"), ("ray://somewhere", "expected ray, ray://HOST:PORT")],
)
def test_an_unreachable_cluster_is_a_clear_error(tmp_path, address, expected):
    with pytest.raises(ProjectError) as error:
        Cluster(address, [], tmp_path, 1, 0)
    assert f"--on {address}: the cluster cannot be reached" in str(error.value)
    assert expected in str(error.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("{", "is not JSON"), ("[]", "expected a JSON object"), (None, "cannot be read")],
)
def test_an_invalid_runtime_environment(tmp_path, text, expected):
    path = tmp_path / "env.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ProjectError) as error:
        read_environment(path)
    assert f"--runtime-env {path}" in str(error.value)
    assert expected in str(error.value)
