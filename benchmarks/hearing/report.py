"""The tables of the hearing benchmark."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import librosa
import numpy as np
import soundfile

from benchmarks.hearing import blind, generated, openmsx, recorded
from benchmarks.hearing.midi_truth import truth
from benchmarks.hearing.rendering import clock_errors, play
from benchmarks.hearing.scores import Scores, mean, offsets, score
from benchmarks.table import markdown
from phosphene.plugins import load_plugins
from phosphene.song.beats.pulse import Pulse
from phosphene.song.beats.trackers import DEFAULT
from phosphene.song.listening import listen
from phosphene.song.song import Song

_COLUMNS = ["beat F", "CMLt", "AMLt", "downbeat F"]
Tracker = Callable[[Path], "Song | Pulse"]


def phosphene(path: Path) -> Song:
    """The beats that Phosphene detects in a file."""
    return listen(path, tracker=load_plugins().trackers[DEFAULT])


def librosa_alone(path: Path) -> Pulse:
    """librosa's beats, with every fourth as a downbeat."""
    samples, rate = librosa.load(path)
    tempo, beats = librosa.beat.beat_track(y=samples, sr=rate, units="time")
    return Pulse(beats, beats[::4], float(np.squeeze(tempo)), 0.0, 4)


TRACKERS: dict[str, Tracker] = {"bars": phosphene, "librosa": librosa_alone}


def _row(scores: Scores) -> list[str]:
    return [f"{figure:.3f}" for figure in astuple(scores)]


def _timing(late: np.ndarray) -> str:
    return f"{1000 * late.mean():+.1f} ± {1000 * late.std():.1f}"


def midi_tables(sets: dict[str, list[Path]], work: Path) -> str:
    """Every track, and the mean of each set, by both trackers."""
    clock = clock_errors()
    rows, means, late = [], [], []
    for of, files in sets.items():
        found: dict[str, list[Scores]] = {name: [] for name in TRACKERS}
        for midi in files:
            true, sound = truth(midi), play(midi, work / "track.wav")
            for name, track in TRACKERS.items():
                pulse = track(sound)
                one = score(true.beats, true.downbeats, pulse.beats, pulse.downbeats)
                found[name].append(one)
                if name == "bars":
                    late.append(offsets(true.beats, pulse.beats) - clock.mean())
            rows.append([midi.stem, of, *_row(found["bars"][-1]), *_row(found["librosa"][-1])])
        means += [[of, str(len(files)), name, *_row(mean(all_))] for name, all_ in found.items()]
    both = [f"{column}{by}" for by in ("", ", librosa") for column in _COLUMNS]
    return "\n\n".join(
        [
            f"The clicks of FluidSynth are {_timing(clock)} ms late, mean and deviation.",
            markdown(["songs", "tracks", "tracker", *_COLUMNS], means),
            f"Correct beats of Phosphene are {_timing(np.concatenate(late))} ms late.",
            markdown(["track", "songs", *both], rows),
        ]
    )


def generated_table(work: Path) -> str:
    """Songs of the project's own generator, by kind."""
    rows = []
    for name, kind in generated.KINDS.items():
        scores, late = [], []
        for piece, sound in generated.songs(kind):
            path = work / "generated.wav"
            soundfile.write(path, sound, generated.RATE, subtype="FLOAT")
            song = phosphene(path)
            scores.append(score(piece.beats, piece.downbeats, song.beats, song.downbeats))
            late.append(offsets(piece.beats, song.beats))
        rows.append([name, str(len(scores)), *_row(mean(scores)), _timing(np.concatenate(late))])
    return markdown(["songs", "n", *_COLUMNS, "delay, ms"], rows)


def recorded_table(folder: Path, work: Path) -> str:
    """The clicks of recordings, compared with their drums."""
    rows = []
    for path in recorded.songs(folder):
        song = phosphene(path)
        late, clicks = recorded.click_offsets(song, work)
        figures = [f"{song.tempo:.1f}", str(song.metre), f"{song.confidence:.2f}"]
        near = f"{len(late)} of {clicks}"
        rows.append(
            [path.parent.name, *figures, near, f"{1000 * np.median(late):+.1f}", _timing(late)]
        )
    columns = ["recording", "BPM", "metre", "confidence", "clicks on a drum"]
    return markdown([*columns, "median delay, ms", "mean and deviation"], rows)


def report(
    music: Path = openmsx.FOLDER, recordings: Path = recorded.FOLDER, of: str = "all"
) -> str:
    """All tables, or those of one kind of songs: openmsx, generated, recorded or blind."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        tables: dict[str, Callable[[], str]] = {
            "openmsx": lambda: midi_tables(openmsx.tracks(music), work),
            "generated": lambda: generated_table(work),
            "recorded": lambda: recorded_table(recordings, work),
            "blind": lambda: midi_tables(blind.tracks(work), work),
        }
        return "\n\n".join(table() for kind, table in tables.items() if of in ("all", kind))
