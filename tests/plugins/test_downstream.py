"""The packages in plugins/, built and installed as wheels, pass their own tests outside the tree."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = sorted((Path(__file__).parents[2] / "plugins").glob("phosphene-*"))


def python(*arguments, cwd, **env):
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_its_own_tests_pass_with_its_wheel(package, tmp_path):
    source, installed = tmp_path / "source", tmp_path / "installed"
    shutil.copytree(package, source)
    python(
        "pip", "wheel", "--no-build-isolation", "--no-deps", "--no-index", "-w", str(tmp_path),
        str(source), cwd=tmp_path,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    python(
        "pip", "install", "--no-deps", "--no-index", "--target", str(installed), str(wheel),
        cwd=tmp_path,
    )  # fmt: skip
    (tmp_path / "tests").mkdir()
    shutil.copytree(source / "tests", tmp_path / "tests", dirs_exist_ok=True)
    shutil.rmtree(source)
    paths = [str(installed), os.environ.get("PYTHONPATH", "")]
    printed = python(
        "pytest", "-q", "-c", os.devnull, "--rootdir", str(tmp_path), "tests",
        cwd=tmp_path, PYTHONPATH=os.pathsep.join(filter(None, paths)),
    )  # fmt: skip
    assert " passed" in printed
