"""What is installed is whole, and works where it may not write, without a home, and with streams that are not there."""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import evo
from evo import places
from evo.kernels import jit

ROOT = Path(__file__).parents[1]
POSIX = pytest.mark.skipif(os.name != "posix", reason="of POSIX systems")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, built from a copy of what goes into it."""
    pytest.importorskip("setuptools")
    folder = tmp_path_factory.mktemp("wheel")
    hidden = shutil.ignore_patterns("__pycache__")
    for name in ("evo", "scenarios"):
        shutil.copytree(ROOT / name, folder / name, ignore=hidden)
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    words = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", "dist", "."]
    subprocess.run([sys.executable, *words], cwd=folder, check=True, capture_output=True)
    return next((folder / "dist").glob("*.whl"))


def test_the_wheel_holds_all_that_the_checkout_has(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {str(path.relative_to(ROOT)) for path in (ROOT / "evo").rglob("*.py*") if "__pycache__" not in path.parts}
    wanted |= {f"evo/library/{path.name}" for path in (ROOT / "scenarios").glob("*.*")} | {"evo/py.typed"}
    assert wanted <= names, wanted - names


def test_it_runs_where_nothing_else_of_evo_is(wheel, tmp_path):
    venv.create(tmp_path / "bare")
    python = tmp_path / "bare" / "bin" / "python"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    words = ["-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", str(wheel)]
    subprocess.run([sys.executable, *words], check=True, capture_output=True, env=environment)
    packages = next((tmp_path / "bare").rglob("site-packages"))
    (packages / "others.pth").write_text(str(Path(pytest.__file__).parents[1]) + "\n")  # numba and the like; not evo

    def evo(*words):
        done = subprocess.run([tmp_path / "bare" / "bin" / "evo", *words], cwd=tmp_path, env=environment, text=True,
                              capture_output=True)  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert evo("--version").startswith("evo, version ")
    assert {path.stem for path in (ROOT / "scenarios").glob("*.toml")} <= set(evo("scenarios").split())
    where = "import evo, evo.places; print(evo.__file__, *evo.places.scenario_folders())"
    done = subprocess.run([python, "-P", "-c", where], cwd=tmp_path, env=environment, text=True, capture_output=True)
    assert done.stdout.split() == [str(packages / "evo" / "__init__.py"), str(packages / "evo" / "library")], (
        done.stderr
    )


# --- where compiled code goes


def test_numbas_own_variable_says_where_compiled_code_goes(tmp_path, monkeypatch):
    monkeypatch.setattr(jit._CONFIG, "CACHE_DIR", str(tmp_path / "there"))
    assert jit._home() == tmp_path / "there" / "evo"


@pytest.fixture
def package(tmp_path):
    """A copy of the package alone, that may be played with."""
    for name in ("evo", "scenarios"):
        shutil.copytree(ROOT / name, tmp_path / "copy" / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "copy"


# A kernel that is soon compiled.
KERNEL = "import numpy as np; from evo.kernels.rng import uniform; print(uniform(np.arange(1, 5).astype(np.uint64)))"


def test_a_process_keeps_compiled_code_where_numbas_variable_says(package, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(package), "NUMBA_CACHE_DIR": str(tmp_path / "there")}
    subprocess.run([sys.executable, "-c", KERNEL], cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert list((tmp_path / "there").rglob("*.nbi")) and not list(package.rglob("*.nbi"))


def test_another_python_compiles_for_itself(tmp_path, monkeypatch):
    """Two on one checkout neither run each other's code nor remove it."""
    before = jit._cache_folder(tmp_path, "evo.kernels.rng")
    jit._cache_folder.cache_clear()
    monkeypatch.setattr(jit.platform, "python_version", lambda: "3.99.0")
    other = jit._cache_folder(tmp_path, "evo.kernels.rng")
    jit._cache_folder.cache_clear()
    assert other != before and other.parent == before.parent == tmp_path


@POSIX
@pytest.mark.slow  # all kernels are compiled: a minute
def test_a_package_and_a_home_that_may_only_be_read(package, tmp_path):
    """As an administrator installs it for others: it works, and says once where compiled code goes."""
    home = tmp_path / "home"
    home.mkdir()
    subprocess.run(["chmod", "-R", "a-w", package, home], check=True)
    user = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("NUMBA", "XDG"))}
    environment |= {"PYTHONPATH": str(package), "HOME": str(home), "XDG_CACHE_HOME": str(home)}
    words = [sys.executable, "-m", "evo", "run", "wolf_sniper", "--over", "parts=1", "--replicates", "2", "--quiet"]
    words += ["--set", "population.size=20", "--set", "population.generations=5", "--out", tmp_path / "out"]
    try:
        done = subprocess.run([*user, *words], cwd=tmp_path, env=environment, capture_output=True, text=True)
    finally:
        subprocess.run(["chmod", "-R", "u+w", package, home], check=True)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert done.stderr.count("compiled code goes into") == 1 and not list(package.rglob("*.nbi"))
    assert evo.Batch.open(next((tmp_path / "out").iterdir())).runs().height == 2


def test_compiled_code_goes_where_it_can_and_that_is_said_once(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(jit._LOG, "warning", said.append)
    monkeypatch.setattr(jit._CONFIG, "CACHE_DIR", "")
    assert jit._home() == Path(jit.__file__).parent / "__pycache__" and not said
    monkeypatch.setattr(jit, "writable", lambda folder: folder == jit.caches())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    assert jit._home() == tmp_path / "own" / "evo" and not said
    monkeypatch.setattr(jit, "writable", lambda folder: False)
    monkeypatch.setattr(places.tempfile, "tempdir", str(tmp_path))
    found = jit._home()
    assert found.parent == tmp_path and found.stat().st_mode & 0o777 == 0o700
    assert len(said) == 1 and str(found) in said[0]


@POSIX
def test_a_temporary_folder_that_somebody_else_can_write_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(places.tempfile, "tempdir", str(tmp_path))
    first = places.temporary()
    assert first == places.temporary()
    first.chmod(0o777)
    assert places.temporary() != first  # whoever can write there can have code run
    first.rmdir()
    first.symlink_to(tmp_path)
    assert places.temporary() != first


def test_compiled_code_of_other_versions_is_kept_for_a_while(tmp_path):
    others = [tmp_path / f"kernels.rng-{n}" for n in range(6)]
    for n, folder in enumerate(others):
        folder.mkdir()
        os.utime(folder, (1e9 + n, 1e9 + n))
    found = jit._cache_folder(tmp_path, "evo.kernels.rng")
    assert sorted(tmp_path.iterdir()) == others[3:] and not found.exists()


def test_only_code_whose_name_goes_by_content_is_kept():
    """Numba looks at the time of one file, and would run stale code of notebooks and programs."""
    for module, kept in (("evo.worlds.kin", True), ("evo_world_1f", True), ("__main__", False), ("own", False)):
        assert jit._kept(type("Function", (), {"__module__": module})) is kept


@pytest.mark.parametrize("text", ["cache_dir: ./ev\n", "opt: 0\n", "x: [", "- a"])
def test_numba_is_told_nothing_by_a_file_in_the_current_folder(tmp_path, text):
    """It could say where compiled code is, which is unpickled."""
    (tmp_path / ".numba_config.yaml").write_text(text)
    code = (
        f"{KERNEL}; import numba, yaml; c = numba.config; print(c.OPT == 3, yaml.safe_load('a: 1'), c.CACHE_DIR == '')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "" and "True {'a': 1} True" in done.stdout, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [".numba_config.yaml"]


# --- streams and homes


def shell(line, tmp_path, **environment):
    env = {**os.environ, "EVO": f"{sys.executable} -m evo", **environment}
    return subprocess.run(["sh", "-c", line], cwd=tmp_path, env=env, text=True, capture_output=True, timeout=120)


RUN = (
    "$EVO run wolf_sniper --over parts=1 --over scaffold=0 --set population.size=40 --set population.generations=10 "
    "--replicates 2"
)

FULL = "standard output: cannot be read or written: No space left on device"


@POSIX
@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        (f"{RUN} <&-", 0, ""),
        (f"{RUN} >&-", 0, ""),
        (f"{RUN} 2>&- >out.txt", 0, ""),
        (f"{RUN} <&- >&- 2>&-", 0, ""),
        ("$EVO scenarios >/dev/full", 2, FULL),
        (f"{RUN} >/dev/full", 2, FULL),
        (f"{RUN} --json >/dev/full", 2, FULL),
        ("$EVO --version >/dev/full", 2, FULL),
        ("$EVO run nowhere 2>/dev/full", 2, ""),  # and that of errors
        ("PYTHONUNBUFFERED=1 $EVO --help >/dev/full", 2, FULL),
        ("PYTHONUNBUFFERED=1 $EVO scenarios >/dev/full", 2, FULL),
        (f"env -u HOME -u XDG_CACHE_HOME -u XDG_CONFIG_HOME {RUN}", 0, ""),
        (f"TERM=dumb {RUN}", 0, ""),
    ],
)  # fmt: skip
def test_streams_that_are_closed_or_full(tmp_path, line, status, said):
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    done = shell(line, tmp_path)
    assert done.returncode == status and "Traceback" not in done.stderr, done.stderr
    lines = [text for text in done.stderr.splitlines() if "compiling" not in text]
    assert lines == ([f"evo: {said}"] if said else []), done.stderr
    if RUN in line:  # and whatever was evolved is there, whole
        again = shell(f"{RUN} --quiet", tmp_path)
        assert again.returncode == 0 and "wolf_sniper-" in again.stdout


@POSIX
@pytest.mark.parametrize(
    "words", [["scenarios"], ["show", "igf"], ["pressure", "--scheme", "truncation", "--parameter", "0.5", "--json"]]
)
def test_nobody_reads_what_is_printed(tmp_path, words):
    """A pipe whose reader has gone, as after `| head`: no word, and no status of success."""
    process = subprocess.Popen(
        [sys.executable, "-m", "evo", *words], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.close()
    said = [line for line in process.stderr.read().splitlines() if "compiling" not in line]
    assert said == [] and process.wait(60) == 1


@POSIX
def test_too_few_addresses_are_said_and_not_waited_for(tmp_path):
    """Libraries that are loaded crash then, each in its own way, or try for ever."""
    done = shell(f"ulimit -v 500000 && {RUN}", tmp_path)
    said = "evo: the address space of this process is limited to 0.51 GB (ulimit -v), and evo needs 2 GB\n"
    assert (done.returncode, done.stderr) == (2, said) and not list(tmp_path.iterdir())


@POSIX
def test_a_batch_that_nobody_reads_of_is_stored(tmp_path):
    words = ["run", "wolf_sniper", "--over", "parts=1", "--set", "population.size=40", "--replicates", "2"]
    for how in ([], ["--json"], ["--quiet"]):
        process = subprocess.Popen(
            [sys.executable, "-m", "evo", *words, *how, "--out", tmp_path], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        process.stdout.close()
        assert "Traceback" not in process.stderr.read() and process.wait(60) == 1
    assert evo.Batch.open(next(tmp_path.iterdir())).runs().height == 2


@POSIX
def test_a_folder_that_may_only_be_read(tmp_path):
    """A finished batch can be asked for and read there; what would be written is one sentence."""
    assert shell(f"{RUN} --quiet", tmp_path).returncode == 0
    user = "setpriv --bounding-set=-dac_override,-dac_read_search " if os.geteuid() == 0 else ""
    if user and shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere")
    folder = next((tmp_path / "results").iterdir())
    asked = shell(f"$EVO why {folder} --json", tmp_path).stdout
    shell("chmod -R a-w results", tmp_path)
    try:
        assert asked and shell(f"{user}$EVO why {folder} --json", tmp_path).stdout == asked  # its arms are all there
        done = shell(f"{user}{RUN}", tmp_path)
        assert done.returncode == 0 and "nothing to do" in done.stdout, done.stderr
        assert shell(f"{user}$EVO digest {folder}", tmp_path).returncode == 0
        more = shell(f"{user}{RUN.replace('--replicates 2', '--replicates 3')}", tmp_path)
        assert more.returncode == 2 and "cannot be written" in more.stderr and "Traceback" not in more.stderr
        drawn = shell(f"{user}$EVO figures {folder}", tmp_path)
        assert drawn.returncode == 2 and "the figure cannot be written: Permission denied" in drawn.stderr
        shell("chmod 0 results/*/runs/*.parquet", tmp_path)
        closed = shell(f"{user}$EVO digest {folder}", tmp_path)
        assert closed.returncode == 2 and "Permission denied" in closed.stderr and "Traceback" not in closed.stderr
    finally:
        shell("chmod -R u+rw results", tmp_path)


@POSIX
def test_a_home_that_may_only_be_read(tmp_path):
    """What belongs to matplotlib goes elsewhere, without a word."""
    folder = shell(f"{RUN} --quiet", tmp_path).stdout.strip()
    (tmp_path / "home").mkdir(mode=0o500)
    user = "setpriv --bounding-set=-dac_override,-dac_read_search " if os.geteuid() == 0 else ""
    if user and shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere")
    without = "env -u XDG_CONFIG_HOME -u XDG_CACHE_HOME -u MPLCONFIGDIR HOME=home "
    done = shell(f"{user}{without}$EVO figures {folder}", tmp_path)
    assert done.returncode == 0 and not done.stderr and "realized.png" in done.stdout


def test_processes_that_evo_starts_import_nothing_from_the_current_folder(tmp_path):
    for name in ("pickle", "queue", "random"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the current folder')\n")
    script = tmp_path / "program" / "mine.py"
    script.parent.mkdir()
    helper = script.with_name("helper.py")
    helper.write_text("ANSWER = 1\n")  # beside the program, where Python looks, and so do what it starts itself
    text = (ROOT / "docs" / "audit" / "onemax.py").read_text().replace("n=100", "n=10").replace("ngen=50", "ngen=2")
    script.write_text(f"import os, helper\nassert 'PYTHONSAFEPATH' not in os.environ\n{text}")
    words = ["-P", "-c", "from evo.__main__ import main; main()", "audit", str(script), "--replicates", "2"]
    done = subprocess.run([sys.executable, *words], cwd=tmp_path, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
