"""Renders practice songs with FluidSynth and a General MIDI sound font."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import mido
import numpy as np
import soundfile
from numpy.typing import NDArray

from training.hearing.score import DRUMS, Part, Piece

RATE = 22050
TICKS = 5000  # a beat of 120 BPM: a tick is 0.1 ms
Events = list[tuple[float, int, "mido.Message"]]


def played(
    part: Part, piece: Piece, rng: np.random.Generator
) -> list[tuple[float, float, int, int]]:
    """(begin, end, pitch, velocity) of each note, in seconds, with the player's timing errors."""
    at = np.array([note.at for note in part.notes])
    end = at + np.array([note.length for note in part.notes])
    begin, end = piece.clock.time(at), piece.clock.time(end)
    moved = part.late + rng.normal(0, 1, len(at)) * part.loose
    return [
        (max(b + m, 0.0), max(e + m, b + m + 0.03), int(np.clip(n.pitch, 0, 127)),
         int(np.clip(127 * n.velocity * part.volume, 1, 127)))
        for n, b, e, m in zip(part.notes, begin, end, moved, strict=True)
    ]  # fmt: skip


def midi(piece: Piece, rng: np.random.Generator, leave_out: tuple[int, ...] = ()) -> mido.MidiFile:
    """The song as a MIDI file, without the programmes in `leave_out`."""
    events: Events = []
    channels = iter([c for c in range(16) if c != 9] * 2)
    for part in piece.parts:
        if not part.notes or part.programme in leave_out:
            continue
        channel = 9 if part.programme == DRUMS else next(channels)
        programme = part.kit if channel == 9 else part.programme
        events.append((0.0, 0, mido.Message("program_change", channel=channel, program=programme)))
        pan = mido.Message("control_change", channel=channel, control=10, value=int(part.pan * 127))
        events.append((0.0, 0, pan))
        for begin, end, pitch, velocity in played(part, piece, rng):
            on = mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)
            off = mido.Message("note_off", channel=channel, note=pitch)
            events += [(begin, 2, on), (end, 1, off)]
    track = mido.MidiTrack()
    now = 0
    for time, _, message in sorted(events, key=lambda event: event[:2]):
        tick = round(time * 2 * TICKS)
        track.append(message.copy(time=tick - now))
        now = tick
    return mido.MidiFile(ticks_per_beat=TICKS, tracks=[track])


def fluidsynth(
    file: Path, font: Path, rate: int = RATE, wet: bool = False, gain: float = 0.5
) -> NDArray[np.float32]:
    """Render a MIDI file to mono."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.wav"
        effects = ["-R", str(int(wet)), "-C", str(int(wet))]
        subprocess.run(
            ["fluidsynth", "-ni", "-q", "-o", "synth.dynamic-sample-loading=1",
              "-r", str(rate), "-g", str(gain), *effects,
             "-O", "float", "-T", "wav", "-F", str(out), str(font), str(file)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return np.asarray(soundfile.read(out, dtype="float32", always_2d=True)[0].mean(axis=1))


def with_font(
    piece: Piece,
    font: Path,
    late: float,
    rng: np.random.Generator,
    leave_out: tuple[int, ...] = (),
) -> NDArray[np.float32]:
    """Render the song with a sound font, and compensate for its latency, `late` seconds."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "song.mid"
        midi(piece, rng, leave_out).save(file)
        return fluidsynth(file, font, wet=bool(rng.random() < 0.5))[round(late * RATE) :]
