import contextlib
from copy import deepcopy
from pathlib import Path

import pytest

from phosphene.errors import ProjectError
from phosphene.project.file import make_project, read_data, read_project

SAMPLES = Path(__file__).parents[2] / "samples"
SONG = {"song": {"file": "a.wav"}}


@pytest.mark.parametrize("name", ["nocturne.toml", "article.toml"])
def test_the_samples_are_valid(name, registry):
    project = read_project(SAMPLES / name, registry)
    assert project.song.file.is_file()
    assert project.motion


def test_settings_replace_entries(registry):
    settings = [
        "motion.0.ease=smooth", "video.width=128", 'prompts.at={"0" = "a dog"}', "model.name=none",
        "video.start=1.5s",
    ]  # fmt: skip
    project = read_project(SAMPLES / "article.toml", registry, settings)
    assert project.motion[0].modulator.ease == "smooth"
    assert project.video.width == 128
    assert [str(at) for at in project.prompts.at] == ["0"]
    assert project.video.start.value == 1.5


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["motion.9.ease=smooth"], "no entry '9'"),
        (["motion"], "expected NAME=VALUE"),
        (["video.width.x=1"], "'width' is a value"),
        (["video.widht=1"], "video.widht: unknown key. Did you mean 'width'"),
        (["model.cfg_scale=7"], "model.cfg_scale: unknown key. Did you mean 'guidance_scale'"),
    ],
)
def test_invalid_settings(settings, message, registry):
    with pytest.raises(ProjectError, match=message):
        read_project(SAMPLES / "article.toml", registry, settings)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "song: is missing"),
        ({"song": {"fil": "x"}}, "song.fil: unknown key. Did you mean 'file'"),
        (SONG | {"model": {"quality": "standart"}}, "model.quality: got 'standart': unknown quality. Did you mean 'standard'"),
        (SONG | {"vidio": {}}, "vidio: unknown key. Did you mean 'video'"),
        (SONG | {"video": {"width": "big"}}, "video.width: got 'big'"),
        (SONG | {"video": {"width": 511}}, "video.width: got 511"),
        (SONG | {"video": {"fps": "fast"}}, "video.fps: got 'fast': expected a number"),
        (SONG | {"prompts": {"at": {}}}, "prompts.at: .*at least one prompt"),
        (SONG | {"prompts": {"at": {"0": 3}}}, 'prompts.at."0": got 3: expected text, or {'),
        (
            SONG | {"prompts": {"at": {"0": {"prompt": "a", "blent": "0s"}}}},
            'prompts.at."0".blent: unknown key. Did you mean \'blend\'',
        ),
        (SONG | {"prompts": {"at": {"bar": "x"}}}, "got 'bar': expected a frame"),
        (SONG | {"motion": {"use": "beat"}}, r"motion: expected tables"),
        (SONG | {"motion": [{"to": {}}]}, r"motion\[0\].use is missing"),
        (SONG | {"motion": [{"use": "beet"}]}, "unknown modulator 'beet'. Did you mean 'beat'"),
        (SONG | {"motion": [{"use": "beat", "relase": 1}]}, r"motion\[0\].relase: unknown key. Did you mean 'release'"),
        (SONG | {"motion": [{"use": "beat", "release": "long"}]}, r"motion\[0\].release: got 'long': expected a number of frames"),
        (SONG | {"motion": [{"use": "beat", "to": {"zom": 1}}]}, "unknown channel 'zom'. Did you mean 'zoom'"),
        (SONG | {"motion": [{"use": "beat", "mix": "sum"}]}, r"motion\[0\].mix: got 'sum'"),
        (SONG | {"motion": [{"use": "beat", "between": ["0"]}]}, "expected two positions"),
        (SONG | {"motion": [{"use": "keyframes", "zoom": {"0": "x"}}]}, r'motion\[0\].zoom."0": got \'x\''),
        (SONG | {"motion": [{"use": "keyframes", "zoom": {"0": float("nan")}}]}, "zoom"),
    ],
)  # fmt: skip
def test_every_mistake_names_its_entry(data, message, registry):
    with pytest.raises(ProjectError, match=message):
        make_project(data, Path("p.toml"), registry)


def test_all_mistakes_are_reported_at_once(registry):
    data = SONG | {"video": {"width": 1}, "motion": [{"use": "beet"}, {"use": "beat", "x": 1}]}
    with pytest.raises(ProjectError) as caught:
        make_project(data, Path("p.toml"), registry)
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert all(line.startswith("p.toml: ") for line in lines)


def test_invalid_toml_and_a_missing_file(tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text("[song\n")
    with pytest.raises(ProjectError, match="not valid TOML"):
        read_data(broken)
    with pytest.raises(ProjectError, match="no such project file") as caught:
        read_data(tmp_path / "brken.toml")
    assert "Did you mean 'broken.toml'" in caught.value.fix


WRONG = [
    True, 0, -1, 1.5, 2**63, 10**400, -1e308, float("nan"), float("inf"), "", "²", "x", "1e400", "9" * 400,
    "/dev/zero", "\0", [], [[]], {}, {"x": 1}, [1, "a"],
]  # fmt: skip
VALID = {
    "requires": ["numpy"],
    "song": {"file": "a.wav", "tracker": "bars", "bpm": 100, "offset": 0.1, "downbeat": 2, "metre": 3},
    "video": {"width": 64, "height": 64, "fps": 12, "start": "1", "end": "2s", "image": "a.png", "crf": 9},
    "model": {"name": "none", "seed": 1, "quality": "draft", "steps": 4, "guidance_scale": 2.0, "device": "cpu", "compile": False, "colour_match": 0.5},
    "prompts": {"style": "s", "negative": "n", "blend": 20, "at": {"0": "a"}},
    "plugins": {},
    "motion": [
        {"use": "beat", "to": {"zoom": 0.1}, "mix": "add", "amount": {"0": 1}, "between": ["0", "9"], "mute": False, "solo": True, "when": {"feature": "low", "above": 0.5, "pattern": "x", "subdivision": 2}, "release": "1s"},
        {"use": "noise", "to": {"zoom": 0.1}, "amount": {"use": "level", "at_rest": 1, "bend": 2}},
        {"look": "pulse", "amount": 0.5, "release": "1s"},
    ],
}  # fmt: skip


def entries(value, path=()):
    for key, child in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(child, (dict, list)):
            yield from entries(child, (*path, key))


@pytest.mark.parametrize("path", entries(VALID), ids=lambda path: ".".join(map(str, path)))
def test_a_value_of_any_type_is_accepted_or_a_project_error(path, registry):
    for wrong in WRONG:
        data = deepcopy(VALID)
        place = data
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = deepcopy(wrong)
        with contextlib.suppress(ProjectError):  # no other error is allowed
            make_project(data, Path("p.toml"), registry)


@pytest.mark.parametrize(
    ("name", "folder"), [("~/a.wav", Path.home()), ("~x/a.wav", "p/~x"), ("~how i am~.wav", "p")]
)
def test_only_a_leading_tilde_of_the_user_is_expanded(name, folder, registry):
    project = make_project({"song": {"file": name}}, Path("p/p.toml"), registry)
    assert project.song.file == Path(folder) / Path(name).name


def test_many_mistakes_are_truncated(registry):
    data = SONG | {f"x{k}": 1 for k in range(100)}
    with pytest.raises(ProjectError) as caught:
        make_project(data, Path("p.toml"), registry)
    lines = str(caught.value).splitlines()
    assert len(lines) == 31
    assert lines[-1] == "p.toml: and 70 more"


@pytest.mark.parametrize(
    ("setting", "value"),
    [("[1, 2]", [1, 2]), ("a dog", "a dog"), ("0.2s", "0.2s"), ("1\nb = 2", "1\nb = 2"), ("[" * 99, "[" * 99), ("9" * 5000, "9" * 5000), ("", "")],
    ids=range(7),
)  # fmt: skip
def test_a_setting_is_toml_or_text(setting, value, registry):
    data = dict(SONG)
    with pytest.raises(ProjectError):
        make_project(data, Path("p.toml"), registry, [f"x.y={setting}"])
    assert data["x"] == {"y": value}
