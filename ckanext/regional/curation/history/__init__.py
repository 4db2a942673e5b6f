"""The history of each case: written, sealed, checked, told, and rid of words that must go."""
