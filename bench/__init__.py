"""Side-by-side benchmarks: figures of one run on one machine, compared with each other and with nothing else."""
