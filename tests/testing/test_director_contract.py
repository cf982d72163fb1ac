import pytest

from phosphene.directing.director import FORM
from phosphene.directors import DirectorSpec
from phosphene.song.song import ROLES
from phosphene.testing import ContractError, DirectorContract, check_director

MOTION = '[[motion]]\nuse = "beat"\nto = { zoom = 0.04 }\n'


def test_a_valid_director_passes():
    check_director(
        DirectorSpec("ok", "", lambda song, brief: f"[model]\nseed = {brief.seed}\n{MOTION}")
    )


class TestForm(DirectorContract):
    spec = FORM


@pytest.mark.parametrize(
    ("direct", "expected"),
    [
        (lambda song, brief: {"motion": []}, "direct.. returned dict"),
        (lambda song, brief: 1 / len(song.beats), "direct.. raised ZeroDivisionError|returned float"),
        (lambda song, brief: f'[prompts.at]\n"0" = "{brief.idea}"\n', "a song in 4/4, idea .*tomlkit"),
        (lambda song, brief: MOTION.replace("beat", "best"), "unknown modulator 'best'"),
        (lambda song, brief: '[prompts.at]\n"bar 3" = "a"\n', "a song of one frame.* outside the song"),
    ],
)  # fmt: skip
def test_each_violation_is_named(direct, expected):
    with pytest.raises(ContractError, match=f"(?s){expected}"):
        check_director(DirectorSpec("odd", "", direct))


def test_a_director_sees_sections_of_every_role():
    seen = set()

    def direct(song, brief):
        seen.update(section.role for section in song.sections)
        return MOTION

    check_director(DirectorSpec("seen", "", direct))
    assert seen == set(ROLES)


def test_a_text_that_differs_between_calls_is_noticed():
    numbers = iter(range(100))
    spec = DirectorSpec("odd", "", lambda song, brief: f"[model]\nseed = {next(numbers)}\n")
    with pytest.raises(ContractError, match="differs between two calls"):
        check_director(spec)
