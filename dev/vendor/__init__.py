"""Scripts that make the data files the extension ships, each from pinned and checked sources."""
