"""What a decision does to dataset, files and tables, in its transaction and after it."""
