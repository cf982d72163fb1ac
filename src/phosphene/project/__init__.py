"""The project file: its schema, its defaults, and every mistake in it by name."""
