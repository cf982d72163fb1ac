"""A model's files on the hub, in the cache and in folders, checked before loading."""

import json

import huggingface_hub
import pytest
from huggingface_hub import constants

from phosphene.engines.finding import find_engine
from phosphene.engines.model_files import (
    MAX_JSON,
    cached_file_of,
    check_layout,
    file_of,
    from_cache_or_hub,
)
from phosphene.engines.presets import WORLDS
from phosphene.engines.words.vocabulary import FILE, vocabulary_of
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


def test_without_a_network_the_hub_is_asked_once_and_the_error_names_a_fix(hub):
    with pytest.raises(EngineError, match=r"'someone/model' is not.*in the local cache.*cannot be"):
        file_of("someone/model", "model_index.json")
    assert hub == ["someone/model"]


def test_offline_mode_is_named(hub, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(EngineError, match="HF_HUB_OFFLINE forbids") as caught:
        file_of("phosphene-tests/not-there", "model_index.json")
    assert "Unset HF_HUB_OFFLINE" in caught.value.fix


def test_a_cached_file_needs_no_network(hub, tmp_path):
    folder = tmp_path / "models--someone--model"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text(REVISION)
    (folder / "snapshots" / REVISION).mkdir(parents=True)
    index = folder / "snapshots" / REVISION / "model_index.json"
    index.write_text("{}")
    assert file_of("someone/model", "model_index.json").samefile(index)
    assert hub == []


def test_a_folder_is_never_requested_from_the_hub(hub, tmp_path):
    assert file_of(str(tmp_path), "model_index.json") is None
    assert cached_file_of(str(tmp_path), "model_index.json") is None
    assert hub == []


def test_missing_files_are_downloaded(hub, monkeypatch):
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", lambda self, source, **about: None)
    tries = []

    def load(source, local_files_only):
        tries.append(local_files_only)
        if local_files_only:
            raise OSError("not in the cache")
        return source

    assert from_cache_or_hub(load, "someone/model") == "someone/model"
    assert tries == [True, False]


def test_the_parts_of_the_bundled_model():
    parts = check_layout(str(WORLDS))
    assert parts["unet"] == ("diffusers", "UNet2DConditionModel")
    assert "safety_checker" not in parts  # it has none


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[]", "expected a table, found list"),
        ("null", "found NoneType"),
        ("{}", "`_class_name` is None"),
        ('{"_class_name": ["pipeline", "Own"]}', "`_class_name` is"),
        ('{"_class_name": "X", "unet": ["diffusers", 3]}', "'unet' is"),
        ('{"_class_name": "X", "t": ["transformers", "AutoModel"]}', "'t' is.*AutoModel"),
        ("{", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ('"' + "x" * MAX_JSON + '"', "larger than 16 MiB"),
    ],
    ids=lambda text: text[:20],
)
def test_a_folder_that_does_not_describe_a_pipeline_is_named(registry, tmp_path, content, says):
    (tmp_path / "model_index.json").write_text(content)
    with pytest.raises(EngineError, match=f"model_index.json: .*{says}") as caught:
        find_engine(str(tmp_path), registry)
    assert "diffusers layout" in caught.value.fix


@pytest.mark.parametrize(
    "content",
    [[], 3, None, {}, {"known": 3, "near": {}}, {"known": [1], "near": {}}, {"known": []},
     {"known": [], "near": []}, {"known": [], "near": {"woods": 1}}],
    ids=json.dumps,
)  # fmt: skip
def test_words_of_a_wrong_shape_are_named(tmp_path, content):
    (tmp_path / FILE).write_text(json.dumps(content))
    with pytest.raises(EngineError, match=r"words\.json: expected .*known"):
        vocabulary_of(str(tmp_path))
