"""The built-in director: facts about the film that it composes."""

import tomllib
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from phosphene.composing.compose import compose
from phosphene.directing.direct import directed
from phosphene.directing.director import FORM, direct
from phosphene.directing.form import ROLES
from phosphene.directors import Brief
from phosphene.song.song import Section
from phosphene.testing import synthetic_song
from tests.directing.conftest import SEA, made, project_of, shown

# Shrinking would take minutes.
NO_SHRINK = [phase for phase in Phase if phase is not Phase.shrink]


@pytest.fixture(scope="module")
def score(pop, registry):
    return compose(project_of(directed(FORM, pop, SEA, {"file": "song.wav"}), registry), pop)


def frames(section, fps=12):
    return slice(int(np.floor(section.start * fps)), int(np.floor(section.end * fps)))


def moved(score):
    """Pixels by which the camera moves the picture in each frame, half-way from its centre."""
    c = score.channels
    across = np.hypot(c["translation_x"], c["translation_y"])
    inwards = 64 * np.abs(np.log(c["zoom"]))
    return across + inwards + 64 * np.abs(np.radians(c["rotation"]))


def role_means(score, song, curve):
    return {s.role: float(curve[frames(s)].mean()) for s in song.sections}


def test_there_is_nothing_to_warn_of(score):
    assert score.warnings == ()
    assert score.clamped == {}


def test_a_drop_moves_more_than_twice_as_much_as_a_break(score, pop):
    motion = role_means(score, pop, moved(score))
    assert 2 * motion["break"] < motion["drop"]
    assert motion["break"] < motion["verse"] < motion["drop"]
    assert motion["intro"] < motion["verse"]


def test_a_drop_and_a_chorus_peak_in_the_frame_of_their_downbeat(score, pop):
    for section in pop.sections:
        if section.role in ("drop", "chorus"):
            first = frames(section).start
            for channel in ("strength", "renewal", "brightness"):
                curve = score.channels[channel]
                window = curve[first - 24 : frames(section).stop]
                assert window.argmax() == 24, (section, channel)
            assert score.channels["strength"][first] > 0.8
            assert score.channels["strength"][first - 1] < 0.3


def test_a_drop_cuts_in_the_frame_of_its_downbeat(score, pop):
    drop = next(s for s in pop.sections if s.role == "drop")
    first = frames(drop).start
    before, after = shown(score)[first - 1], shown(score)[first]
    assert before != after
    assert score.weights[first].max() == 1.0
    assert score.weights[first - 1].max() == 1.0


def test_a_build_accelerates_and_its_hits_grow(score, pop):
    build = next(s for s in pop.sections if s.role == "build")
    first, second, third = moved(score)[frames(build)][:72].reshape(3, 24)[:, :18].mean(axis=1)
    assert 1.3 * first < second
    assert 1.3 * second < third
    # Beats are every sixth frame, and hits twice as often.
    strength = score.channels["strength"][frames(build)][:66]
    assert np.all(np.diff(strength[::6]) > 0.0)
    assert np.all(strength[3::6] > strength[2::6])


def test_in_the_last_two_seconds_of_a_build_the_picture_is_almost_still(score, pop):
    build = next(s for s in pop.sections if s.role == "build")
    before, breath = np.split(moved(score)[frames(build)][-48:], 2)
    assert breath.max() < 0.35 * before.max()
    assert breath.mean() < 0.15 * before.mean()
    assert score.channels["brightness"][frames(build)][-1] == pytest.approx(0.5, abs=0.02)


def hush(form, bpm):
    layers = tomllib.loads(direct(made(form, bpm), SEA))["motion"]
    return [layer["amount"]["attack"] for layer in layers if layer.get("look") == "hush"]


def test_a_hush_lasts_two_seconds_or_two_fifths_of_a_short_build():
    def form(role, bars):
        return [("build", "A", 0.2, bars), (role, "B", 1.0, 8)]

    assert hush(form("drop", 8), 120.0) == ["5 beats"]
    assert hush(form("chorus", 8), 180.0) == ["7 beats"]
    assert hush(form("drop", 2), 120.0) == ["3 beats"]
    assert hush(form("verse", 8), 120.0) == []


def test_a_break_repaints_least_and_loses_its_colour(score, pop):
    colour = role_means(score, pop, score.channels["saturation"])
    assert min(colour, key=colour.get) == "break"
    assert colour["break"] < 0.7 * colour["verse"]
    rows = frames(next(s for s in pop.sections if s.role == "break"))
    assert score.channels["strength"][rows] == pytest.approx(0.1)
    assert score.channels["renewal"][rows] == pytest.approx(0.05)


def test_the_film_fades_in_and_out(score):
    light = score.channels["brightness"]
    assert light[0] < 0.1
    assert light[-1] < 0.1
    assert light[60] > 0.7


def test_beats_backbeats_kicks_and_hats_move_different_channels(pop):
    layers = tomllib.loads(direct(pop, SEA))["motion"]
    chorus = next(layer for layer in layers if "hue" in layer.get("to", {}))
    backbeat = next(layer for layer in layers if layer.get("pattern") == ".x.x")
    kick, hat = (next(x for x in layers if x.get("band") == band) for band in ("kick", "hat"))
    assert chorus["pattern"] == "xooo"
    driven = [set(layer["to"]) for layer in (chorus, backbeat, kick, hat)]
    assert "zoom" in driven[0]
    assert driven[1:] == [{"translation_x"}, {"translation_y"}, {"saturation"}]


def test_recurring_sections_share_a_scene_and_neighbours_differ(score, pop):
    at = shown(score)
    middles = [at[frames(s).start + 12] for s in pop.sections]  # one second into each
    by_label = {}
    for section, prompt in zip(pop.sections, middles, strict=True):
        by_label.setdefault(section.label, set()).add(prompt)
    assert all(len(prompts) == 1 for prompts in by_label.values())
    assert all(a != b for a, b in pairwise(middles))
    assert "the sea at night" in by_label["D"].pop()


def test_the_model_knows_every_word(score):
    from phosphene.engines.presets import WORLDS
    from phosphene.engines.words.vocabulary import vocabulary_of

    for prompt in score.prompts:
        assert vocabulary_of(str(WORLDS)).read(prompt).unknown == ()


def test_the_text_can_be_read(pop):
    lines = direct(pop, SEA).splitlines()
    assert len(lines) < 150
    assert lines[1] == "# Idea: the sea at night"
    drop = lines.index("[[scene]]  # 2:00 drop, energy 100%: a cut")
    assert lines[drop + 1 : drop + 4] == [
        'at = "drop"', 'continues = "chorus 1"', "[[scene]]  # 2:32 break, energy 0%",
    ]  # fmt: skip
    tables = [line for line in lines if line.startswith("[[")]
    assert all("  # " in line for line in tables)


def test_scenes_and_gates_are_named_by_sections(pop):
    """Nothing is at a bar or a second, but for the fades; so it follows corrected sections."""
    data = tomllib.loads(direct(pop, SEA))
    named = [f"{s.role} {k}" for s in pop.sections for k in (1, 2)] + [*ROLES]
    assert all(scene["at"] in named for scene in data["scene"])
    assert [scene["continues"] for scene in data["scene"] if "continues" in scene] == [
        "verse 1", "build 1", "chorus 1", "chorus 1", "intro",
    ]  # fmt: skip
    gates = [layer for layer in data["motion"] if "between" in layer or "when" in layer]
    assert len(gates) >= 10
    assert all(layer.get("between", "break") in ("break", "build") for layer in gates)


def test_ranges_are_written_where_parts_are_not_the_sections_of_their_role():
    song = made([("verse", "A", 0.3, 8), ("", "B", 0.9, 8), ("chorus", "C", 0.8, 8)])
    layers = tomllib.loads(direct(song, SEA))["motion"]
    assert {"between": [["bar 9", "100%"]]}.items() <= layers[4].items()


def test_recurring_scenes_are_continued_and_others_are_new(score, pop):
    labels = [section.label for section in pop.sections]
    origins = [scene.origin for scene in score.scenes]
    assert origins == [
        max((j for j in range(k) if labels[j] == label), default=None)
        for k, label in enumerate(labels)
    ]


def test_drops_and_louder_choruses_are_cuts_and_other_scenes_dissolve(score, pop):
    for scene, section in zip(score.scenes[1:], pop.sections[1:], strict=True):
        assert (scene.fade == 0) == (section.role in ("drop", "chorus"))


def test_the_same_seed_gives_the_same_text_and_another_another(pop):
    assert direct(pop, SEA) == direct(pop, SEA)
    assert len({direct(pop, replace(SEA, seed=seed)) for seed in range(8)}) == 8
    assert direct(pop, SEA) != direct(pop, replace(SEA, idea="the sea by day"))


def test_a_song_of_many_sections_still_fits(registry):
    roles = [role for role in ROLES if role not in ("intro", "outro")]
    form = [(roles[k % 6], "ABCDEFGHIJ"[k % 10], k % 7 / 7, 2) for k in range(60)]
    text = directed(FORM, made(form), SEA, {"file": "song.wav"})
    assert 120 < len(text.splitlines()) < 150
    assert compose(project_of(text, registry), made(form)).clamped == {}


@settings(max_examples=10, phases=NO_SHRINK, suppress_health_check=[HealthCheck.too_slow])
@given(
    form=st.lists(
        st.tuples(
            st.sampled_from([*ROLES, ""]), st.sampled_from("ABCDE"), st.floats(0.0, 1.0),
            st.integers(1, 16),
        ),
        max_size=8,
    ),
    bpm=st.sampled_from([0.0, 61.0, 97.3, 128.0, 190.0]),
    metre=st.integers(1, 7),
    idea=st.text(max_size=40),
    seed=st.integers(0, 10**6),
    model=st.sampled_from(["worlds", "sd15"]),
)  # fmt: skip
def test_any_song_and_idea_give_a_project_that_composes(
    registry, form, bpm, metre, idea, seed, model
):
    if bpm and form:
        song = made(form, bpm, metre)
    else:
        song = synthetic_song(37.3, bpm, metre=metre)
        song = replace(
            song, sections=tuple(Section(3.1 * k, 3.1 * k + 3, "A") for k in range(len(form)))
        )
    text = directed(FORM, song, Brief(idea, seed, model), {"file": "song.wav"})
    assert len(text.splitlines()) < 150
    score = compose(project_of(text, registry), song)
    assert all(np.isfinite(curve).all() for curve in score.channels.values())
    assert score.clamped == {}
    new = shown(score)[1:] != shown(score)[:-1]
    new[[scene.start - 1 for scene in score.scenes[1:] if scene.origin is None]] = True
    changes = np.flatnonzero(new) / 12
    longest = np.diff([0.0, *changes, song.duration]).max()
    assert longest <= 20.0 + 1 / 12, text
