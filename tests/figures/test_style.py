"""Sizes, styles and colours: the user's own settings are honoured, and colours can be told apart by everyone."""

import re
import shutil
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb, to_rgba

import evo
from evo.errors import ScenarioError
from evo.figures.axes import looks
from evo.figures.every import Look, draw_all, save_all
from evo.figures.fonts import cut, inches, lines
from evo.figures.style import COLOURS, label_of, size_of, styled
from tests.batch.worlds import WORLD, write_own
from tests.command import command

# Machado, Oliveira and Fernandes (2009), severity 1: linear RGB as protanopes, deuteranopes and tritanopes see it.
SEEN = {
    "everyone": np.eye(3),
    "protanopes": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopes": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopes": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


def lab(colour, seen="everyone"):
    """CIE L*a*b* (D65) of a colour as somebody sees it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    xyz = np.array(to_xyz) @ np.clip(np.array(SEEN[seen]) @ linear, 0.0, 1.0) / [0.95047, 1.0, 1.08883]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("seen", SEEN)
def test_five_colours_are_told_apart_by_everyone(seen):
    apart = [np.linalg.norm(lab(a, seen) - lab(b, seen)) for a, b in combinations(COLOURS[:5], 2)]
    assert min(apart) > 25  # about 2.3 is just noticeable


def test_and_in_grey():
    assert min(abs(lab(a)[0] - lab(b)[0]) for a, b in combinations(COLOURS[:5], 2)) > 10
    ordered = [lab(look["color"])[0] for look in looks(6, ordered=True)]
    assert min(np.diff(ordered)) > 8  # from dark to light


@pytest.mark.parametrize(("count", "ordered"), [(6, True), (6, False), (64, False), (200, False)])
def test_no_two_lines_look_alike(count, ordered):
    with styled(6.0):
        found = looks(count, ordered)
    told = {(str(one["color"]), str(one["linestyle"]), one["marker"]) for one in found}
    assert len(told) == count


def test_no_two_lines_of_a_drawn_figure_look_alike(tmp_path):
    axes = {"parts": [1, 2, 3, 4, 5], "teeth": [0, 1, 2, 3, 4, 5]}
    small = {"population.size": 40, "population.generations": 10, "population.carriers": 20}
    batch = evo.run(evo.load("wolf_sniper").over(axes).set(small), replicates=2, out=tmp_path)
    figure = draw_all(batch, ["waiting"])["waiting"]
    lines = [line for panel in figure.axes for line in panel.get_lines() if len(line.get_xdata()) > 1]
    looks_of = {(str(to_rgba(line.get_color())), str(line._dash_pattern), str(line.get_marker()), id(line.axes))
                for line in lines}  # fmt: skip
    assert len(lines) >= 30 and len(looks_of) == len(lines)


def test_an_axis_has_the_unit_of_its_own_field(tmp_path):
    """A knob that is called as a field of [population] is none of it."""
    world = WORLD.replace('Knob("effect", 0.5, 0, 1, "fitness"', 'Knob("size", 0.5, 0, 1, "metres"')
    path = write_own(tmp_path, world)
    path.write_text(path.read_text().replace("effect = ", "size = "))
    batch = evo.run(evo.load(path, trust=True), replicates=2, out=tmp_path / "out")
    assert label_of(batch, "size") == "size (metres)"
    assert label_of(batch, "population.size") == "size (individuals)"
    (axes,) = draw_all(batch, ["realized"])["realized"].axes
    assert axes.get_xlabel() == "size (metres)"


def test_options_of_the_command_are_those_of_figures(batch, tmp_path):
    folder = shutil.copytree(batch.folder, tmp_path / batch.folder.name)
    other = evo.run(batch.spec.set({"population.size": 30}), replicates=2, out=tmp_path)
    words = ["figures", folder, "--only", "realized", "--size", "100x60", "--style", "dark_background", "--data"]
    done = command(*words, "--format", "svg", "--with", other.folder)
    assert done.returncode == 0, done.stderr
    name = f"realized-with-{other.folder.name}"
    assert sorted(path.name for path in (folder / "figures").iterdir()) == [f"{name}.csv", f"{name}.svg"]
    picture = (folder / "figures" / f"{name}.svg").read_text()
    width = float(re.search(r'width="([0-9.]+)pt"', picture)[1])
    assert width == pytest.approx(100 / 25.4 * 72, abs=1) and "#ffffff" in picture
    rows = (folder / "figures" / f"{name}.csv").read_text().splitlines()
    assert len(rows) == 1 + 2 * len(batch.cells)


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    spec = evo.load("wolf_sniper").over({"parts": [1, 2]}).set({"population.size": 20, "population.generations": 5})
    return evo.run(spec, replicates=2, out=tmp_path_factory.mktemp("style"))


def test_the_users_own_settings_are_honoured(batch, tmp_path):
    with mpl.rc_context({"axes.grid": True, "axes.prop_cycle": mpl.cycler(color=["#123456", "#abcdef"])}):
        (axes,) = draw_all(batch, ["dumbbell", "realized"])["realized"].axes
        assert axes.xaxis.get_gridlines()[0].get_visible()
        assert to_rgba(axes.lines[0].get_color()) == to_rgba("#123456")
        (table,) = draw_all(batch, ["funnel"])["funnel"].axes  # whose numbers no grid strikes through
        assert not table.xaxis.get_gridlines()[0].get_visible()
    file = tmp_path / "own.mplstyle"
    file.write_text("font.size: 5\nfigure.facecolor: 0.9\ntext.parse_math: True\n")
    figure = draw_all(batch, ["realized"], Look(style=str(file)))["realized"]
    assert to_rgba(figure.get_facecolor()) == to_rgba("0.9") and figure.axes[0].xaxis.label.get_size() == 5
    assert not figure.axes[0].xaxis.label.get_parse_math()  # what people wrote stays text
    assert draw_all(batch, ["realized"], Look(style="dark_background"))["realized"].get_facecolor()[:3] == (0, 0, 0)
    assert not draw_all(batch, ["realized"])["realized"].axes[0].xaxis.get_gridlines()[0].get_visible()


@pytest.mark.parametrize("given", ["", "85", "85mm", "120x80", "120.5x80mm"])
def test_sizes(given):
    if given:
        size = size_of(given)
        assert size.width * 25.4 == pytest.approx(float(given.removesuffix("mm").split("x")[0]))
        assert (size.height is None) == ("x" not in given)


@pytest.mark.parametrize("given", ["", "wide", "85cm", "10mm", "85x", "2000mm", "1e3mm", "85mm x 40mm"])
def test_a_size_that_nobody_can_print_is_refused(batch, given):
    with pytest.raises(ScenarioError, match="85mm, 170mm, or WIDTHxHEIGHT in millimetres, each from 40"):
        draw_all(batch, ["realized"], Look(given))


def test_a_figure_has_the_size_that_was_asked_for(batch):
    (file,) = save_all(batch, only=["realized"], look=Look("100x60"))
    height, width = mpl.image.imread(file).shape[:2]
    assert (width, height) == pytest.approx((100 / 25.4 * 300, 60 / 25.4 * 300), abs=1)


def test_a_style_that_is_none_is_refused(batch, tmp_path):
    with pytest.raises(ScenarioError, match=r"style \"ggplott\": is no file, and no style; did you mean 'ggplot'"):
        draw_all(batch, ["realized"], Look(style="ggplott"))
    broken = tmp_path / "broken.mplstyle"
    broken.write_text("axes.nothing: 1\n")
    with pytest.raises(ScenarioError, match=r"broken.mplstyle: cannot be read as a matplotlib style"):
        draw_all(batch, ["realized"], Look(style=str(broken)))


def test_a_batch_is_not_drawn_beside_itself(batch):
    with pytest.raises(ScenarioError, match="is given twice"):
        draw_all(batch, ["realized"], Look(), batch)


def test_text_is_set_in_lines_that_fit():
    for text in ("a finding made of the numbers, in a sentence", "w" * 300, "", "αβγ " * 30):
        found = lines(text, 1.5, 8, 99)
        assert all(inches(line, 8) <= 1.5 for line in found)
        assert "".join(found).replace(" ", "") == text.replace(" ", "")
    assert len(lines("word " * 200, 1.0, 8, 3)) == 3
    assert inches(cut("parts 2, scaffold 0.25, part_cost 0.001, teeth 20", 1.0)) <= 1.0
