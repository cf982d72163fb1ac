"""The packages in plugins/ pass their own tests when installed as wheels."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

PACKAGES = sorted((Path(__file__).parents[2] / "plugins").glob("phosphene-*"))


def python(*arguments, cwd, **env):
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_they_pass_their_tests_as_wheels(tmp_path):
    sources = [shutil.copytree(package, tmp_path / "source" / package.name) for package in PACKAGES]
    python(
        "pip", "wheel", "--no-build-isolation", "--no-deps", "--no-index", "-w", "wheels",
        *map(str, sources), cwd=tmp_path,
    )  # fmt: skip
    wheels = list((tmp_path / "wheels").glob("*-none-any.whl"))
    assert len(wheels) == len(PACKAGES)
    for wheel in wheels:
        with ZipFile(wheel) as archive:  # pure Python: this is what `pip install --target` does
            archive.extractall(tmp_path / "installed")
    for package in PACKAGES:
        shutil.copytree(package / "tests", tmp_path / "tests", dirs_exist_ok=True)
    paths = [str(tmp_path / "installed"), os.environ.get("PYTHONPATH", "")]
    printed = python(
        "pytest", "-v", "-c", os.devnull, "--rootdir", str(tmp_path), "tests",
        cwd=tmp_path, PYTHONPATH=os.pathsep.join(filter(None, paths)),
    )  # fmt: skip
    passed = set(re.findall(r"^tests/test_(\w+)\.py::.* PASSED", printed, re.MULTILINE))
    assert {f"phosphene-{name}" for name in passed} == {package.name for package in PACKAGES}
