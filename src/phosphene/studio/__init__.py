"""The studio: a local web page on which a project is seen, heard, edited, painted and rendered."""
