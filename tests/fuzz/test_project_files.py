"""Projects of every kind of nonsense: each composes to finite numbers, or is refused by name."""

import json
from copy import deepcopy

import numpy as np
import pytest
import soundfile
from hostile import fuzzed, survives
from hypothesis import given
from hypothesis import strategies as st

RATE = 22050
LAYERS = [
    {"use": "keyframes", "ease": "cubic", "zoom": {"0": 1.0, "1s": 1.02, "bar 2": 1.01}},
    {"use": "keyframes", "rotation": 0.5, "amount": "50%"},
    {"use": "orbit", "radius_x": 2.0, "period": "2 bars"},
    {"use": "spiral", "end_zoom": 1.02, "period": "100%"},
    {"use": "path", "points": {"0": [0, 0], "1s": [10.0, -5.0], "2s": [0, 0]}},
    {"use": "oscillator", "wave": "saw", "period": "1 beat", "low": -1.0, "to": {"zoom": 0.01}},
    {"use": "noise", "period": "1s", "octaves": 3, "seed": 5, "to": {"rotation": 1.0}},
    {"use": "expression", "value": "exp(3 * t)", "to": {"zoom": 0.01}},
    {"use": "expression", "translation_x": "where(bar > 1, sin(t), 0)"},
    {"use": "follow", "of": "zoom", "full": 0.02, "delay": "2", "to": {"strength": 0.1}},
    {"use": "beat", "release": "0.3s", "attack": "50ms", "to": {"zoom": 0.04}, "mix": "multiply"},
    {"use": "beat", "pattern": "x.o.", "subdivision": 2, "to": {"guidance": 0.5}, "mix": "max"},
    {"use": "onset", "band": "kick", "decay": "1 beat", "sustain": 0.5, "to": {"brightness": 0.2}},
    {"use": "level", "feature": "rms", "percentile": 95.0, "bend": 2.0, "to": {"dolly": 0.1}},
    {"use": "beat", "to": {"noise": 0.1}, "amount": {"0": 0.0, "2s": 1.0}, "between": ["0", "2s"]},
    {"use": "beat", "to": {"zoom": 0.1}, "amount": {"use": "level", "at_full": 0.5},
     "when": {"feature": "low", "above": 0.5, "pattern": "x."}},
    {"look": "pulse", "amount": 0.5, "solo": True},
]  # fmt: skip
TABLES = {
    "song": {
        "file": "song.wav",
        "track": 1,
        "offset": 0.01,
        "downbeat": 2,
        "metre": 3,
        "bpm": 100.0,
    },
    "video": {
        "width": 64,
        "height": 64,
        "fps": "12",
        "start": "1",
        "end": "2s",
        "crf": 20,
    },
    "model": {"name": "none", "seed": 1, "quality": "draft", "colour_match": 0.5, "cadence": 2},
    "prompts": {"style": "s", "blend": "1 beat", "at": {"0": "a", "bar 2": "b", "50%": "c"}},
    "title": [
        {
            "text": "a",
            "at": "bar 1",
            "length": "1s",
            "position": [0.5, 1.0],
            "colour": "#ffffff",
            "size": 0.1,
            "outline": 0.1,
            "fade": "0.1s",
        },
    ],
    "plugins": {},
    "requires": [],
}
WHOLE = [0, 1, -1, 2, 3, 48, 255, 10**6, 2**31, 2**62, 2**63, 10**18, 10**19, 10**400, -(10**400)]
REAL = [0.0, -0.0, 0.5, 1e-9, 1e-300, 5e-324, 0.999, 1.5, 60.0, 1e6, 1e18, 1e300, 1e308, -1e300]
ODD = [float("nan"), float("inf"), float("-inf")]
TEXT = [
    "", " ", "0", "-1", "²", "bar ²", "bar 1", "beat 9999999999", "section 1", "1:²0", "٣", "1e400",
    "1e99999999", "0.0000000001s", "1e-9", "99999999999999999999", "9" * 400, "1/0", "1/3", "50%",
    "0.01%", "1000000000 bars", "1000000000s", "100000", "nan", "inf", "~", "~x", "/dev/zero", ".",
    "\0", "\x1b[31m", "x" * 5000, "zoom", "beat", "exp(exp(exp(t)))", "1/0*t", "x.x.", "song.wav",
]  # fmt: skip


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


NUMBERS = st.one_of(
    st.sampled_from([*WHOLE, *REAL, *ODD]),
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(-10, 10).map(lambda value: round(value, 3)),
    st.integers(),
)
VALUES = st.one_of(
    NUMBERS,
    st.sampled_from(TEXT),
    st.text(max_size=20),
    st.booleans(),
    st.sampled_from([[], {}, [[]], {"0": 1}, {"use": "beat"}, ["0", "1s"], nested(40)]),
    st.dictionaries(st.sampled_from(TEXT), NUMBERS, max_size=3),
    st.lists(NUMBERS, max_size=4),
)


def places(value, path=()):
    """The path of every entry."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in inside:
        yield (*path, key)
        if isinstance(one, (dict, list)):
            yield from places(one, (*path, key))


def at(value, path):
    """The entry at a path."""
    for key in path:
        value = value[key]
    return value


@st.composite
def projects(draw):
    """A project that composes, with up to four of its entries replaced, removed or added."""
    motion = draw(st.lists(st.sampled_from(LAYERS), min_size=1, max_size=4))
    project = deepcopy({**TABLES, "motion": motion})
    for key in draw(st.sets(st.sampled_from(["offset", "downbeat", "metre", "bpm"]))):
        del project["song"][key]
    for _ in range(draw(st.integers(0, 4))):
        known = sorted(places(project), key=repr)
        # A whole table is seldom replaced: nothing below it would be read.
        leaves = [path for path in known if not isinstance(at(project, path), (dict, list))]
        moving = [path for path in leaves if path[0] == "motion" and path[-1] not in ("use", "of")]
        path = draw(
            st.sampled_from(draw(st.sampled_from([known, leaves, moving, moving])) or known)
        )
        place = at(project, path[:-1])
        match draw(st.sampled_from(["number", "number", "text", "value", "remove", "add"])):
            case "number":
                place[path[-1]] = draw(NUMBERS)
            case "text":
                place[path[-1]] = draw(st.sampled_from(TEXT))
            case "value":
                place[path[-1]] = deepcopy(draw(VALUES))
            case "remove":
                del place[path[-1]]
            case "add" if isinstance(place, dict):
                known = [
                    "zoom",
                    "amount",
                    "between",
                    "when",
                    "to",
                    "delay",
                    "options",
                    "bar 1",
                    "²",
                ]
                key = draw(st.one_of(st.sampled_from(known), st.text(max_size=8)))
                place[key] = deepcopy(draw(VALUES))
    return project


def toml(value):
    """A value as TOML, in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(str(k))} = {toml(one)}" for k, one in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def write(path, project):
    lines = [f"{toml(key)} = {toml(value)}" for key, value in project.items()]
    path.write_text("\n".join(lines), encoding="utf-8", errors="replace")


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory, registry):
    """A folder with four seconds of clicks; song and plugins are read once."""
    folder = tmp_path_factory.mktemp("projects")
    clicks = np.zeros(4 * RATE)
    for beat in range(8):
        clicks[beat * RATE // 2 :][:400] = 0.8 * np.hanning(400) * np.sin(0.5 * np.arange(400))
    soundfile.write(folder / "song.wav", clicks, RATE)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("phosphene.cli.inputs.registry.registry_for", lambda project: registry)
        yield folder


def composes(folder, *arguments):
    """Whether `p.toml` composes, and then to finite numbers."""
    table = folder / "score.json"
    table.unlink(missing_ok=True)
    result = survives(["compose", "p.toml", "-o", "score.json", *arguments])
    if result.exit_code == 0:
        rows = json.loads(table.read_text())["rows"]
        assert rows
        for row in rows:
            assert all(np.isfinite(value) for value in row.values()), row
    else:
        assert result.exit_code == 2, result.output
        assert "Error" in result.stderr
    return result


@pytest.mark.parametrize("layer", LAYERS, ids=range(len(LAYERS)))
def test_what_is_changed_composes_as_it_is(folder, layer):
    write(folder / "p.toml", TABLES | {"motion": [layer]})
    result = composes(folder)
    assert result.exit_code == 0, result.output


RATES = [[], ["--fps", "0.1"], ["--fps", "23.976"], ["--fps", "240"], ["--size", "8192x16"]]


@fuzzed(120, 8000)
@given(project=projects(), rate=st.sampled_from([[], [], *RATES]))
def test_any_project_composes_or_is_refused(folder, project, rate):
    write(folder / "p.toml", project)
    composes(folder, *rate)


@fuzzed(50, 1500)
@given(
    options=st.lists(
        st.one_of(
            st.tuples(
                st.sampled_from(["--fps", "--seed", "--start", "--end", "--model", "--size", "--prompt"]),
                st.one_of(st.sampled_from(TEXT), NUMBERS.map(str), st.just("64x66"), st.just("24")),
            ),
            st.tuples(
                st.just("--set"),
                st.tuples(
                    st.sampled_from(["motion.0.zoom", "motion.²", "video.fps", "model", "", "..", "a.b"]),
                    VALUES.map(toml),
                ).map("=".join),
            ),
        ),
        max_size=3,
    )
)  # fmt: skip
def test_any_option_composes_or_is_refused(folder, options):
    write(folder / "p.toml", TABLES | {"motion": LAYERS[:3]})
    composes(folder, *(word.replace("\0", "") for option in options for word in option))


@fuzzed(30, 500)
@given(
    text=st.one_of(
        st.text(),
        st.builds(
            lambda opening, count, closing: f"a = {opening * count}{closing * count}",
            st.sampled_from(["[", "{a = ", "[{a = [", "{a.b = "]),
            st.integers(0, 30_000),
            st.sampled_from(["", "]", "}", "]}]"]),
        ),
        st.builds(
            lambda part, count, end: part * count + end,
            st.sampled_from(["a.", '"".', "'a' . ", "[a.", "[[a]]\n", "a = 1\n", '"""', "'''"]),
            st.integers(0, 30_000),
            st.sampled_from(["", "a = 1", "a]"]),
        ),
    )
)
def test_any_text_is_read_or_refused(folder, text):
    (folder / "p.toml").write_text(text, encoding="utf-8", errors="replace")
    composes(folder)
