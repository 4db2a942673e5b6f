"""When a source is due, and what begins it."""
