"""Where things are, and what this machine has room for."""

import os
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent
AUDIT = "audit.json"  # the file by which the folder of an audit is told from that of a batch
SHIPPED = (CHECKOUT / "scenarios", PACKAGE / "library")  # in a checkout; in an installed package


def scenario_folders() -> list[Path]:
    """Where scenario names are looked up, the first first: ./scenarios, then those that came with evo."""
    folders = (Path("scenarios"), *SHIPPED)
    seen = {folder.resolve(): folder for folder in reversed(folders) if folder.is_dir()}
    return list(reversed(seen.values()))


def scenario_files() -> dict[str, Path]:
    """Every scenario that a name stands for."""
    return {file.stem: file for folder in reversed(scenario_folders()) for file in sorted(folder.glob("*.toml"))}


def sources(folder: Path) -> list[Path]:
    """Files of code in a folder of the package, in order.

    Folders of compiled code are passed by: another process may be removing one.
    """
    found = []
    for inside, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        found += [Path(inside, name) for name in files if name.endswith(".py")]
    return sorted(found)


def configuration() -> Path:
    """The user's own folder of evo's configuration, which may not be there."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or home() / ".config") / "evo"


def caches() -> Path:
    """Where compiled code goes if the package's own folder cannot be written."""
    return Path(os.environ.get("XDG_CACHE_HOME") or home() / ".cache") / "evo"


def home() -> Path:
    """The user's home; a folder that is not there where the system knows of none."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/nonexistent")


def temporary() -> Path:
    """A folder for temporary files that nobody else can write; the same one each time, where it can be."""
    who = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    folder = Path(tempfile.gettempdir()) / f"evo-{who}"
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        mine = not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o022)
        if stat.S_ISDIR(found.st_mode) and mine and writable(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="evo-"))


def writable(folder: Path) -> bool:
    """Whether files can be made in a folder, which is made where it is missing. Tried, for rights do not say it all."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def in_checkout() -> bool:
    """Whether the current folder is a checkout of evo."""
    return Path("evo", "claims", "page.py").is_file() and Path("docs").is_dir()


MOST_JOBS = 1024  # that can be asked for
MOST_REPLICATES = 1_000_000_000  # of one cell
LEAST_ROOM = 2_000_000_000  # addresses, in bytes, that evo and its libraries take


def address_space() -> int:
    """Bytes of addresses that this process may have; 2^63 where nothing limits them."""
    return _limit("RLIMIT_AS")


def _limit(*names: str) -> int:
    """The least of the limits that this process was started with; 2^63 where there is none."""
    try:
        import resource
    except ImportError:  # not on Windows
        return 2**63
    softs = (resource.getrlimit(getattr(resource, name))[0] for name in names)
    return min((soft for soft in softs if soft != resource.RLIM_INFINITY), default=2**63)


def memory() -> int:
    """Bytes that this process may use at most, by the machine, its container and the limits it was started with."""
    limits = []
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            limits.append(int(Path(file).read_text(encoding="ascii")))
        except (OSError, ValueError):  # no such limit
            continue
    limits.append(_limit("RLIMIT_AS", "RLIMIT_DATA"))
    return min((limit for limit in limits if limit > 0), default=2**63)


def room(folder: Path) -> int:
    """Bytes that are free where a folder is, or would be."""
    there = next((path for path in (folder, *folder.absolute().parents) if path.exists()), Path())
    try:
        disk = shutil.disk_usage(there)
    except OSError:  # cannot be told; writing will
        return 2**63
    return disk.free if disk.total else 2**63  # what has no room at all is no disk, as /proc is


def is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_there(path: Path) -> bool:
    """Whether there is anything of that name."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
