"""The user's pictures and videos, as frames of the film's size and rate."""
