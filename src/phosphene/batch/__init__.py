"""Many films: jobs from a list, each film in a process of its own, resumed and reported."""
