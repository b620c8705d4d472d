"""Numbers on the command line, in the one form of every value."""

from typing import Any

import click

from evo.places import MOST_JOBS
from evo.wording import short


class Whole(click.IntRange):
    """A whole number between bounds that are part of it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; what is allowed, where it is none."""
        from evo.scenario.values import Kind, canonical

        try:
            number: int = canonical(value, Kind.WHOLE)
        except ValueError as why:
            self.fail(f"{short(str(value))} {why}", param, ctx)
        return int(super().convert(number, param, ctx))


class Jobs(Whole):
    """How many things are done at once."""

    def __init__(self) -> None:
        super().__init__(1, MOST_JOBS)


class Number(click.FloatRange):
    """A finite number, between bounds where there are any."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number; what is allowed, where it is none."""
        from evo.scenario.values import Kind, canonical

        try:
            number: float = canonical(value, Kind.NUMBER)
        except ValueError as why:
            self.fail(f"{short(str(value))} {why}", param, ctx)
        return float(super().convert(number, param, ctx))
