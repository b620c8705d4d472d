"""Folders of an evo in which values had no one form yet: of other hashes than today, and read all the same.

`folder_v0` was evolved by the version before that: part_cost = [0, 0.01] and "knobs.parts" = "1:2:2" were hashed and
stored as they were written, so that the parts of one batch have columns of other types and names than today's.
"""

import shutil
from pathlib import Path

import pytest

import evo
from evo.errors import ScenarioError
from evo.scenario.identity import batch_hash, earlier_batch_hash
from tests.command import command

HERE = Path(__file__).parent / "folder_v0"
FOLDERS = ["forms-e164ff87", "ranges-6daaef1c"]
DIGESTS = ["ea5fd2895de7e551d0082ff9d56536d035772f9b9c4af63339a6036aadf6b722",
           "1c62e847b72f9775955e093b80f5dd360fb5ecc1b56d2f5a2ce124ba2f2bdfae"]  # fmt: skip


@pytest.fixture(params=zip(FOLDERS, DIGESTS, strict=True), ids=FOLDERS)
def earlier(request, tmp_path):
    name, digest = request.param
    return shutil.copytree(HERE / name, tmp_path / name), digest


def test_every_reader_reads_it(earlier, tmp_path):
    folder, digest = earlier
    batch = evo.Batch.open(folder)
    assert batch.digest() == digest  # as that version told it
    assert batch.store.batch_hash() != batch.spec.batch_hash
    cells = 4 if "forms" in folder.name else 2
    assert batch.runs().height == cells == len(batch.summaries()) == batch.rates().height
    assert sum(batch.runs(cell).height for cell in batch.cells) == cells
    for cell in batch.cells:
        row = batch.runs(cell).row(0, named=True)
        assert (row["knob.part_cost"], row["knob.parts"]) == (cell.spec.knobs["part_cost"], cell.spec.knobs["parts"])
    for words in (["digest"], ["why", "--json"], ["figures"], ["report", "-o", tmp_path / "r.html"]):
        said = command(words[0], folder, *words[1:])
        assert said.returncode == 0, said.output
    assert command("compare", folder, folder).returncode == 0


def test_a_replicate_of_it_comes_out_the_same(earlier):
    folder, _ = earlier
    said = command("replay", folder, 2, 0)
    assert said.returncode == 0 and "identical to the record" in said.stdout.splitlines()[1]


def test_running_it_goes_into_a_folder_of_its_own_and_is_said(earlier, tmp_path):
    folder, _ = earlier
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    said = command("run", folder / "scenario.toml", "--quiet", "--out", tmp_path)
    assert said.returncode == 0
    new = Path(said.stdout.strip())
    assert new != folder and said.stderr.count("\n") == 1
    assert (
        said.stderr.startswith(f"evo: {folder} holds this batch as an earlier evo stored it")
        and str(new) in said.stderr
    )
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before
    tables = [evo.Batch.open(one).runs() for one in (folder, new)]
    kept = [name for name in tables[0].columns if not name.startswith("set.") and name in tables[1].columns]
    assert len(kept) > 30
    both = [table.select(kept) for table in tables]
    assert both[0].equals(both[1])  # the same cells, keys and streams
    again = command("run", folder / "scenario.toml", "--quiet", "--out", tmp_path)
    assert again.returncode == 0 and again.stderr == ""  # said once


def test_elsewhere_nothing_is_said(earlier, tmp_path):
    folder, _ = earlier
    said = command("run", folder / "scenario.toml", "--quiet", "--out", tmp_path / "elsewhere")
    assert said.returncode == 0 and said.stderr == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("threshold = 1", "threshold = 0.5"), ("seed = 1", "seed = 2"), ("0.01,", "0.02,"), ("size = 40", "size = 50"),
        ("teeth = 3.0", "teeth = 4.0"), ('"1:2:2"', '"1:3:3"'),
    ],
)  # fmt: skip
def test_one_that_was_edited_is_still_refused(tmp_path, old, new):
    folder = shutil.copytree(HERE / FOLDERS[0], tmp_path / FOLDERS[0])
    file = folder / "scenario.toml"
    text = file.read_text()
    if old not in text:
        text, old, new = text + "\n", "[batch]", f"[batch]\n{new}"
    file.write_text(text.replace(old, new))
    with pytest.raises(ScenarioError, match="is not what this folder was evolved from"):
        evo.Batch.open(folder)


def test_where_values_had_that_form_the_hashes_are_one():
    for name in ("igf", "wolf_sniper", "wolf_sniper_sizes", "optimizers"):
        spec = evo.load(name)
        assert earlier_batch_hash(spec, spec.data) == batch_hash(spec, columns=0)
