"""The terminal, wide enough for a table also where it is not one."""

from rich.console import Console
from rich.table import Table


def console(stderr: bool = False) -> Console:
    """A console that neither colours numbers nor, in a pipe or file, folds lines at 80 characters."""
    terminal = Console(stderr=stderr, highlight=False)
    return terminal if terminal.is_terminal else Console(stderr=stderr, highlight=False, width=140, soft_wrap=False)


def table(*columns: str) -> Table:
    """A plain table: no box, no padding at the edges."""
    return Table(*columns, box=None, pad_edge=False, header_style="bold")
