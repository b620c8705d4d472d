"""The terminal, wide enough for a table also where it is not one. What people wrote is shown letter for letter."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evo.wording import shown

_WIDE = 1_000_000  # letters: in a pipe or file nothing is folded or cut


class _Plain(Console):
    """A console that takes text for text: no markup, no names of emoji, no commands to the terminal."""

    def render_str(self, text: str, **how: Any) -> Text:
        """A string as it is shown."""
        return super().render_str(shown(text), **how)


def console(stderr: bool = False) -> Console:
    """A console that neither colours numbers nor, in a pipe or file, folds lines."""
    plain: Any = {"stderr": stderr, "highlight": False, "markup": False, "emoji": False}
    terminal = _Plain(**plain)
    return terminal if terminal.is_terminal or terminal.is_jupyter else _Plain(**plain, width=_WIDE)


def titled(title: str, rest: str) -> Text:
    """A line that begins with a title in bold."""
    return Text.assemble((shown(title), "bold"), shown(rest))


def table(*columns: str) -> Table:
    """A plain table: no box, no padding at the edges; what has no room is folded, never cut."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        add_column(made, name)
    return made


def add_column(to: Table, name: str) -> None:
    """A further column."""
    to.add_column(name, overflow="fold")
