"""A run: planned, shared out in pages, worked on by any number of workers, ended."""
