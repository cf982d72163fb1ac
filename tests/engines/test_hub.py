"""Models on the hub: the cache first, one question to the hub, and what is said without a network."""

import huggingface_hub
import pytest
from huggingface_hub import constants

from phosphene.engines.hub import cached_file_of, file_of, from_cache_or_hub
from phosphene.errors import EngineError

REVISION = "a" * 40


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """An empty cache, and a hub that records how often it is asked and cannot be reached."""
    asked = []

    def model_info(self, source, **about):
        asked.append(source)
        raise ConnectionError("Name or service not known")

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", model_info)
    return asked


def test_without_a_network_the_hub_is_asked_once_and_the_way_out_is_told(hub):
    with pytest.raises(EngineError, match=r"'someone/model' is not.*in the local cache.*cannot be"):
        file_of("someone/model", "model_index.json")
    assert hub == ["someone/model"]


def test_offline_mode_is_named(hub, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(EngineError, match="HF_HUB_OFFLINE forbids") as caught:
        file_of("phosphene-tests/not-there", "model_index.json")
    assert "Unset HF_HUB_OFFLINE" in caught.value.fix


def test_what_is_in_the_cache_needs_no_network(hub, tmp_path):
    folder = tmp_path / "models--someone--model"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text(REVISION)
    (folder / "snapshots" / REVISION).mkdir(parents=True)
    index = folder / "snapshots" / REVISION / "model_index.json"
    index.write_text("{}")
    assert file_of("someone/model", "model_index.json").samefile(index)
    assert hub == []


def test_a_folder_is_never_looked_for_on_the_hub(hub, tmp_path):
    assert file_of(str(tmp_path), "model_index.json") is None
    assert cached_file_of(str(tmp_path), "model_index.json") is None
    assert hub == []


def test_the_network_is_used_for_what_the_cache_lacks(hub, monkeypatch):
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", lambda self, source, **about: None)
    tries = []

    def load(source, local_files_only):
        tries.append(local_files_only)
        if local_files_only:
            raise OSError("not in the cache")
        return source

    assert from_cache_or_hub(load, "someone/model") == "someone/model"
    assert tries == [True, False]
