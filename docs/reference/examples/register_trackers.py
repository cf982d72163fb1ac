import numpy as np

from phosphene import Pulse, Sound, TrackerSpec, hookimpl


def even(sound: Sound) -> Pulse:
    beats = np.arange(0.0, sound.duration, 0.5)
    return Pulse(beats, downbeats=beats[::4], tempo=120.0, confidence=1.0, metre=4)


@hookimpl
def register_trackers(register):
    register(TrackerSpec("even", "a beat every half second", even))
