"""Make `nocturne.flac`, the sample song: 14 bars at 118 BPM with known beats.

    python samples/make_song.py

Four bars of pads and arpeggio, four with drums, a break of two, a finale of three, and a final
chord. The noise is seeded and FLAC is lossless, so the file is always the same.
"""

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

RATE = 44100
BPM = 118.0
BEAT = 60 / BPM
BAR = 4 * BEAT
BARS = 14
LENGTH = BARS * BAR + 1.2  # the reverb rings out
PEAK = 10 ** (-1 / 20)  # -1 dBFS

# MIDI notes: four chords in D minor, one per bar, and the bass note of each.
CHORDS = [(62, 65, 69, 72), (58, 62, 65, 69), (65, 69, 72, 76), (60, 64, 67, 71)]
BASS = [38, 34, 41, 36]
ROUNDS = [0, 1, 2, 3, 0, 1, 2, 3, 1, 3, 0, 1, 3, 0]  # index of the chord in each bar

INTRO, FULL, BREAK, FINALE, END = range(0, 4), range(4, 8), range(8, 10), range(10, 13), 13
DRUMS = (*FULL, *FINALE)

# The melody: (beat within two bars, length in beats, MIDI note).
MELODY = [(0, 1.5, 81), (1.5, 0.5, 79), (2, 1, 77), (3, 1, 76), (4, 2, 74), (6, 1, 77), (7, 1, 76)]

Wave = NDArray[np.float64]


def beat_times() -> Wave:
    """Times of the beats in seconds, shape (4 * BARS,); every fourth begins a bar."""
    return np.arange(4 * BARS) * BEAT


def hertz(note: float) -> float:
    """Frequency of a MIDI note."""
    return 440.0 * 2 ** ((note - 69) / 12)


def seconds(length: float) -> Wave:
    """Sample times of a sound of `length` seconds."""
    return np.arange(int(length * RATE)) / RATE


def swell(t: Wave, rise: float, fall: float) -> Wave:
    """An envelope over `t` with a linear rise and a final linear fall, both in seconds."""
    return np.clip(np.minimum(t / rise, (t[-1] - t) / fall), 0, 1)


def kick() -> Wave:
    """A sine that falls from 160 to 48 Hz."""
    t = seconds(0.35)
    turns = 48 * t + 112 * 0.03 * (1 - np.exp(-t / 0.03))
    return np.sin(2 * np.pi * turns) * np.exp(-t / 0.11) * swell(t, 0.0005, 0.02)


def snare(rng: np.random.Generator) -> Wave:
    """Bright noise over a short 185 Hz tone."""
    t = seconds(0.25)
    noise = sosfilt(butter(2, 1200, "high", fs=RATE, output="sos"), rng.standard_normal(len(t)))
    tone = np.sin(2 * np.pi * 185 * t) * np.exp(-t / 0.04)
    return (0.35 * noise * np.exp(-t / 0.06) + 0.6 * tone) * swell(t, 0.0005, 0.02)


def hat(rng: np.random.Generator) -> Wave:
    """A tick of noise above 7 kHz."""
    t = seconds(0.08)
    noise = sosfilt(butter(4, 7000, "high", fs=RATE, output="sos"), rng.standard_normal(len(t)))
    return 0.5 * noise * np.exp(-t / 0.018) * swell(t, 0.0005, 0.01)


def pluck(note: float, length: float) -> Wave:
    """A soft bell: a few harmonics, each decaying faster than the previous."""
    t = seconds(length)
    partials = (
        np.sin(2 * np.pi * k * hertz(note) * t) * np.exp(-t * 5 * k) / k for k in range(1, 6)
    )
    return sum(partials, np.zeros(len(t))) * swell(t, 0.002, 0.02)


def bass(note: float, length: float) -> Wave:
    """A mellow saw: six harmonics, the higher ones decaying faster."""
    t = seconds(length)
    partials = (
        np.sin(2 * np.pi * k * hertz(note) * t) * np.exp(-t * 2 * k) / k for k in range(1, 7)
    )
    return sum(partials, np.zeros(len(t))) * swell(t, 0.004, 0.03)


def pad(notes: tuple[int, ...], length: float, detune: float) -> Wave:
    """A slow chord of two detuned voices per note."""
    t = seconds(length)
    sound = np.zeros(len(t))
    for note in notes:
        for off in (-detune, detune):
            pitch = hertz(note + off)
            sound += sum(np.sin(2 * np.pi * k * pitch * t + note * k) / k**2 for k in range(1, 5))
    return sound / len(notes) * swell(t, 0.25, 0.35)


def lead(note: float, length: float) -> Wave:
    """A flute with a late vibrato."""
    t = seconds(length)
    vibrato = 0.006 * np.clip(t / 0.4, 0, 1) * np.sin(2 * np.pi * 5.2 * t) / 5.2
    turns = hertz(note) * (t + vibrato)
    tone = np.sin(2 * np.pi * turns) + 0.25 * np.sin(4 * np.pi * turns)
    return tone * swell(t, 0.015, 0.08) * np.exp(-t / 1.2)


class Track:
    """A stereo track that sounds are mixed into."""

    def __init__(self) -> None:
        self.tape = np.zeros((int(LENGTH * RATE), 2))

    def put(self, sound: Wave, time: float, gain: float, side: float = 0.0) -> None:
        """Add `sound` at `time` seconds; `side` pans from -1 (left) to 1 (right) at equal power."""
        start = round(time * RATE)
        sound = sound[: len(self.tape) - start]
        angle = (side + 1) * np.pi / 4
        self.tape[start : start + len(sound), 0] += sound * gain * np.cos(angle) * np.sqrt(2)
        self.tape[start : start + len(sound), 1] += sound * gain * np.sin(angle) * np.sqrt(2)


def play_drums(track: Track, rng: np.random.Generator) -> None:
    """Kick on every beat, snare on two and four, hats on the quavers; a fill into the finale."""
    for bar in DRUMS:
        for beat in range(4):
            time = bar * BAR + beat * BEAT
            track.put(kick(), time, 0.62)
            if beat % 2:
                track.put(snare(rng), time, 0.42, 0.08)
            track.put(hat(rng), time, 0.10, 0.3)
            track.put(hat(rng), time + BEAT / 2, 0.17, -0.3)
    for step in range(8):  # the last two beats of the break
        time = BREAK.stop * BAR + (step / 4 - 2) * BEAT
        track.put(snare(rng), time, 0.08 + 0.035 * step, 0.08)
    track.put(kick(), END * BAR, 0.62)


def play_chords(track: Track) -> None:
    """Wide pads throughout, the bass with the drums, and a long final chord."""
    for bar, chord in enumerate(ROUNDS):
        length = BAR if bar != END else BAR + 0.9
        gain = 0.085 if bar in DRUMS else 0.12
        track.put(pad(CHORDS[chord], length + 0.2, 0.05), bar * BAR, gain, -0.6)
        track.put(pad(CHORDS[chord], length + 0.2, 0.08), bar * BAR, gain, 0.6)
        if bar in DRUMS:
            for eighth in range(8):
                octave = 12 if eighth % 4 == 3 else 0
                accent = 0.30 if eighth == 0 else 0.20
                time = bar * BAR + eighth * BEAT / 2
                track.put(bass(BASS[chord] + octave, BEAT / 2), time, accent)
        else:
            track.put(bass(BASS[chord], length), bar * BAR, 0.30)


def play_notes(track: Track) -> None:
    """The panned arpeggio, and the melody over the drums."""
    for bar in range(END):
        notes = CHORDS[ROUNDS[bar]]
        steps = 8 if bar in INTRO or bar in BREAK else 16
        for step in range(steps):
            note = notes[(0, 1, 2, 3, 2, 1, 3, 2)[step % 8]] + (12 if step % 8 >= 4 else 0)
            accent = 1.0 if step % (steps // 4) == 0 else 0.6
            time = bar * BAR + step * BAR / steps
            track.put(pluck(note, 0.6), time, 0.16 * accent, 0.7 * np.sin(step * np.pi / 4))
    for first in (FULL.start, FULL.start + 2, FINALE.start):
        for beat, length, note in MELODY:
            track.put(lead(note, length * BEAT), first * BAR + beat * BEAT, 0.13, 0.1)
    track.put(lead(74, 3 * BEAT), END * BAR, 0.15, 0.1)


def ducked(tape: Wave) -> Wave:
    """Sidechain ducking: lower the music on every kick."""
    t = np.arange(len(tape)) / RATE
    since = np.mod(t, BEAT)
    bar = np.floor(t / BAR).astype(int)
    depth = np.where(np.isin(bar, DRUMS), 0.55, 0.0)
    return tape * (1 - depth * np.exp(-since / 0.12))[:, None]


def reverb(tape: Wave, rng: np.random.Generator) -> Wave:
    """A hall: decaying noise, different in each channel."""
    t = seconds(1.6)
    hall = rng.standard_normal((len(t), 2)) * np.exp(-t / 0.35)[:, None]
    hall = sosfilt(butter(1, [250, 5000], "band", fs=RATE, output="sos"), hall, axis=0)
    hall /= np.sqrt((hall**2).sum(axis=0))
    return fftconvolve(tape, hall, axes=0)[: len(tape)]


def nocturne() -> NDArray[np.float32]:
    """Synthesise the song: stereo at `RATE`, shape (n, 2), peak -1 dBFS."""
    rng = np.random.default_rng(14)
    drums, chords, notes = Track(), Track(), Track()
    play_drums(drums, rng)
    play_chords(chords)
    play_notes(notes)
    music = ducked(chords.tape + notes.tape)
    mix = drums.tape + music + 0.3 * reverb(music + 0.12 * drums.tape, rng)
    fade = np.clip((LENGTH - np.arange(len(mix)) / RATE) / 0.8, 0, 1)
    mix *= fade[:, None] ** 2
    return (mix * (PEAK / np.abs(mix).max())).astype(np.float32)


def main() -> None:
    """Write the song beside this script."""
    target = Path(__file__).with_name("nocturne.flac")
    # Quantised here, so that the file does not depend on libsndfile's rounding.
    pcm = np.rint(nocturne() * 32767).astype(np.int16)
    soundfile.write(target, pcm, RATE, subtype="PCM_16", compression_level=1.0)
    print(f"{target}: {len(pcm) / RATE:.1f} s, {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
