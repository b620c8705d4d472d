"""What every figure shares: colours that can be told apart, the sizes a paper prints, the user's own style, files."""

import io
import logging
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
from cycler import cycler
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from evo.batch.disk import write_atomically
from evo.errors import ScenarioError
from evo.figures.fonts import embedded
from evo.wording import closest, counted, short_name, show, shown

# Apart for colour-blind readers, and the first five in grey too; a test measures both (Machado et al. 2009; CIE L*).
COLOURS = ("#0B3C7D", "#EBA410", "#AB2F62", "#4597C9", "#000000", "#2B8A4A", "#B59AD6", "#7A6A55")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
SHADES = "cividis"  # of shares and of what is ordered: ever lighter, in grey too

DPI = 150
MOST_PIXELS = 6000  # a side, of a figure that can be opened and read everywhere
MM = 1 / 25.4  # inches

STYLE: Any = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.prop_cycle": cycler(color=COLOURS),
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.4,
    "savefig.dpi": DPI,
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
}
# Whatever a user's style says: what people wrote is no formula, and no command to TeX; a size is what was asked for.
_FIXED: Any = {"text.parse_math": False, "text.usetex": False, "savefig.bbox": None}
STYLE |= _FIXED


class Size(NamedTuple):
    """Of a figure, in inches; without a height it is as tall as what it shows needs, at most `TALLEST` widths."""

    width: float
    height: float | None = None


TALLEST = 3.0
COLUMN, PAGE = Size(85 * MM), Size(170 * MM)  # one and two columns of a paper
_LEAST, _MOST = 40, 1000  # millimetres that a side may have


def size_of(text: str) -> Size:
    """'85mm', '170mm' or 'WIDTHxHEIGHT', in millimetres.

    Raises
    ------
    ScenarioError : it is none of these, or has a side that nobody could print
    """
    found = re.fullmatch(r"(\d{1,5}(?:\.\d+)?)(?:x(\d{1,5}(?:\.\d+)?))?(?:mm)?", str(text).strip())
    sides = [float(side) for side in found.groups() if side] if found else []
    if not sides or not all(_LEAST <= side <= _MOST for side in sides):
        raise ScenarioError(
            f"size {show(text)}: must be 85mm, 170mm, or WIDTHxHEIGHT in millimetres, each from {_LEAST} to {_MOST}"
        )
    return Size(*(side * MM for side in sides))


def chosen(style: str | None) -> Any:
    """The settings of a matplotlib style, by its name or as a file.

    Raises
    ------
    ScenarioError : there is no such style, or the file cannot be read as one
    """
    from matplotlib import style as styles

    if style is None:
        return {}
    if style in styles.available:
        return dict(styles.library[style])
    if not Path(style).is_file():
        raise ScenarioError(f"style {show(style)}: is no file, and no style; {closest(style, styles.available)}")
    heard = _Heard()
    log = logging.getLogger("matplotlib")
    log.addFilter(heard)
    try:
        found = dict(mpl.rc_params_from_file(style, use_default_template=False))
    except (OSError, ValueError) as error:
        heard.said.append(str(error))
    finally:
        log.removeFilter(heard)
    if heard.said:  # of what it does not know
        raise ScenarioError(f"style {style}: cannot be read as a matplotlib style: {show(heard.said[0].strip())}")
    return found


class _Heard(logging.Filter):
    """Keeps what is logged, rather than that it be shown."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def filter(self, record: logging.LogRecord) -> bool:
        """Never shown."""
        self.said.append(record.getMessage())
        return False


def _own() -> dict[str, Any]:
    """What the user's matplotlibrc or program set otherwise than matplotlib does."""
    plain = mpl.rcParamsDefault
    keys = [key for key in mpl.rcParams if not key.startswith(("backend", "interactive", "toolbar", "webagg"))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mpl.MatplotlibDeprecationWarning)
        return {key: mpl.rcParams[key] for key in keys if mpl.rcParams[key] != plain[key]}


@contextmanager
def styled(width: float, style: str | None = None) -> Iterator[None]:
    """The house's style for figures of that width in inches, under the user's own settings, under the named style."""
    small = width < 120 * MM
    house = STYLE | {
        "font.size": 7 if small else 8, "axes.titlesize": "medium", "axes.labelsize": "medium",
        "xtick.labelsize": "small", "ytick.labelsize": "small", "legend.fontsize": "small",
        "legend.title_fontsize": "small", "figure.titlesize": "large", "figure.labelsize": "x-small",
        "lines.linewidth": 1.1 if small else 1.3, "lines.markersize": 3.0 if small else 3.8, "axes.linewidth": 0.6,
        "xtick.major.width": 0.6, "ytick.major.width": 0.6, "hatch.linewidth": 0.5, "errorbar.capsize": 1.5,
        "legend.handlelength": 1.8, "legend.columnspacing": 1.2, "savefig.dpi": 300,
    }  # fmt: skip
    with rc_context(house | _own() | chosen(style) | _FIXED):
        yield


@contextmanager
def plain_style(width: float) -> Iterator[None]:
    """The house's style alone, whoever runs this, for figures of that width in inches."""
    with rc_context(mpl.rcParamsDefault), styled(width):
        yield


def colours() -> list[str]:
    """The colours of the style at hand, for things without an order."""
    return list(mpl.rcParams["axes.prop_cycle"].by_key().get("color", COLOURS))


def new_figure(batch: Any, width: float = 5.2, height: float = 3.6) -> tuple[Figure, Axes]:
    """A figure of one panel with the small print: scenario, replicates, seed."""
    with rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots()
    small_print(figure, batch)
    return figure, axes


def logarithmic(axis: Any) -> None:
    """Numbers in full on a logarithmic axis, which is not the place for formulas either."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def wrapped(text: str, width: int = 120, most: int = 12) -> str:
    """What somebody wrote, in lines of so many letters, at most so many lines."""
    lines = [line for part in shown(text).splitlines() for line in textwrap.wrap(part, width) or [""]]
    return "\n".join(lines[:most]) + (" ..." if len(lines) > most else "")


def _write(figure: Figure, where: Any, dpi: float | None = None, exact: bool = False, **how: Any) -> None:
    """Write a figure to a file, named or open, at most `MOST_PIXELS` a side.

    exact : of the size that the figure has, rather than cut to what is drawn
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .*missing from")  # is drawn as a box
        if exact:
            inches = max(figure.get_size_inches())
        else:
            box = figure.get_tightbbox()
            inches = max(box.width, box.height) + 1.0
            how |= {"bbox_inches": "tight", "pad_inches": 0.08}
        wanted = dpi or mpl.rcParams["savefig.dpi"]
        wanted = figure.dpi if wanted == "figure" else wanted
        figure.savefig(where, dpi=min(wanted, MOST_PIXELS / inches), **how)


def save(
    figure: Figure, path: Path, dpi: float | None = DPI, exact: bool = False, by: Callable[..., None] = write_atomically
) -> None:
    """Write a figure, whole or not at all, at most `MOST_PIXELS` a side; the fonts of vector files are in them.

    by : how it comes to its place; `write_where_told` where a person named it
    """
    kind = path.suffix[1:]

    def write(aside: Path) -> None:
        _write(figure, aside, dpi, exact, format=kind)
        if kind == "svg" and mpl.rcParams["svg.fonttype"] == "none":
            aside.write_bytes(embedded(aside.read_bytes()))

    try:
        with rc_context({} if exact else STYLE):
            by(path, write)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ScenarioError(f"{path}: the figure cannot be written: {why}") from None


_NAMED = re.compile(rb'(?<= id=")[^"]+(?=")')
_USED = re.compile(rb'(?:(?<= id=")|(?<=url\(#)|(?<=href="#))[^")]+')


def _in_order(svg: bytes) -> bytes:
    """An SVG file whose parts are named by their order: matplotlib's names follow the last digits of the layout."""
    names = {name: b"i%d" % n for n, name in enumerate(dict.fromkeys(_NAMED.findall(svg)))}
    return _USED.sub(lambda found: names.get(found[0], found[0]), svg)


def image(figure: Figure, kind: str, as_text: bool = False) -> bytes:
    """A figure as the bytes of a file, svg or png, the same bytes each time; letters as shapes, or as text."""
    held = io.BytesIO()
    with rc_context({"svg.fonttype": "none" if as_text else "path", "svg.hashsalt": "evo"}):
        _write(figure, held, DPI, True, format=kind, metadata={"Date": None} if kind == "svg" else None)
    return _in_order(held.getvalue()) if kind == "svg" else held.getvalue()


def small_print(figure: Figure, batch: Any) -> None:
    """Scenario, replicates and seed under a figure."""
    figure.text(0.005, -0.005, origin(batch), fontsize=6, color="0.4", va="top")


def origin(batch: Any) -> str:
    """Where the numbers of a figure come from, in a line."""
    runs = batch.runs()
    cells = runs["cell"].n_unique()
    seed = batch.spec.scenario.batch.seed
    return f"evo · {batch.folder.name} · {counted(len(runs), 'replicate')} in {counted(cells, 'cell')} · seed {seed}"


def label_of(batch: Any, key: str) -> str:
    """Axis label of a swept knob or field, with its unit."""
    table, _, name = key.rpartition(".")
    if table in ("", "deployment", "change"):
        units = {knob.name: knob.unit for knob in batch.spec.world.knobs}
        units |= {"at": "generation"} if table == "change" else {}
    else:
        units = _FIELDS.get(table, {})
    unit = units.get(name, "")
    return f"{short_name(key)} ({unit})" if unit and unit != name else short_name(key)


_FIELDS = {  # units of fields that are no knobs
    "population": {
        "size": "individuals", "generations": "generations", "demes": "demes", "migration": "chance per offspring",
        "budding": "chance per deme and generation", "group_size": "agents", "relatedness": "chance",
        "carriers": "founders",
    },
    "selection": {"parameter": "the scheme's", "elites": "individuals"},
    "variation": {"parents": "parents of an offspring", "crossover_rate": "chance per offspring"},
    "batch": {"seed": "number"},
}  # fmt: skip
