"""Projects from the files of other programs."""
