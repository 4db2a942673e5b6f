"""What people are told of runs by e-mail."""
