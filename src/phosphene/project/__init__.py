"""The project file: its schema, defaults and validation."""
