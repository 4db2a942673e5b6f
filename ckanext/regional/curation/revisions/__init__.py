"""Changes of a published dataset: working copies, what they change, and their taking over."""
