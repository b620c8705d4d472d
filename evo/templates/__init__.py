"""Starts for `evo new`: worlds that run and pass `evo check` as they are, and a scenario of any world."""
