"""Numbers on the command line, in the one form of every value, and files that will be written."""

import os
from pathlib import Path
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
            bounded = f"must be a whole number from {self.min} to {self.max}" if self.max is not None else why
            self.fail(f"{short(str(value))} {bounded}", param, ctx)
        return int(super().convert(number, param, ctx))


class Jobs(Whole):
    """How many things are done at once."""

    def __init__(self) -> None:
        super().__init__(1, MOST_JOBS)


class Number(click.FloatRange):
    """A finite number, between bounds where there are any."""

    def _describe_range(self) -> str:
        """Bounds, as the help tells them; nothing where there are none."""
        return "" if self.min is None and self.max is None else super()._describe_range()

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number; what is allowed, where it is none."""
        from evo.scenario.values import Kind, canonical

        try:
            number: float = canonical(value, Kind.NUMBER)
        except ValueError as why:
            self.fail(f"{short(str(value))} {why}", param, ctx)
        return float(super().convert(number, param, ctx))


class Written(click.Path):
    """A file that is written at the end: what would not work then is said now, before anything is evolved."""

    def __init__(self, *kinds: str) -> None:
        super().__init__(dir_okay=False)
        self._kinds = kinds

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The file; what is in its way."""
        if not value:
            self.fail("must not be empty", param, ctx)
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if self._kinds and path.suffix not in self._kinds:
            self.fail(f"{short(str(path))} must end in {' or '.join(self._kinds)}", param, ctx)
        if not path.parent.is_dir():
            self.fail(f"{short(str(path))} cannot be written: there is no folder {short(str(path.parent))}", param, ctx)
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            self.fail(f"{short(str(path))} cannot be written: Permission denied", param, ctx)
        return str(path)


def figure_file() -> Written:
    """A file that a figure is drawn into."""
    return Written(".png", ".svg", ".pdf")
