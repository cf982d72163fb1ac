"""The files of the studio's folder: those that the page lists, and those that cannot be used."""

import os
import subprocess
import sys

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient
from studios import HERE, PORT, PROJECT, TOKEN, wait

from phosphene.studio.studio import Studio
from phosphene.studio.web.app import make_app


def studio_of(path):
    """Run `phosphene studio` in its own process; browser tests leave an event loop in this one."""
    code = "from phosphene.cli import main; main()"
    command = [sys.executable, "-c", code, "studio", str(path), "--no-browser"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
@pytest.mark.parametrize("opened", [True, False])
def test_a_name_that_is_not_utf_8_is_not_listed(folder, registry, opened):
    for name in (b"caf\xe9.png", b"caf\xe9.mp3", b"caf\xe9.toml"):
        (folder / os.fsdecode(name)).write_bytes(b"")
    app = make_app(
        Studio(folder, registry, [], folder / "film.toml" if opened else None), TOKEN, PORT
    )
    with TestClient(app, base_url=f"{HERE}/{TOKEN}/", headers={"origin": HERE}) as client:
        state = client.get("api/state").json()
    listed = ("pictures", []), ("projects", ["film.toml"]), ("songs", ["song.wav"])
    assert all(state.get(key, names) == names for key, names in listed)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("film.toml", ".studio cannot be created"),
        ("other.toml", "other.toml cannot be read"),
        pytest.param(
            os.fsdecode(b"caf\xe9.wav"), "is not UTF-8",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode"),
        ),
    ],
)  # fmt: skip
def test_a_project_that_cannot_be_opened_is_an_error_and_no_traceback(folder, name, message):
    (folder / ".studio").write_text("in the way of a folder")
    if name != "film.toml":
        (folder / name).write_bytes(b"\xff")
    result = studio_of(folder / name)
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.returncode == 2


def test_an_image_that_was_removed_is_not_found(ready, folder):
    (folder / "film.toml").write_text(PROJECT.replace("fps = 8", 'fps = 8\nimage = "first.png"'))
    cv2.imwrite(str(folder / "first.png"), np.zeros((64, 64, 3), np.uint8))
    wait(lambda: ready.get("api/images/0").status_code == 200)
    (folder / "first.png").unlink()
    assert ready.get("api/images/0").status_code == 404


def test_plugins_beside_a_project_are_refused_once(folder, monkeypatch, tmp_path_factory):
    monkeypatch.setenv("PHOSPHENE_CONFIG", str(tmp_path_factory.mktemp("settings")))
    (folder / "plugins").mkdir()
    (folder / "plugins" / "mine.py").write_text("")
    (folder / ".studio").write_text("in the way of a folder, so that the command ends")
    result = studio_of(folder / "film.toml")
    assert result.stderr.count("plugins is not loaded") == 1
