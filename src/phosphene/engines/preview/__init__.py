"""The engine `none`: the camera alone, over a drawn plane."""
