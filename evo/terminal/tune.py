"""`evo tune`: what each setting of each optimizer returned in training, and what to write into the scenario."""

from typing import Any

import click

from evo.analyses.tune import Tuned, chosen_table
from evo.terminal.console import console, table
from evo.wording import interval, knobs_text, short_name


def print_tuned(found: list[Tuned]) -> None:
    """Print a line per setting, the best of each kind marked, then the table of the scenario."""
    out = console()
    rows = table("optimizer", "setting", "return in training (95 %)", "")
    for one in found:
        for tried in one.tried:
            named = {short_name(key): value for key, value in tried.set.items()}
            limits = interval(tried.low, tried.high, 4)
            value = f"{tried.mean:.4g}" + (f" ({limits})" if limits else "")
            rows.add_row(one.kind, knobs_text(named), value, "best" if tried is one.best else "")
    out.print(rows)
    out.print(f"each kind took {found[0].lives:,} lives, of the seed after the scenario's own")
    click.echo(chosen_table(found))


def tuned_json(found: list[Tuned]) -> dict[str, Any]:
    """The same as one document."""
    return {
        "lives": found[0].lives,
        "optimizers": {
            one.kind: {"chosen": one.best.set, "tried": [tried.__dict__ for tried in one.tried]} for one in found
        },
    }
