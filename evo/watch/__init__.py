"""The live page: a population that evolves while one watches and has a hand on it."""
