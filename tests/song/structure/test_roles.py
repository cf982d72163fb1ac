import numpy as np
import pytest

from phosphene.song.structure.roles import with_roles


def roles(form: str, energies: dict[str, float], length: int = 8) -> list[str]:
    """Roles of a form in which each letter has its own constant energy."""
    edges = [length * k for k in range(len(form) + 1)]
    names = sorted(set(form))
    energy = np.repeat([energies[letter] for letter in form], length).astype(float)
    silent = energy == 0
    parts = with_roles(edges, [names.index(letter) for letter in form], energy, silent, 8)
    return [part.role for part in parts]


def test_a_song_of_verses_and_choruses():
    energies = {"I": 0.3, "V": 0.6, "C": 0.9, "O": 0.3}
    found = roles("IVCVCO", energies)
    assert found == ["intro", "verse", "chorus", "verse", "chorus", "outro"]


def test_a_section_quieter_than_both_neighbours_is_a_break_and_a_jump_out_of_it_a_drop():
    found = roles("VBCVBC", {"V": 0.7, "B": 0.4, "C": 0.9})
    assert found == ["verse", "break", "drop", "verse", "break", "drop"]


def test_a_section_that_comes_once_and_late_is_a_bridge():
    assert roles("VCVCXC", {"V": 0.7, "C": 0.9, "X": 0.85}) == [
        "verse", "chorus", "verse", "chorus", "bridge", "chorus",
    ]  # fmt: skip


def test_silence_inside_is_a_break_and_at_the_end_an_outro():
    assert roles("VSVS", {"V": 0.8, "S": 0.0}, 4) == ["chorus", "break", "chorus", "outro"]


def test_a_long_beginning_is_an_intro_if_it_is_much_quieter():
    edges = [0, 24, 32, 40, 48, 56]
    for quiet, role in ((0.3, "intro"), (0.65, "verse")):
        energy = np.repeat([quiet, 0.7, 0.9, 0.7, 0.9], np.diff(edges))
        parts = with_roles(edges, [0, 1, 2, 1, 2], energy, np.zeros(56, bool), 8)
        assert parts[0].role == role


def test_an_ending_in_steps_is_an_outro_from_its_first_step():
    energies = {"V": 0.7, "C": 0.9, "X": 0.6, "Y": 0.3}
    assert roles("VCVCVCXY", energies)[-3:] == ["chorus", "outro", "outro"]


def test_one_section_has_a_role_without_confidence():
    (part,) = with_roles([0, 3], [0], np.full(3, 0.9), np.zeros(3, bool), 8)
    assert (part.role, part.confidence) == ("verse", 0.0)


def test_a_rise_into_a_louder_section_is_split_off_as_a_build():
    energy = np.concatenate([np.full(8, 0.5), np.linspace(0.45, 0.75, 8), np.full(16, 0.95)])
    parts = with_roles([0, 16, 32], [0, 1], energy, np.zeros(32, bool), 8)
    assert [(part.first, part.last, part.role) for part in parts] == [
        (0, 8, "intro"), (8, 16, "build"), (16, 32, "drop"),
    ]  # fmt: skip


@pytest.mark.parametrize("energy", [0.2, 0.9])
def test_energy_is_the_mean_of_the_section(energy):
    parts = with_roles([0, 4, 8], [0, 1], np.repeat([energy, 1.0], 4), np.zeros(8, bool), 8)
    assert [part.energy for part in parts] == pytest.approx([energy, 1.0])
