"""How well Phosphene hears beats and bars, beside librosa: `python -m benchmarks.hearing`.

It needs `apt-get install fluidsynth timgm6mb-soundfont openttd-openmsx fretsonfire-songs-sectoid`.
"""
