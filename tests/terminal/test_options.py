"""Numbers on the command line have the one form too, and what is wrong with them is short and can be printed."""

import pytest

from tests.command import command

RUN = ["run", "wolf_sniper", "--set", "population.size=4", "--set", "population.generations=1", "--over", "parts=1"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([*RUN, "--seed", "18446744073709551616"], "--seed 9223372036854775807"),
        ([*RUN, "--seed", "9" * 5000], "--seed whole"), ([*RUN, "--seed", "-1"], "--seed -1 0"),
        ([*RUN, "--seed", "1.5"], "--seed whole"), ([*RUN, "--seed", "true"], "--seed whole"),
        ([*RUN, "--jobs", "1000000"], "--jobs 1024"), ([*RUN, "--replicates", "1" + "0" * 30], "--replicates"),
        ([*RUN, "--until", "nan"], "--until finite"), ([*RUN, "--time-limit", "inf"], "--time-limit finite"),
        ([*RUN, "--time-limit", "1e400"], "--time-limit finite"), ([*RUN, "--points", "0"], "--points"),
        ([*RUN, "--" + "x" * 5000], "no such option"), ([*RUN, "--engine", "\x1b[2J" + "y" * 5000], "--engine"),
        (["z" * 5000], "no such command"), (["digest", "a" * 5000], "not the folder"),
        ([*RUN, "--set", "k" * 5000], "KEY=VALUE"), ([*RUN, "--set", f"{'k' * 5000}=1"], "no such knob"),
        ([*RUN, "--over", "teeth=1", "--over", "teeth=2"], "'teeth' is given twice"),
        (["pressure", "--parameter", "nan"], "--parameter finite"),
        (["pressure", "--replicates", "1e30"], "--replicates"),
        (["audit", "x.py", "--replicates", "1e9"], "--replicates"), (["dose", "igf:x"], "KEY=VALUE"),
        (["dose", "igf:cues=1,cues=2"], "given twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_short_sentence(args, words):
    done = command(*args)
    assert done.returncode == 2, done.output
    said = done.stderr
    assert len(said) < 1200 and "\x1b" not in said and "Traceback" not in said
    assert all(word.lower() in said.lower() for word in words.split()), said


def test_a_seed_is_one_number_however_it_is_written(tmp_path):
    answers = []
    for n, seed in enumerate(("1000", "1e3", "1000.0", " 1000")):
        args = [*RUN, "--seed", seed, "--replicates", "2.0", "--json", "--out", str(tmp_path / str(n))]
        done = command(*args)
        assert done.returncode == 0, done.output
        answers.append(done.stdout.replace(str(tmp_path / str(n)), ""))
    assert len(set(answers)) == 1


def test_the_largest_seed_works(tmp_path):
    done = command(*RUN, "--seed", 2**63 - 1, "--replicates", "1", "--json", "--out", tmp_path)
    assert done.returncode == 0, done.output


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["pressure", "--figure", "no/p.png"], "there is no folder no"), (["pressure", "--figure", "p.bmp"], ".png"),
        (["dose", "igf", "--figure", "no/d.png"], "there is no folder no"), (["dose", "igf", "--figure", "d"], ".svg"),
        (["lineage", "x", "1", "1", "--figure", "no/l.png"], "there is no folder no"),
        (["lineage", "x", "1", "1", "--tskit", "no/l.trees"], "there is no folder no"),
        (["lineage", "x", "1", "1", "--csv", "."], "directory"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_written_is_said_before_anything_is_evolved(tmp_path, args, words):
    done = command(*args, cwd=tmp_path)
    assert done.returncode == 2 and words in done.stderr and not done.stdout
    assert not list(tmp_path.iterdir())
