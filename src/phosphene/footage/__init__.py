"""Pictures and videos of the user, as frames of the film's size and rate."""
