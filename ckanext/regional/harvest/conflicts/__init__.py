"""Datasets that were edited here while their origin went on: merged, shown and decided."""
