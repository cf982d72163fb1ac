"""The files of LoRAs, ControlNets and IP-Adapters are checked before anything is loaded."""

import numpy as np
import pytest
from safetensors.numpy import save_file

from phosphene.engines.diffusion.adapters import check_adapters
from phosphene.errors import PhospheneError, ProjectError
from phosphene.painting.engine import unsupported
from phosphene.project.schema import Project
from phosphene.project.tables.model import Model


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_file({"a": np.zeros(1)}, "fine.safetensors")
    save_file({}, "empty.safetensors")
    (tmp_path / "broken.safetensors").write_bytes(b"no weights here")
    (tmp_path / "picture.png").write_bytes(b"png")
    for name in ("net", "pickled"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
    save_file({"a": np.zeros(1)}, "net/model.safetensors")
    (tmp_path / "pickled" / "model.bin").write_bytes(b"pickle")


@pytest.mark.parametrize(
    "model",
    [
        {"lora": [{"path": "fine.safetensors"}, {"path": "owner/name/file.safetensors"}]},
        {"control": [{"path": "net", "kind": "canny"}, {"path": "owner/name", "kind": "tile"}]},
        {"ip_adapter": [
            {"path": "fine.safetensors", "encoder": "net", "image": "picture.png"}]},
    ],
)  # fmt: skip
def test_files_that_are_there_and_names_on_the_hub_pass(files, model):
    check_adapters(Model.model_validate(model))


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ({"lora": [{"path": "no.safetensors"}]}, r"model\.lora\[0\]\.path: no such file"),
        ({"lora": [{"path": "broken.safetensors"}]}, "broken.safetensors is not safetensors"),
        ({"lora": [{"path": "empty.safetensors"}]}, "empty.safetensors has no weights"),
        ({"control": [{"path": "gone", "kind": "tile"}]}, r"control\[0\]\.path: no such folder"),
        ({"control": [{"path": "pickled", "kind": "tile"}]}, "no config.json with .safetensors"),
        ({"control": [{"path": "net", "kind": "image", "image": "no.png"}]},
         r"model\.control\[0\]\.image: no\.png: no such image"),
        ({"ip_adapter": [{"path": "fine.safetensors", "encoder": "gone", "image": "picture.png"}]},
         r"ip_adapter\[0\]\.encoder: no such folder"),
    ],
)  # fmt: skip
def test_missing_and_damaged_files_are_named(files, model, says):
    with pytest.raises(PhospheneError, match=says):
        check_adapters(Model.model_validate(model))


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ({"lora": [{"path": "a.ckpt"}]}, r"model\.lora\[0\]\.path: .*expected a \.safetensors"),
        ({"lora": [{}]}, r"model\.lora\[0\]\.path: is missing"),
        ({"compile": True, "lora": [{"path": "a.safetensors", "driven": True}]}, "fixed weights"),
        ({"control": [{"path": "a", "kind": "image"}]}, "set image"),
        ({"control": [{"path": "a", "kind": "pose"}]}, r"model\.control\[0\]\.kind"),
        ({"control": [{"path": "a", "kind": "tile", "from": "2s"}]}, "from needs a video"),
        (
            {"control": [{"path": "a", "kind": "tile", "image": "a.png", "video": "a.mp4"}]},
            "expected one of image and video",
        ),
    ],
)
def test_mistakes_in_the_project_are_named(project, model, says):
    with pytest.raises(ProjectError, match=says):
        project(model=model)


def test_channels_are_followed_where_something_is_driven(registry):
    from scores import score

    moving = score(lora=0.5, control=0.5, ip_adapter=0.5)
    lora, control = {"path": "a.safetensors", "driven": True}, {"path": "a", "kind": "tile"}
    picture = {"path": "a.safetensors", "encoder": "a", "image": "a.png"}
    every = {"lora": [lora], "control": [control], "ip_adapter": [picture]}
    names = ["control", "ip_adapter", "lora"]
    assert unsupported(registry.engines["sd15"], Model.model_validate(every), moving) == []
    assert unsupported(registry.engines["none"], Model.model_validate(every), moving) == names
    still = Model.model_validate({"lora": [lora | {"driven": False}]})
    assert unsupported(registry.engines["sd15"], still, moving) == names
    compiled = Model.model_validate({"ip_adapter": [picture], "compile": True})
    assert unsupported(registry.engines["sd15"], compiled, moving) == names


def test_files_are_relative_to_the_project(project, tmp_path):
    from phosphene.plugins import load_plugins
    from phosphene.project.file import make_project

    (tmp_path / "own.safetensors").write_bytes(b"")
    loras = [{"path": "own.safetensors"}, {"path": "owner/name/file.safetensors"}]
    data = {"song": {"file": "song.wav"}, "model": {"lora": loras}}
    made = make_project(data, tmp_path / "project.toml", load_plugins())
    assert [lora.path for lora in made.model.lora] == [
        str(tmp_path / "own.safetensors"), "owner/name/file.safetensors",
    ]  # fmt: skip


def test_a_control_of_depth_needs_a_depth():
    data = {
        "song": {"file": "song.wav"},
        "model": {"control": [{"path": "owner/name", "kind": "depth"}]},
    }
    with pytest.raises(ProjectError, match=r'depth: .*kind "depth" needs it; set depth.source'):
        Project.from_data(data)
    assert Project.from_data(data | {"depth": {"source": "ramp"}}).depth.source == "ramp"
