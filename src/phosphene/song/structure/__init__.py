"""The structure of a song: its sections, which of them recur, and their roles."""
