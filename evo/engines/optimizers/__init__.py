"""Optimizers other than a genetic algorithm, on the same genomes and the same training fitness."""
