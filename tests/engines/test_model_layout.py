"""What describes a model folder is checked before anything is loaded from it."""

import json

import pytest

from phosphene.engines.layout import LARGEST, check_layout
from phosphene.engines.names import find_engine
from phosphene.engines.presets import WORLDS
from phosphene.engines.vocabulary import FILE, vocabulary_of
from phosphene.errors import EngineError


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
        ('"' + "x" * LARGEST + '"', "larger than 16 MiB"),
    ],
    ids=lambda text: text[:20],
)
def test_a_folder_that_describes_no_pipeline_is_named(registry, tmp_path, content, says):
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
