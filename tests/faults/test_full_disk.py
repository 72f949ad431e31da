"""A disk that is full at any byte of any file, and any call to the file system that fails: earlier results whole."""

from __future__ import annotations

import builtins
import errno
import io
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import sim
from sim import output
from sim.output import OutputError
from tests.cli.command import SMALL, here
from tests.cli.command import sim as command
from tests.faults.runs import DONE, REFUSED, child, few_files, result_of, whole


@pytest.fixture(scope="module")
def runs() -> tuple[sim.Result, sim.Result]:
    return result_of("2x"), result_of("3x")


class Filling:
    """A file on a disk that has room for some more bytes: what fits is written, then there is an error."""

    def __init__(self, file: Any, disk: dict[str, int]) -> None:
        self._file, self._disk = file, disk

    def write(self, data: Any) -> int:
        size = len(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
        if size > self._disk["free"]:
            self._file.write(data[: self._disk["free"]])
            self._file.flush()
            self._disk["free"] = 0
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._disk["free"] -= size
        self._disk["written"] += size
        return int(self._file.write(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Filling:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@contextmanager
def disk(free: int) -> Iterator[dict[str, int]]:
    """Every file that is opened for writing is on a disk with so many bytes left."""
    state = {"free": free, "written": 0}
    real: Callable[..., Any] = io.open

    def opened(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
        made = real(file, mode, *args, **options)
        return Filling(made, state) if set(mode) & set("wax+") else made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(io, "open", opened)
        patch.setattr(builtins, "open", opened)
        yield state


def test_a_disk_that_is_full_at_any_byte(runs: tuple[sim.Result, ...], tmp_path: Path) -> None:
    first, second = runs
    folder = tmp_path / "run"
    first.save(folder, pictures=False)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with disk(10**9) as state:
        second.save(tmp_path / "measure", pictures=False)
    sizes = [path.stat().st_size for path in sorted((tmp_path / "measure").iterdir())]
    assert state["written"] == sum(sizes)
    ends = [sum(sizes[:n]) for n in range(len(sizes))]
    room = sorted({*range(0, sum(sizes), sum(sizes) // 25), *ends, *(end + 1 for end in ends), sum(sizes) - 1})
    for free in room:
        with disk(free), pytest.raises(OutputError, match="No space left on device.*as they were: free some space"):
            second.save(folder, pictures=False)
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before, free
        assert sorted(path.name for path in tmp_path.iterdir()) == ["measure", "run"]
    with disk(sum(sizes)):
        second.save(folder, pictures=False)
    assert whole(folder) == whole(tmp_path / "measure")


def test_a_disk_that_is_full_while_pictures_are_written(
    runs: tuple[sim.Result, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.show import pictures

    monkeypatch.setattr(pictures, "PICTURES", {"gantt": pictures.PICTURES["gantt"]})
    with disk(10**9) as state:
        runs[0].save(tmp_path / "run", svg=True)
    total, before = state["written"], whole(tmp_path / "run")
    drawn = sum(path.stat().st_size for path in (tmp_path / "run").iterdir() if path.suffix in (".png", ".svg"))
    manifest = (tmp_path / "run" / "run.json").stat().st_size
    for left in (manifest + drawn - 10, manifest + drawn // 2, manifest + 100):
        with disk(total - left), pytest.raises(OutputError, match="No space left on device"):
            runs[1].save(tmp_path / "run", svg=True)
        assert whole(tmp_path / "run") == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES])
def test_any_call_to_the_file_system_may_fail(
    code: int, runs: tuple[sim.Result, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "_write_all", few_files)
    first, second = runs
    folder = tmp_path / "run"

    def fails() -> None:
        raise OSError(code, os.strerror(code))

    first.save(folder)
    ended, steps = child(lambda: second.save(folder))
    assert ended == DONE
    refused = 0
    for step in range(steps):
        first.save(folder)
        old = whole(folder)
        ended, _ = child(lambda: second.save(folder), fails, step)
        assert ended in (DONE, REFUSED), step
        refused += ended == REFUSED
        assert (whole(folder) == old) == (ended == REFUSED)
    assert refused > 5


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """A file system of 256 kB, where this machine lets us mount one; the tests above need none."""
    mount = tmp_path / "disk"
    mount.mkdir()
    made = None
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options = ["-t", "tmpfs", "-o", "size=256k", "tmpfs"]
        made = subprocess.run(["mount", *options, str(mount)], capture_output=True, check=False)
    if made is None or made.returncode:
        pytest.skip("cannot mount a tmpfs here")
    try:
        (tmp_path / "my.yaml").write_text(SMALL, encoding="utf-8")
        done = command("run", "my.yaml", "--out", mount / "run", "--no-pictures", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        before = whole(mount / "run")
        left = os.statvfs(mount).f_bavail * os.statvfs(mount).f_frsize
        (mount / "filler").write_bytes(b"x" * (left - 8192))
        done = command("run", "my.yaml", "--out", mount / "run", "--set", "stronger_by=3x", cwd=tmp_path)
        assert done.returncode == 2
        assert "No space left on device" in done.stderr and "free some space" in done.stderr
        assert whole(mount / "run") == before
        assert sorted(path.name for path in mount.iterdir()) == ["filler", "run"]
    finally:
        subprocess.run(["umount", str(mount)], check=True)


UNCERTAIN = SMALL.replace("9 months", "6 to 9 months").replace("2028-01-01", "2026-06-01")


def test_a_picture_of_the_inputs_on_a_full_disk_is_named(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(UNCERTAIN, encoding="utf-8")
    with disk(100):
        done = here("show", "my.yaml", "--priors", "--out", "new/in", cwd=tmp_path)
    told = "sim: new/in/priors.png: could not be written (No space left on device); free some space, or choose another"
    assert done.returncode == 2 and done.stderr.startswith(told)
    assert [path.name for path in tmp_path.iterdir()] == ["my.yaml"]


def test_what_draws_want_of_a_disk_is_told(tmp_path: Path) -> None:
    """Space only where that is lacking; and which file it was that no command expects an error of."""
    (tmp_path / "my.yaml").write_text(UNCERTAIN, encoding="utf-8")
    many = ("run", "my.yaml", "-n", "8", "--workers", "1", "--no-pictures", "--out")
    with disk(9000):
        done = here(*many, "full", cwd=tmp_path)
    assert done.returncode == 2
    told = "(No space left on device); 0 of 8 draws are kept there: free some space, and go on with --resume"
    assert told in done.stderr
    with disk(1000):
        done = here("sensitivity", "my.yaml", "--method", "tornado", "--of", "models", cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.rstrip().endswith("-00000.parquet: No space left on device")
    if Path("/proc/self").exists():
        done = here(*many, "/proc/nowhere/out", cwd=tmp_path)
        told = "sim: /proc/nowhere/out.unfinished: cannot be written (No such file or directory); choose another folder"
        assert done.returncode == 2 and done.stderr.startswith(told)
