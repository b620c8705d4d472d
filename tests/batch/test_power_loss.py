"""Power fails at any moment of a batch, on a disk that keeps nothing it was not told to sync.

`Disk` watches a folder: what a file held when it was last synced, and what names a folder held when it was. That is all
that POSIX promises to be there after a power loss. Anything newer may be there or not, each name and each file for
itself; a file may also be there in part, or end in zeros. `after_power_loss` draws one of these outcomes.
"""

import os
import random
import shutil
import stat
from pathlib import Path
from typing import NamedTuple

import pytest

import evo
from evo.batch import chunks
from evo.batch.store import Store
from tests.batch.batches import small

Names = dict[str, dict[str, int]]  # by folder, the inode that each name stands for


class Moment(NamedTuple):
    """What a disk holds, and what it holds for sure."""

    names: Names
    files: dict[int, bytes]
    synced_names: Names
    synced_files: dict[int, bytes]
    promised: frozenset  # (cell, replicate) that the batch had counted as finished


class Disk:
    """Watches `root`; remembers the moment before each sync, between which anything unsynced may be lost or kept."""

    def __init__(self, root: Path, ignores: str = ""):
        self.root, self.ignores = root, ignores
        self.kept = root.with_name("kept")  # a second name of every file, so that no inode is used again
        self.moments: list[Moment] = []
        self.promised: set = set()
        self.synced_names: Names = {"": {}}
        self.synced_files: dict[int, bytes] = {}
        root.mkdir()
        self.kept.mkdir()

    def look(self) -> tuple[Names, dict[int, bytes], dict[int, str]]:
        """Names by folder, contents by inode, and folders by inode, as they are now."""
        names, files, folders = {}, {}, {}
        for path in [self.root, *self.root.rglob("*")]:
            inode, at = path.stat().st_ino, path.relative_to(self.root).as_posix()
            if path.is_dir():
                folder = "" if path == self.root else at
                names[folder], folders[inode] = {child.name: child.stat().st_ino for child in path.iterdir()}, folder
            else:
                files[inode] = path.read_bytes()
                if not (self.kept / str(inode)).exists():
                    os.link(path, self.kept / str(inode))
        return names, files, folders

    def fsync(self, handle: int) -> None:
        """What stands in for os.fsync."""
        names, files, folders = self.look()
        self.moments.append(
            Moment(names, files, dict(self.synced_names), dict(self.synced_files), frozenset(self.promised))
        )
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            if self.ignores != "folders":
                folder = folders[status.st_ino]
                self.synced_names[folder] = names[folder]
        elif self.ignores != "files":
            self.synced_files[status.st_ino] = files[status.st_ino]


def after_power_loss(moment: Moment, folder: Path, rng: random.Random, at: str = "") -> None:
    """Write into `folder` one of the outcomes of a power loss at this moment."""
    folder.mkdir(parents=True)
    now, synced = moment.names.get(at, {}), moment.synced_names.get(at, {})
    for name in sorted(now.keys() | synced.keys()):
        inode = rng.choice([now.get(name), synced.get(name)])
        below = f"{at}/{name}".strip("/")
        if inode is None:
            continue
        if below in moment.names:
            after_power_loss(moment, folder / name, rng, below)
        else:
            old = moment.synced_files.get(inode, b"")
            new = moment.files.get(inode, old)
            cut = rng.randint(len(old), len(new)) if new.startswith(old) else len(new)
            (folder / name).write_bytes(rng.choice([old, new, new[:cut], new[:cut] + bytes(len(new) - cut)]))


def evolve(out: Path, replicates: int) -> evo.Batch:
    return evo.run(small(), replicates=replicates, out=out)


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """Evolve a batch, extend it, and extend it until its parts are merged, on a disk that is watched."""

    def watch(**options) -> Disk:
        disk, append = Disk(tmp_path / "disk", **options), Store.append

        def promise(store, cell, evolved):
            append(store, cell, evolved)
            disk.promised |= {(cell.key, int(replicate)) for replicate in evolved.replicates}

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", disk.fsync)
            patch.setattr(Store, "append", promise)
            patch.setattr(chunks, "SECONDS", 1e-9)  # a part per replicate
            for replicates in (2, 3, 9):
                evolve(disk.root / "new" / "results", replicates)
        return disk

    return watch


def lost(moment: Moment, image: Path) -> frozenset:
    """The finished replicates that are not in an image of the disk, or are damaged there."""
    folders = list((image / "new" / "results").glob("wolf_sniper-*"))
    if not folders:
        return moment.promised
    store = Store(folders[0])
    store.prepare(store.batch_hash() or "")
    done = {(cell, replicate) for cell, replicates in store.done().items() for replicate in replicates}
    return moment.promised - done


def test_power_may_fail_at_any_moment(tmp_path, watched):
    """No finished replicate is lost, no part is damaged, and the batch ends with the same records."""
    digest, rng = evolve(tmp_path / "plain", 9).digest(), random.Random(1)
    disk = watched()
    assert len(disk.moments) > 90 and any(
        len(m.promised) == 18 and len(m.names["new/results"]) == 1 for m in disk.moments
    )
    for number, moment in enumerate(disk.moments):
        image = tmp_path / "image"
        after_power_loss(moment, image, rng)
        assert lost(moment, image) == frozenset(), f"moment {number}"
        if number % 4 == 0:
            again = evolve(image / "new" / "results", 9)
            assert again.digest() == digest, f"moment {number}"
            assert not (again.folder / "set_aside").exists() and not list(again.folder.glob("*/.*.tmp"))
        shutil.rmtree(image)


@pytest.mark.parametrize("ignores", ["files", "folders"])
def test_a_disk_that_does_not_sync_loses_replicates(tmp_path, watched, ignores):
    """So the test above would notice a sync that is missing."""
    rng, count = random.Random(2), 0
    for number, moment in enumerate(watched(ignores=ignores).moments):
        image = tmp_path / str(number)
        after_power_loss(moment, image, rng)
        count += bool(lost(moment, image))
    assert count > 10
