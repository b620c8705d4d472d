"""What people write is shown letter for letter, in the terminal, in figures and on pages; it commands nothing."""

import json
import os
import re
import subprocess
import sys
import warnings

import pytest

import evo
from evo.figures.style import wrapped
from evo.terminal.console import console, table, titled
from evo.wording import markdown, one_line, shown
from tests.command import command, finish

CLAIMS = [
    "The [rifle] costs [bold]a lot[/bold] and [/red] :smile:",
    "It costs $5 and $10, or \\$1.",
    "\x1b]0;owned\x07\x1b[31mred\x1b[0m\rgone\u202eback",
    "狼に銃はない — naïve ☃",
]
SMALL = {"population.size": 40, "population.generations": 10, "batch.replicates": 2, "batch.records": 5}
SETS = ["--set", "population.size=40", "--set", "population.generations=10"]


def written(folder, claim, encoding="utf-8", rest=""):
    text = f'name = "odd"\nclaim = {json.dumps(claim, ensure_ascii=False)}\nsource = {json.dumps(claim)}\n'
    text += 'world = "parts"\n'
    text += '[population]\nsize = 40\ngenerations = 10\n[property]\ntrait = "rifle"\n[batch]\nreplicates = 2\n' + rest
    folder.mkdir(exist_ok=True)
    path = folder / "odd.toml"
    path.write_bytes(text.replace("\u202e", "\\u202e").encode(encoding))
    return path


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_command_shows_a_claim_as_it_was_written(tmp_path, monkeypatch, claim):
    path = written(tmp_path / "scenarios", claim)
    monkeypatch.chdir(tmp_path)
    batch = json.loads(command("run", path, "--json", "--out", "out").stdout)["batch"]
    said = [command(*words) for words in
            (["scenarios"], ["show", "odd"], ["run", path, "--out", "out"], ["why", batch])]  # fmt: skip
    for done in said:
        assert done.returncode == 0 and shown(claim) in done.stdout, done.output
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", done.output)


def test_one_bad_scenario_does_not_hide_the_others(tmp_path, monkeypatch):
    written(tmp_path / "scenarios", "[/red]").with_name("bad.toml").write_text("claim = [[[[\x1b")
    (tmp_path / "scenarios" / "deep.toml").write_text("x = " + "[" * 5000)
    (tmp_path / "scenarios" / "binary.toml").write_bytes(b"\xff\xfe\x00")
    monkeypatch.chdir(tmp_path)
    done = command("scenarios")
    assert done.returncode == 0 and "\x1b" not in done.stdout
    assert all(name in done.stdout for name in ("odd", "igf", "bad", "deep", "binary", "cannot be read"))


def test_a_byte_order_mark_is_read(tmp_path):
    assert command("show", written(tmp_path, "A claim.", encoding="utf-8-sig")).returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_terminal_that_cannot_show_it(tmp_path, encoding):
    path = written(tmp_path, CLAIMS[3])
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C"}
    done = subprocess.run([sys.executable, "-m", "evo", "show", str(path)], env=environment, capture_output=True)
    assert done.returncode == 0 and b"odd" in done.stdout, done.stderr
    assert (CLAIMS[3].encode() in done.stdout) == (encoding == "utf-8")
    words = ["run", str(path), *SETS, "--replicates", "1", "--over", "parts=1", "--out", str(tmp_path / "out")]
    done = subprocess.run([sys.executable, "-m", "evo", *words], env=environment, capture_output=True)
    assert done.returncode == 0 and b"odd" in done.stdout and b"Traceback" not in done.stderr, done.stderr
    assert evo.Batch.open(next((tmp_path / "out").iterdir())).runs().height == 1


def test_messages_are_one_line_and_command_nothing(tmp_path):
    done = command("run", written(tmp_path, "x"), "--set", "property.trait=\x1b[31m\nred")
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "\x1b" not in done.stderr
    assert one_line("a\nb\x1b[0m") == "a\\nb\\x1b[0m" and shown("a\nb\x1b[0m") == "a\nb\\x1b[0m"
    assert shown("\u0646\u200c\u06cc\u202e") == "\u0646\u200c\u06cc\\u202e"  # joiners are part of words


def svg_text(figure, tmp_path):
    figure.savefig(tmp_path / "one.svg")
    bare = re.sub(r"<!--.*?-->", "", (tmp_path / "one.svg").read_text(encoding="utf-8"), flags=re.S)
    return " ".join(re.findall(r">([^<>]+)<", bare)).replace("&lt;", "<").replace("&amp;", "&")


@pytest.mark.parametrize("claim", CLAIMS)
def test_figures_show_it_too(tmp_path, claim):
    folder = command("run", written(tmp_path, claim), "--out", tmp_path / "out", "--quiet").stdout.strip()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        done = command("figures", folder, "--format", "svg")
    assert done.returncode == 0 and not done.stderr, done.output
    page = evo.Batch.open(folder).folder / "figures" / "page.svg"
    bare = re.sub(r"<!--.*?-->", "", page.read_text(encoding="utf-8"), flags=re.S)
    assert shown(claim).strip() in " ".join(re.findall(r">([^<>]+)<", bare)).replace("&lt;", "<")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "The [rifle] costs | *a* `lot`\nand <b>$5</b>",
            r"The \[rifle\] costs \| \*a\* \`lot\` and &lt;b>\$5&lt;/b>",
        ),
        ("part_cost _is_ r b > c, R & D, &amp; \x1b", r"part_cost \_is\_ r b > c, R & D, &amp;amp; \\x1b"),
        ("# 1. is", r"\# 1. is"),
        ("1. is", r"1\. is"),
    ],
)
def test_pages_show_it_too(text, said):
    assert markdown(text) == said


def test_a_long_claim_is_wrapped_and_ends():
    assert wrapped("word " * 10) == "word " * 9 + "word"
    lines = wrapped("word " * 5000).splitlines()
    assert len(lines) == 12 and max(map(len, lines)) <= 124 and lines[-1].endswith(" ...")


def test_a_table_of_many_columns_is_whole_in_a_pipe(tmp_path):
    """A process has a pipe, and no terminal whose width would be asked for."""
    fields = [
        "population.migration", "tooth_forward_rate", "tooth_back_rate", "forward_rate", "back_rate", "tooth_effect",
        "scaffold", "part_cost",
    ]  # fmt: skip
    axes = [word for field in fields for word in ("--over", f"{field}=0.0123456789")]
    done = finish("run", "wolf_sniper", *SETS, *axes, "--replicates", 1, "--out", tmp_path)
    assert done.returncode == 0 and "…" not in done.stdout and done.stdout.count("0.0123456789") >= len(fields)
    head = next(line for line in done.stdout.splitlines() if "tooth_forward_rate" in line)
    assert all(field.rpartition(".")[2] in head for field in fields)


def test_tables_are_whole_in_a_pipe_and_folded_in_a_narrow_terminal(capsys, monkeypatch):
    rows = table("name", "what")
    rows.add_row("x" * 150, "[b]" + "y" * 150)
    console().print(rows)
    console().print(titled("[a]", ": " + "z" * 300))
    said = capsys.readouterr().out
    assert "x" * 150 in said and "[b]" + "y" * 150 in said and "[a]: " + "z" * 300 in said
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    console().print(rows)
    narrow = capsys.readouterr().out
    assert narrow.count("x") == 150 and narrow.count("y") == 150 and "…" not in narrow
