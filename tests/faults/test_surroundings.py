"""Other people's machines: no permission, a read-only home, no display, locales, time zones, names, closed output."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import sim as sim_api
from sim.output import OutputError, check_folder, default_folder
from sim.show.pictures import PICTURES
from tests.cli.command import ROOT, SMALL, tables
from tests.faults.runs import DONE, REFUSED, child, few_files, result_of, whole

BARE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""A locale whose text and file names are ASCII, as Python would not have it by itself."""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "my.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_folder_without_permission_is_refused_before_anything_is_written() -> None:
    top = Path(tempfile.mkdtemp())  # not pytest's folder, which others may not enter
    try:
        top.chmod(0o755)
        closed = top / "closed"
        result = result_of("2x")
        result.save(closed / "run", pictures=False)
        before = whole(closed / "run")
        closed.chmod(0o555)

        def refused() -> None:
            if os.geteuid() == 0:  # nothing is forbidden to root: be somebody else
                os.setgid(65534)
                os.setuid(65534)
            for look in (check_folder, lambda folder: result.save(folder, pictures=False)):
                for name in ("run", "new", "new/below"):
                    with pytest.raises(OutputError) as error:
                        look(closed / name)
                    assert str(error.value) == (
                        f"{closed / name}: no permission to write in {closed}; choose another folder with --out"
                    )
            raise error.value

        ended, _ = child(refused)
        assert ended == REFUSED
        assert whole(closed / "run") == before
        assert [path.name for path in closed.iterdir()] == ["run"]
    finally:
        shutil.rmtree(top)


def test_a_folder_that_cannot_be_looked_into_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "run").mkdir()
    monkeypatch.setattr(Path, "iterdir", forbidden)
    with pytest.raises(OutputError, match="cannot be read .Permission denied.; choose another folder with --out"):
        check_folder(tmp_path / "run")


def test_pictures_need_no_home_no_display_and_no_backend(small: Path, tmp_path: Path) -> None:
    gone = ("DISPLAY", "WAYLAND_DISPLAY", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
    env = {name: value for name, value in os.environ.items() if name not in gone}
    env |= {"PYTHONPATH": str(ROOT), "HOME": "/dev/null/home", "MPLBACKEND": "nonsense", "TZ": "nowhere"}
    done = subprocess.run([sys.executable, "-m", "sim", "run", "my.yaml"], cwd=tmp_path, env=env,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    drawn = {picture.stem for picture in (tmp_path / "outputs" / "my").glob("*.png")}
    assert drawn == {*PICTURES} - {"alignment"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my.yaml", "outputs"]


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with German and Turkish locales, as far as this machine can make them."""
    folder = tmp_path_factory.mktemp("locales")
    if shutil.which("localedef"):
        for name in ("de_DE", "tr_TR"):
            subprocess.run(["localedef", "-i", name, "-f", "UTF-8", str(folder / f"{name}.UTF-8")],
                           capture_output=True, check=False)  # fmt: skip
    return folder


def test_spaces_umlauts_and_locales_give_the_same_tables(tmp_path: Path, locales: Path) -> None:
    folder = tmp_path / "Mein Übungs-Ordner"
    folder.mkdir()
    text = SMALL.replace("Aurora:", '"Äther İI":')
    (folder / "größe 1.yaml").write_text(text, encoding="utf-8")
    made = {}
    for n, environment in enumerate((
        {"LC_ALL": "C.UTF-8", "HOME": ""}, BARE, {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
        {"LC_ALL": "de_DE.UTF-8", "LOCPATH": str(locales)},
        {"LC_ALL": "tr_TR.UTF-8", "LOCPATH": str(locales), "TZ": "America/St_Johns"},
    )):  # fmt: skip
        env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        done = subprocess.run([sys.executable, "-m", "sim", "run", "größe 1.yaml", "--no-pictures"], cwd=folder,
                              env=env, capture_output=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert not done.stderr
        assert b"Traceback" not in done.stdout
        place = folder / "outputs" / "größe 1"
        made[n] = tables(place)
        manifest = json.loads((place / "run.json").read_text(encoding="utf-8"))
        assert manifest["command"] == "sim run 'größe 1.yaml' --no-pictures"
        assert manifest["name"] == "größe 1"
        shutil.rmtree(folder / "outputs")
    assert all(files == made[0] for files in made.values())
    assert "Äther İI" in made[0]["events.csv"].decode("utf-8")


def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/gr\xf6\xdfe.yaml"
    try:
        with open(raw, "w", encoding="utf-8") as file:
            file.write(SMALL)
    except OSError:
        pytest.skip("this file system has no such names")
    done = subprocess.run([os.fsencode(sys.executable), b"-m", b"sim", b"run", raw, b"--no-pictures"], cwd=tmp_path,
                          env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    (folder,) = (tmp_path / "outputs").iterdir()
    assert folder.name == "gr--e"
    whole(folder)


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_output_that_nobody_reads_to_its_end(small: Path, tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "SIM": f"{sys.executable} -m sim"}

    def shell(text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["bash", "-c", f"set -o pipefail; {text}"], cwd=tmp_path, env=env, capture_output=True,
                              text=True, check=False)  # fmt: skip

    done = shell("$SIM show my.yaml --all | head -n 1")
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 1)
    done = shell("$SIM --help | true")  # all of it fits into the buffer, and is written when there is no reader
    assert (done.returncode, done.stderr) == (0, "")
    done = shell("$SIM run my.yaml --no-pictures >&-")
    assert (done.returncode, done.stderr) == (0, "")
    whole(tmp_path / "outputs" / "my")
    if Path("/dev/full").exists():
        shutil.rmtree(tmp_path / "outputs")
        done = shell("$SIM run my.yaml --no-pictures > /dev/full")
        assert done.returncode == 2
        assert done.stderr == "sim: cannot write what was to be printed: No space left on device\n"
        whole(tmp_path / "outputs" / "my")


def test_the_folder_itself_the_current_folder_and_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = result_of("2x")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match="is the current folder; choose one inside it"):
        result.save(".", pictures=False)
    (tmp_path / "disk").mkdir()
    (tmp_path / "run").symlink_to("disk/run")
    for _ in range(2):
        result.save("run", pictures=False)
        assert (tmp_path / "run").is_symlink()
        whole(tmp_path / "disk" / "run")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["disk", "run"]
    assert [path.name for path in (tmp_path / "disk").iterdir()] == ["run"]
    with pytest.raises(OutputError, match="File name too long.*choose a shorter name with --out"):
        result.save("x" * 255, pictures=False)
    assert len(os.fsencode(default_folder("Ü" * 300).name)) <= 150


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("exchange", [True, False])
def test_two_processes_that_write_one_folder(
    exchange: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim import aside, output

    monkeypatch.setattr(output, "_write_all", few_files)
    if not exchange:
        monkeypatch.setattr(aside, "exchange", lambda *_: False)
    both = result_of("2x"), result_of("3x")
    folder = tmp_path / "deep" / "run"

    def again(result: sim_api.Result) -> None:
        for _ in range(40):
            result.save(folder)

    pid = os.fork()
    if pid == 0:
        try:
            again(both[0])
            os._exit(0)
        finally:
            os._exit(9)
    ended, _ = child(lambda: again(both[1]))
    assert ended == DONE
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert whole(folder) in [result.scenario.effective_yaml() for result in both if result.scenario is not None]
    assert [path.name for path in folder.parent.iterdir()] == ["run"]
