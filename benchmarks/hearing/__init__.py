"""Accuracy of beats and bars, compared with librosa: `python -m benchmarks.hearing`.

It needs `apt-get install fluidsynth timgm6mb-soundfont openttd-openmsx fretsonfire-songs-sectoid`.
"""
