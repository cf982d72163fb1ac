"""Renders MIDI files with FluidSynth, and measures its timing with a file of clicks."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import mido
import numpy as np
import soundfile

RATE = 44100
FONT = Path("/usr/share/sounds/sf2/TimGM6mb.sf2")
_CLICK, _LOUD = 76, 127  # a wood block of the General MIDI drums
_TEMPI = (500_000, 333_333, 750_000)  # microseconds per beat
_BEATS = 16  # at each tempo


def play(midi: Path, target: Path) -> Path:
    """Render a MIDI file with `FONT` to a stereo WAV file, without effects.

    Raises
    ------
    FileNotFoundError
        If FluidSynth or the sound font is missing.
    """
    if not FONT.exists():
        raise FileNotFoundError(f"{FONT}: apt-get install fluidsynth timgm6mb-soundfont")
    command = ["fluidsynth", "-ni", "-q", "-r", str(RATE), "-g", "0.5", "-R", "0", "-C", "0"]
    files = ["-T", "wav", "-F", str(target), str(FONT), str(midi)]
    subprocess.run([*command, *files], check=True, capture_output=True)
    return target


def clock_errors() -> np.ndarray:
    """How late FluidSynth plays each click of a file with three tempi, in seconds."""
    track = mido.MidiTrack()
    times, now = [], 0.0
    for tempo in _TEMPI:
        track.append(mido.MetaMessage("set_tempo", tempo=tempo))
        for _ in range(_BEATS):
            times.append(now)
            track.append(mido.Message("note_on", channel=9, note=_CLICK, velocity=_LOUD))
            track.append(mido.Message("note_off", channel=9, note=_CLICK, time=480))
            now += tempo * 1e-6
    with tempfile.TemporaryDirectory() as folder:
        midi = Path(folder) / "clicks.mid"
        mido.MidiFile(tracks=[track]).save(midi)
        sound, rate = soundfile.read(play(midi, midi.with_suffix(".wav")))
    loud = np.abs(sound).max(axis=1)
    first = [_attack(loud[round(time * rate) :][: rate // 4]) for time in times]
    return np.array(first) / rate


def _attack(sound: np.ndarray) -> int:
    """The first sample that has a fifth of the peak amplitude."""
    return int(np.argmax(sound > 0.2 * sound.max()))
