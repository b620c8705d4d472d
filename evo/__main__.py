"""`evo` and `python -m evo`: first of all it can be interrupted, then the command line loads."""

import os
import sys

from evo import interrupts


def main() -> None:
    """The command."""
    _open_all()
    interrupts.watch()
    from evo.cli import main as command

    command()


def _open_all() -> None:
    """Give a standard stream that was closed a place, or the next file that is opened would take it.

    Python leaves such a stream None, which not all that print are ready for: click before 8.1.4.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8"))


if __name__ == "__main__":
    main()
