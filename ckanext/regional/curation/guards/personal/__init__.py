"""Personal data that should not be in a dataset: found in texts, in columns, in rows."""
