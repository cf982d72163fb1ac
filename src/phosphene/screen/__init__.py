"""For the screen: more frames, and larger ones, made of those that are painted."""
