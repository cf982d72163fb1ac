from dataclasses import replace

import numpy as np
import pytest

from phosphene.composing.compose import compose
from phosphene.errors import ProjectError, SongError
from phosphene.song.song import Feature, Section
from phosphene.testing.songs import HOP, synthetic_song

TURN = {"use": "keyframes", "rotation": {"0": 2.0}}
FPS = {"video": {"fps": 10}}


def rotation(project, *layers, song=None):
    return compose(project(*layers, **FPS), song or synthetic_song(4.0)).channels["rotation"]


def test_the_amount_may_be_a_curve_of_a_source(project):
    wave = {"use": "oscillator", "wave": "square", "period": "1s", "low": 0.0}
    got = rotation(project, TURN | {"amount": wave})
    np.testing.assert_allclose(got[:10], [2] * 5 + [0] * 5, atol=1e-12)


def test_ducking(project):
    duck = {"use": "beat", "release": "0s", "at_rest": 1.0, "at_full": 0.25}
    got = rotation(project, TURN | {"amount": duck})
    np.testing.assert_allclose(got[:6], [0.5, 2, 2, 2, 2, 0.5])


def test_an_amount_by_a_feature(project):
    got = rotation(project, TURN | {"amount": {"use": "level", "attack": "0s"}})
    np.testing.assert_allclose(got, 1.0)


FORM = tuple(
    Section(start, start + 1.0, label, role)
    for start, label, role in [
        (0.0, "A", "verse"),
        (1.0, "B", "chorus"),
        (2.0, "A", "verse"),
        (3.0, "B", "chorus"),
    ]
)


@pytest.mark.parametrize(
    ("entry", "seconds"),
    [
        ({"between": "chorus"}, [1, 3]),
        ({"between": "chorus 2"}, [3]),
        ({"between": "section 1"}, [0]),
        ({"between": ["chorus", "chorus 2"]}, [1, 2]),
        ({"between": [["0", "1s"], ["chorus 2", "100%"]]}, [0, 3]),
        ({"when": {"section": "verse"}}, [0, 2]),
        ({"when": {"section": ["a", "chorus"]}}, [0, 1, 2, 3]),
    ],
)
def test_gates_follow_the_sections(project, entry, seconds):
    song = replace(synthetic_song(4.0), sections=FORM)
    got = rotation(project, TURN | entry, song=song)
    assert np.flatnonzero(got).tolist() == [10 * s + k for s in seconds for k in range(10)]


def test_several_ranges(project):
    got = rotation(project, TURN | {"between": [["0.5s", "1s"], ["bar 2", "beat 6"]]})
    assert np.flatnonzero(got).tolist() == [5, 6, 7, 8, 9, 20, 21, 22, 23, 24]


def test_open_only_by_a_pattern(project):
    got = rotation(project, TURN | {"when": {"pattern": "x.o."}})
    np.testing.assert_allclose(got[:20], np.repeat([2, 0, 1, 0], 5))


def loud_in_the_middle():
    song = synthetic_song(4.0)
    times = np.arange(len(song.features["rms"].values)) * HOP
    values = np.where((times >= 0.95) & (times < 2.05), 0.8, 0.2)
    return replace(song, features={**song.features, "rms": Feature(values, HOP, "level")})


@pytest.mark.parametrize(
    ("when", "frames"),
    [
        ({"above": 0.5}, range(10, 20)),
        ({"below": 0.5}, [*range(9), *range(21, 40)]),
        ({"above": 0.5, "pattern": ".x..", "subdivision": 1}, []),
        ({"above": 0.5, "pattern": "..x"}, range(10, 15)),
        ({"above": 0.3, "below": 0.9}, range(10, 20)),
    ],
)
def test_open_only_where_a_feature_is_loud(project, when, frames):
    layer = TURN | {"when": {"feature": "rms", **when}}
    got = np.flatnonzero(rotation(project, layer, song=loud_in_the_middle()))
    assert set(frames) <= set(got.tolist())
    assert len(got) <= len(frames) + 2  # the frames on the two edges


def test_mute_and_solo(project):
    other = {"use": "keyframes", "rotation": {"0": 5.0}}
    assert rotation(project, TURN | {"mute": True}, other)[0] == 5.0
    assert rotation(project, TURN | {"solo": True}, other)[0] == 2.0
    assert rotation(project, TURN | {"solo": True}, other | {"solo": True})[0] == 7.0
    assert rotation(project, TURN | {"solo": True, "mute": True}, other)[0] == 0.0


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"amount": {"use": "beet"}}, r"motion\[0\]\.amount\.use: unknown modulator 'beet'\. Did you mean 'beat'"),
        ({"amount": {"use": "beat", "relase": 1}}, r"motion\[0\]\.amount\.relase: unknown key\. Did you mean 'release'"),
        ({"amount": {"use": "beat", "at_ful": 1}}, r"motion\[0\]\.amount\.at_ful: unknown key\. Did you mean 'at_full'"),
        ({"amount": {"use": "beat", "at_full": "x"}}, r"motion\[0\]\.amount\.at_full: got 'x'"),
        ({"amount": "half"}, r"motion\[0\]\.amount: got 'half'"),
        ({"amount": {"bar": 1}}, r"motion\[0\]\.amount.*expected a frame"),
        ({"between": [["0", "1s"], ["2s"]]}, "expected two positions"),
        ({"between": ["0", "bar"]}, r"motion\[0\]\.between: got .*expected a frame"),
        ({"between": "solo"}, r"motion\[0\]\.between: got 'solo': expected section 2, or a role"),
        ({"when": {"section": ""}}, r"motion\[0\]\.when: .*expected"),
        ({"when": {}}, r"motion\[0\]\.when: .*expected"),
        ({"when": {"feature": "low"}}, r"motion\[0\]\.when: .*`above` or `below`"),
        ({"when": {"feature": "low", "abov": 1}}, r"motion\[0\]\.when\.abov: unknown key\. Did you mean 'above'"),
        ({"when": {"section": "a", "subdivision": 2}}, r"motion\[0\]\.when: .*subdivision needs a pattern"),
        ({"when": {"pattern": "x?"}}, r"motion\[0\]\.when\.pattern: got 'x\?'"),
        ({"share": 1}, r"motion\[0\]\.share: unknown key"),
        ({"entry": 1}, r"motion\[0\]\.entry: unknown key"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_entry(project, entry, message):
    with pytest.raises(ProjectError, match=message):
        project(TURN | entry)


@pytest.mark.parametrize(
    ("entry", "error", "message"),
    [
        ({"amount": {"use": "orbit"}}, ProjectError, r"motion\[0\]\.amount: 'orbit' drives its channels"),
        ({"amount": {"use": "keyframes", "zoom": {"bar 99": 1}}}, ProjectError, r'motion\[0\]\.amount\.zoom\."bar 99"'),
        ({"between": [["0", "1s"], ["2s", "bar 99"]]}, ProjectError, r"motion\[0\]\.between\[1\]\[1\]"),
        ({"between": "chorus"}, ProjectError, r"motion\[0\]\.between: position 'chorus' is outside the song, which has no sections"),
        ({"when": {"section": "verse"}}, ProjectError, r"motion\[0\]\.when\.section: no section of the song is 'verse'"),
        ({"when": {"feature": "rsm", "above": 0}}, SongError, r"motion\[0\]\.when\.feature: unknown feature 'rsm'"),
    ],
)  # fmt: skip
def test_positions_outside_the_song_name_their_entry(project, entry, error, message):
    with pytest.raises(error, match=message):
        rotation(project, TURN | entry)
