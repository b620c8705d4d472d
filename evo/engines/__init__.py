"""Engines: ways to evolve the replicates of a cell."""
