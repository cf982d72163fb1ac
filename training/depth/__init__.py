"""Training of the network that estimates the depth of pictures of `worlds`."""
