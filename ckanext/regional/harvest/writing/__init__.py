"""From what a neighbour said of a dataset to the one that stands here."""
