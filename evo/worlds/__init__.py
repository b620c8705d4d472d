"""Worlds: one file each, the protocol they follow, and what several of them use."""
