"""Run the checks, as many at once as there are cores, write docs/verification.md and its figures; say what failed."""

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from evo.places import cores
from tests.verification.check import ALPHA, CHECKS, Check, Result, Row
from tests.verification.one import DOCS, checked

HEAD = f"""# Verification

Simulation against theory and against published results. Written by `make verify`; seeds are fixed, so it writes the
same again. Every row has random streams of its own, so that all are independent. Each check is one test, or several
that share a chance of {ALPHA:g} to fail right code (Bonferroni). Rows without p are shown, not tested: they lie outside
the theory's regime, or are other people's numbers. Intervals are of 95 %.
"""


def outside(rows: list[Row]) -> tuple[int, int, float, float]:
    """Rows with a theory and an interval that are tested; how many have theory outside, how many are expected to, and
    the exact chance of as many or more, if all theory is right and all rows are independent.

    Each row's chance is that of its own interval to miss: 0.05, but of shares near 0 or 1 what the binomial law says.
    """
    known = [row for row in rows if row.p is not None and row.low is not None and row.theory is not None]
    chances = np.ones(1)
    for row in known:  # Poisson's binomial law, by one trial after the other
        chances = np.convolve(chances, [1.0 - row.misses, row.misses])
    found = sum(row.outside for row in known)
    return len(known), found, float(sum(row.misses for row in known)), float(chances[found:].sum())


def _tally(results: list[Result]) -> str:
    rows = [row for result in results for row in result.tested]
    n, found, expected, chance = outside(rows)
    return (
        f"There are {len(rows)} independent comparisons in {len(results)} checks. Of the {n} that have theory beside "
        f"an interval, {expected:.1f} were expected to have it outside if all is right, and {found} have; the exact "
        f"chance of as many or more is {chance:.2g} (binomial law, with each row's own chance).\n"
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _row(row: Row) -> str:
    limits = "" if row.low is None else f"{row.low:.4g} to {row.high:.4g}"
    verdict = _number(row.p)[:7] if row.holds is None else ("holds" if row.holds else "FAILS")
    cells = (row.setting, _number(row.measured), limits, _number(row.theory), verdict)
    return "| " + " | ".join(cells) + " |"


def _section(check: Check, result: Result) -> str:
    lines = [
        f"## {check.title}",
        "",
        f"{check.theory}",
        "",
        f"Test: {check.test}. **{'Passed' if result.passed else 'FAILED'}** ({len(result.tested)} tested).",
        *(f"\n{remark}" for remark in result.remarks),
        "",
        f"![{check.title}](images/verification/{check.name}.png)",
        "",
        f"<details><summary>{len(result.rows)} rows</summary>",
        "",
        "| setting | measured | interval | theory | p, or whether it holds |",
        "|---|---|---|---|---|",
        *map(_row, result.rows),
        "",
        "</details>",
        "",
    ]
    return "\n".join(lines)


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"no such check: {', '.join(unknown)}; there are {', '.join(CHECKS)}", file=sys.stderr)
        return 2
    sections, results, failed = [], [], 0
    chosen = names or list(CHECKS)
    with ProcessPoolExecutor(cores(), multiprocessing.get_context("spawn")) as pool:
        for name, (result, took) in zip(chosen, pool.map(checked, chosen), strict=True):
            sections.append(_section(CHECKS[name], result))
            results.append(result)
            failed += not result.passed
            by_p = sorted((row.p, row.setting) for row in result.tested if row.p is not None)
            worst = f", least p {by_p[0][0]:.2g} ({by_p[0][1]})" if by_p else ""
            said = f"{'passed' if result.passed else 'FAILED'}  {name}: {len(result.tested)} tested{worst}"
            print(f"{said}, {took:.0f} s", flush=True)
    if not names:
        (DOCS / "verification.md").write_text("\n".join([HEAD, _tally(results), *sections]), encoding="utf-8")
    print(_tally(results), end="")
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
