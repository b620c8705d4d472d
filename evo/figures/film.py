"""A film: one genome lives in training, left, and in deployment, right; as a moving picture, or its ways in one."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from evo.batch.disk import write_where_told
from evo.errors import ScenarioError
from evo.figures.style import COLOURS, DPI, MARKERS, STYLE, save
from evo.wording import cell_name
from evo.worlds.world import FIELDS

SUFFIXES = (".gif", ".mp4", ".png")
INSTALL = "pip install 'evo-sandbox[mp4]'"
_X, _Y, _KIND, _STATE = range(len(FIELDS))
_WALL = "wall"  # a kind that fills its place
_FAINT = 0.2  # what is used up
_WITHIN = 0.6  # of its size, what is drawn within another thing in the same place
_SLIM = {"D": 0.8, "^": 1.1, "v": 1.1, "P": 1.1, "X": 1.1, "*": 1.3}  # so that all look alike large
_SECONDS = 0.25  # a step takes
_SHADES = 12  # of each hue in a palette
_HOLD = 4  # steps that the last picture stays


def require(path: Path) -> None:
    """Raise ScenarioError where a film cannot be written as such a file."""
    if path.suffix.lower() not in SUFFIXES:
        raise ScenarioError(f"--out {path}: must end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}")
    if path.suffix.lower() == ".mp4" and find_spec("imageio_ffmpeg") is None:
        raise ScenarioError(f"--out {path}: needs the package imageio-ffmpeg, which is not installed: {INSTALL}")
    if not path.parent.is_dir():
        raise ScenarioError(f"--out {path}: there is no folder {path.parent}")


def _colours(kinds: tuple[str, ...]) -> list[str]:
    rest = iter(COLOURS * (1 + len(kinds) // len(COLOURS)))
    return ["0.72" if kind == _WALL else next(rest) for kind in kinds]


def _marker(kind: str, k: int) -> str:
    return "s" if kind == _WALL else MARKERS[k % len(MARKERS)]


def _wide(kind: str, k: int) -> float:
    """How wide a kind is drawn, in units of a place: each within it, and the first, which lies on top, smaller."""
    return 1.0 if kind == _WALL else (0.46 if k == 0 else 0.62) * _SLIM.get(_marker(kind, k), 1.0)


class _Panel:
    """One life on axes. frames: float64[steps, E, F]."""

    def __init__(self, axes: Axes, place: str, frames: np.ndarray, kinds: tuple[str, ...], box: Any, unit: float):
        self._axes, self._place, self._frames, self._kinds, self._unit = axes, place, frames, kinds, unit
        self._hues = _colours(kinds)
        axes.set_xlim(box[0], box[1])
        axes.set_ylim(box[2], box[3])
        axes.set_aspect("equal")
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[["top", "right"]].set_visible(True)
        self._drawn: list[Any] = []

    def show(self, step: int) -> None:
        """Draw one step, or the last where it is past that."""
        for one in self._drawn:
            one.remove()
        step = min(step, len(self._frames) - 1)
        self._axes.set_title(f"{self._place}, picture {step + 1} of {len(self._frames)}")
        now, below = self._frames[step], stacked(self._frames[step], self._kinds)
        self._drawn = []
        for k, kind in enumerate(self._kinds):
            mine = now[:, _KIND] == k
            rows = now[mine]
            if not rows.size:
                continue
            wide = self._unit * _wide(kind, k) * _WITHIN ** below[mine]
            there = np.clip(rows[:, _STATE], 0.0, 1.0)
            drawn = self._axes.scatter(
                rows[:, _X], rows[:, _Y], s=wide**2, marker=_marker(kind, k), color=self._hues[k], linewidths=0,
                alpha=_FAINT + (1.0 - _FAINT) * there, zorder=2.0 + 1.0 / (1 + k),
            )  # fmt: skip
            self._drawn.append(drawn)

    def ways(self) -> None:
        """Draw the way of everything that moves, since things were last put elsewhere."""
        since = last_scene(self._frames)
        for e in movers(self._frames[since:]):
            way = self._frames[since:, e]
            kind = int(way[-1, _KIND])
            if kind >= 0:
                self._axes.plot(way[:, _X], way[:, _Y], color=self._hues[kind], linewidth=1.2, alpha=0.6, zorder=1)


def stacked(frame: np.ndarray, kinds: tuple[str, ...]) -> np.ndarray:
    """How many things lie below each in its own place, walls aside: int64[E]. frame: float64[E, F].

    An earlier kind lies above a later one, and the first entity of a kind above the rest; each is drawn smaller than
    those below it, so that a monster in the place of the agent is seen around it.
    """
    below = np.zeros(len(frame), np.int64)
    walls = [k for k, kind in enumerate(kinds) if kind == _WALL]
    things = np.flatnonzero((frame[:, _KIND] >= 0) & ~np.isin(frame[:, _KIND], walls))
    for place in np.unique(frame[things][:, [_X, _Y]], axis=0):
        here = things[(frame[things][:, [_X, _Y]] == place).all(axis=1)]
        below[here[np.argsort(frame[here, _KIND], kind="stable")[::-1]]] = np.arange(here.size)
    return below


_SELDOM = 0.25  # of its steps that what is put elsewhere now and then moves in at most, and what moves itself in more


def movers(frames: np.ndarray) -> list[int]:
    """Which entities move of themselves: in more than a few of the steps. frames: float64[steps, E, F]."""
    moved = (np.diff(frames[:, :, [_X, _Y]], axis=0) != 0.0).any(axis=2)
    return [int(e) for e in np.flatnonzero(moved.mean(axis=0) > _SELDOM)] if len(moved) else []


def last_scene(frames: np.ndarray) -> int:
    """The step from which on nothing is put elsewhere any more, as where a level of a life begins; 0 where none is."""
    moved = (np.diff(frames[:, :, [_X, _Y]], axis=0) != 0.0).any(axis=2)
    put = moved[:, moved.mean(axis=0) <= _SELDOM].any(axis=1) if len(moved) else np.zeros(0, np.bool_)
    return int(np.flatnonzero(put)[-1]) + 1 if put.any() else 0


def _figure(filmed: Any, lives: dict[str, np.ndarray]) -> tuple[Figure, list[_Panel]]:
    """A panel for each place, on the same scale. lives: frames by place."""
    film, spec = filmed.cell.spec.world.film, filmed.cell.spec
    everything = np.concatenate([shot[shot[:, :, _KIND] >= 0] for shot in lives.values()])
    low, high = everything[:, [_X, _Y]].min(axis=0) - 0.75, everything[:, [_X, _Y]].max(axis=0) + 0.75
    side = 3.3  # inches of a panel
    inches = side / float((high - low).max())
    figure = Figure(figsize=(2 * side + 0.6, side * float((high - low)[1] / (high - low).max()) + 1.1))
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, 2)
    figure.subplots_adjust(0.03, 0.1, 0.97, 0.84, 0.06)
    box = (float(low[0]), float(high[0]), float(low[1]), float(high[1]))
    panels = []
    for panel, (place, shot) in zip(axes, lives.items(), strict=True):
        panels.append(_Panel(panel, place, shot, film.kinds, box, 72.0 * inches * 0.94))
    named = [
        Line2D([], [], linestyle="none", color=hue, label=kind, marker=_marker(kind, k), markersize=5)
        for k, (kind, hue) in enumerate(zip(film.kinds, _colours(film.kinds), strict=True))
    ]
    named.append(Line2D([], [], linestyle="none", label="pale: done with"))
    figure.legend(handles=named, loc="lower left", ncols=len(named), bbox_to_anchor=(0.01, -0.005), fontsize=7,
                  columnspacing=1.2, handletextpad=0.2)  # fmt: skip
    who = f"agent {filmed.agent}" if filmed.which.isdecimal() else f"the {filmed.which}, agent {filmed.agent}"
    where = cell_name(filmed.cell.set) or spec.scenario.name
    figure.suptitle(
        f"{where}, replicate {filmed.replicate}, generation {filmed.generation}: {who}", x=0.03, ha="left", fontsize=9
    )
    return figure, panels


def write(filmed: Any, path: Path, most: int | None = None) -> None:
    """Write the film into a file, whole or not at all.

    A .gif moves, and a .mp4; a .png holds the last picture, with the way of everything that moves of itself, in the
    last level.

    Parameters
    ----------
    filmed : `evo.analyses.film.Filmed`
    most : pictures of each life at most, from its beginning; all where left out

    Raises
    ------
    ScenarioError : it cannot be written
    """
    lives = {place: shot[:most] for place, shot in filmed.frames.items()}
    longest = max(len(shot) for shot in lives.values())
    with rc_context(STYLE):
        figure, panels = _figure(filmed, lives)
        if path.suffix.lower() == ".png":
            for panel in panels:
                panel.ways()
                panel.show(longest)
            save(figure, path, by=write_where_told)
            return
        pictures = _pictures(figure, panels, longest)
        hues = _colours(filmed.cell.spec.world.film.kinds)
        try:
            if path.suffix.lower() == ".gif":
                write_where_told(path, lambda aside: _write_gif(pictures, hues, aside))
            else:
                write_where_told(path, lambda aside: _write_mp4(pictures, aside))
        except OSError as error:
            raise ScenarioError(f"--out {path}: cannot be written: {error.strerror or error}") from None


def _pictures(figure: Figure, panels: list[_Panel], steps: int) -> Iterator[np.ndarray]:
    """uint8[height, width, 3] of each step, height and width even, as a video has them."""
    figure.set_dpi(DPI * 2 / 3)
    for step in range(steps):
        for panel in panels:
            panel.show(step)
        figure.canvas.draw()
        shown = np.asarray(figure.canvas.buffer_rgba())[:, :, :3]  # type: ignore[attr-defined]
        yield shown[: shown.shape[0] // 2 * 2, : shown.shape[1] // 2 * 2].copy()


def _write_gif(pictures: Iterator[np.ndarray], hues: list[str], path: Path) -> None:
    """All pictures have one palette: each hue and black, as they are and ever nearer to white."""
    from PIL import Image

    count = min(_SHADES, 256 // (1 + len(hues)) - 1)
    paler = np.append(np.linspace(0.0, 0.8, count), 1.0)[:, None]  # nearer to white Pillow takes one for the other
    shades = np.concatenate([(1.0 - paler) * to_rgb(hue) + paler for hue in [*hues, "black"]])
    palette = Image.new("P", (1, 1))
    palette.putpalette(np.rint(255.0 * shades).astype(np.uint8).tobytes())
    first, *rest = (
        Image.fromarray(picture).quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures
    )
    pause = round(1000 * _SECONDS)
    durations = [pause] * len(rest) + [pause * _HOLD]
    first.save(path, save_all=True, format="GIF", append_images=rest, duration=durations, loop=0)


def _write_mp4(pictures: Iterator[np.ndarray], path: Path) -> None:
    """H.264, which browsers and slides show: each step as often as its time needs."""
    from imageio_ffmpeg import write_frames

    picture = next(pictures)
    size = (picture.shape[1], picture.shape[0])
    how = ["-f", "mp4"]  # the file is written aside, under a name that does not tell
    video = write_frames(str(path), size, fps=1 / _SECONDS, macro_block_size=2, ffmpeg_log_level="error",
                         output_params=how)  # fmt: skip
    video.send(None)
    try:
        video.send(picture)
        for picture in pictures:
            video.send(picture)
        for _ in range(_HOLD - 1):
            video.send(picture)
    finally:
        video.close()
