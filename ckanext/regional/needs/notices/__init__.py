"""Telling people by e-mail: asking them to confirm what they wrote or support, and what became of it."""
