"""The packages in plugins/ pass their own tests when installed as wheels."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

PACKAGES = sorted((Path(__file__).parents[2] / "plugins").glob("phosphene-*"))


def python(*arguments, cwd, **env):
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """A folder with the wheels of all packages."""
    folder = tmp_path_factory.mktemp("wheels")
    sources = [shutil.copytree(package, folder / "source" / package.name) for package in PACKAGES]
    python(
        "pip", "wheel", "--no-build-isolation", "--no-deps", "--no-index", "-w", str(folder),
        *map(str, sources), cwd=folder,
    )  # fmt: skip
    return folder


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_a_package_passes_its_tests_as_a_wheel(package, wheels, tmp_path):
    installed = tmp_path / "installed"
    (wheel,) = wheels.glob(f"{package.name.replace('-', '_')}-*-none-any.whl")
    with ZipFile(wheel) as archive:  # pure Python: this is what `pip install --target` does
        archive.extractall(installed)
    shutil.copytree(package / "tests", tmp_path / "tests")
    paths = [str(installed), os.environ.get("PYTHONPATH", "")]
    printed = python(
        "pytest", "-q", "-c", os.devnull, "--rootdir", str(tmp_path), "tests",
        cwd=tmp_path, PYTHONPATH=os.pathsep.join(filter(None, paths)),
    )  # fmt: skip
    assert " passed" in printed
