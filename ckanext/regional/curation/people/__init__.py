"""Who reviews what, how they are appointed, and what they may let pass."""
