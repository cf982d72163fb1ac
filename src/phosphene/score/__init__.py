"""The Score, and the curves and times that it is composed from."""
