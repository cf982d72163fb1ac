"""The cache of analyses, and digests of the code that made them."""
