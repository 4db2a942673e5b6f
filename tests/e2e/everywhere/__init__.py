"""Every page of ours on one site with data of all kinds: nothing stands in anybody's way, no text is taken for code."""
