"""Audio files: reading, decoding, tracks, the spectrogram, and clicks."""
