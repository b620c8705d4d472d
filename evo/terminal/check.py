"""`evo check`: what is wrong, a line each, or that nothing is."""

from typing import Any

import click


def print_checked(name: str, checked: Any, full: bool) -> None:
    """Say each problem on standard error, or on standard output that there is none."""
    for problem in checked.problems:
        click.echo(f"evo: {problem}", err=True)
    if full and checked.full:
        click.echo(checked.full, err=True)
    if not checked.problems:
        click.echo(f"{name}: nothing wrong was found: every index, trait, knob bound and draw was looked at")
