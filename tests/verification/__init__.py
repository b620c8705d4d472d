"""Simulation against theory and published results: named checks, each with a proper test and a figure.

`make verify` runs them all and writes docs/verification.md; `python -m tests.verification NAME ...` runs some.
"""
