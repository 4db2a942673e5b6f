"""Which cases wait for whom, in questions whose number does not grow with the cases."""
