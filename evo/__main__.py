"""`evo` and `python -m evo`: first of all it can be interrupted, then the command line loads."""

import os
import sys


def _leave_current_folder() -> None:
    """`python -m` looks for modules in the current folder first; nothing but evo itself may come from there."""
    home = os.path.realpath(f"{__file__}/../..")
    try:
        here = os.path.realpath(os.curdir)
    except OSError:  # it is gone, and holds nothing
        return
    if not sys.flags.safe_path and os.path.realpath(sys.path[0]) == here != home:
        del sys.path[0]


if __name__ == "__main__":
    _leave_current_folder()

try:
    from evo import interrupts
except KeyboardInterrupt:  # before anything could heed it
    sys.stderr.write("evo: interrupted\n")
    os._exit(130)


def main(args: list[str] | None = None) -> None:
    """The command; args: its words, those it was started with by default."""
    _open_all()
    interrupts.watch()
    from evo.cli import main as command

    command() if args is None else command(args)  # click tells the two apart, and so does what evo sets up first


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
