"""The studio: a local web page to play, preview, edit and render a project."""
