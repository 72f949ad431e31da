"""Folders aside: results are made in one, beside their place, and move in whole; what a dead run left is swept.

A folder aside is locked while its maker lives (`flock`, which ends with the process however it ends), so what can be
locked is nobody's. Where a file system has no such locks nothing is swept.
"""

from __future__ import annotations

import ctypes
import errno
import fnmatch
import json
import os
import re
import secrets
import sys
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: no locks, so nothing is swept
    fcntl = None  # type: ignore[assignment]

MANIFEST = "run.json"
MARK = ".sim-unfinished"
"""A file in each folder aside until it moves to its place."""

_ASIDE = re.compile(r"\.sim-(?P<name>.+)-(?P<what>new|old)-[0-9a-f]{8}")
JUNK = (".DS_Store", "Thumbs.db", "desktop.ini", ".~lock.*#", "~$*", ".ipynb_checkpoints")
"""What file managers, spreadsheets and notebooks leave in a folder; it goes when the folder is replaced."""

LOCK_SECONDS = 20.0
"""How long a run waits for another that is moving its results into the same parent folder (it takes milliseconds)."""


_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS, errno.EBADF)
"""What `flock` says on a file system without locks (EBADF: NFS, of a folder, which cannot be opened for writing)."""


class Busy(OSError):
    """Another run holds the lock of a folder and does not let go."""


def is_aside(name: str) -> bool:
    """Whether a folder of this name was made by this program, aside of a run's folder."""
    return _ASIDE.fullmatch(name) is not None


def is_junk(name: str) -> bool:
    """Whether a file of this name in a run's folder is no loss: see `JUNK`, and what an interrupted export left."""
    return is_aside(name) or any(fnmatch.fnmatchcase(name, pattern) for pattern in JUNK)


@contextmanager
def folder_aside(folder: Path) -> Iterator[Path]:
    """An empty folder beside `folder`, removed at the end with what is then in it. Sweeps leftovers before.

    Raises OSError if it cannot be made.
    """
    aside = held = None
    try:
        with locked(folder.parent):
            sweep(folder.parent)
            aside = folder.parent / f".sim-{folder.name}-new-{secrets.token_hex(4)}"
            os.mkdir(aside)
            try:
                held = _lock(aside)
            except OSError as error:
                if error.errno not in _NO_LOCKS:
                    raise  # another would take it for nobody's
            (aside / MARK).touch()
        yield aside
    finally:
        try:
            if aside is not None:
                remove(aside)
        finally:
            _unlock(held)


def take_place(aside: Path, folder: Path) -> None:
    """Move `aside` to `folder`; an earlier folder there is then at `aside`. Call it with the parent locked.

    Where the system can exchange two names at once there is no moment without a whole folder; elsewhere there is one
    between two renames, and the next run puts the earlier folder back. Raises OSError; the earlier folder then stays.
    """
    with suppress(FileNotFoundError):
        os.unlink(aside / MARK)
    if not folder.exists():
        os.rename(aside, folder)
        return
    if exchange(aside, folder):
        return
    parked = folder.with_name(f".sim-{folder.name}-old-{secrets.token_hex(4)}")
    try:
        os.rename(folder, parked)
        os.rename(aside, folder)
        os.rename(parked, aside)
    except BaseException:
        if parked.exists() and not folder.exists():
            os.rename(parked, folder)
        raise


def exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step; False where the system or the file system cannot. Raises OSError."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    at_cwd, both = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if renameat2(at_cwd, os.fsencode(one), at_cwd, os.fsencode(other), both) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM):
        return False
    raise OSError(code, os.strerror(code), str(other))


def sweep(parent: Path) -> None:
    """Remove what dead runs left in `parent`, and put back a whole run that was about to be replaced.

    Only folders that this program named and filled, and that no living process holds. What cannot be removed is left.
    """
    with suppress(OSError), os.scandir(parent) as entries:
        found = sorted(entry.name for entry in entries if is_aside(entry.name))
        for name in found:
            with suppress(OSError):
                _sweep_one(parent / name)


def _sweep_one(path: Path) -> None:
    if path.is_symlink() or not path.is_dir():
        return
    held = None
    try:
        held = _lock(path)
        if held is None or not _ours(path):
            return
        shape = _ASIDE.fullmatch(path.name)
        assert shape is not None
        place = path.with_name(shape["name"])
        if shape["what"] == "old" and not place.exists() and listed(path):
            os.rename(path, place)
        else:
            remove(path)
    finally:
        _unlock(held)


def _ours(path: Path) -> bool:
    names = {entry.name for entry in path.iterdir() if not is_junk(entry.name)}
    return not names or MARK in names or names <= listed(path)


def listed(folder: Path) -> set[str]:
    """Names of the files that the run in `folder` wrote; empty if there is no run."""
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return {str(name) for name in files}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def remove(folder: Path) -> None:
    """Remove a folder as far as it can be; its manifest and mark last, so that what is left is known as ours."""
    import shutil

    with suppress(OSError):
        last = (MANIFEST, MARK)
        for path in sorted(folder.iterdir(), key=lambda path: (path.name in last, path.name == MARK, path.name)):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with suppress(OSError):
                    path.unlink()
        folder.rmdir()


def discard(folder: Path) -> None:
    """Remove a folder of unfinished work that nobody needs any more: at once by its name, then what is in it.

    Call it while `working` in it. What a killed process leaves is swept like any folder aside.
    """
    with suppress(OSError):
        (folder / MARK).touch()
        gone = folder.with_name(f".sim-{folder.name}-new-{secrets.token_hex(4)}")
        os.rename(folder, gone)
        remove(gone)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Nobody else has `folder` locked meanwhile. Raises Busy when another keeps it for too long.

    Raises OSError if the folder cannot be opened. Where the file system has no locks, anybody may have it.
    """
    held = None
    until = time.monotonic() + LOCK_SECONDS
    try:
        while fcntl is not None:
            try:
                held = _lock(folder)
            except OSError as error:
                if error.errno not in _NO_LOCKS:
                    raise
                break
            if held is not None:
                break
            if time.monotonic() > until:
                raise Busy(errno.EBUSY, "another run is writing there and does not end", str(folder))
            time.sleep(0.02)
        yield
    finally:
        _unlock(held)


@contextmanager
def working(folder: Path) -> Iterator[None]:
    """Nobody else works in `folder` meanwhile. Raises Busy at once if another does, or was just done and removed it.

    Raises OSError if the folder cannot be opened. Where the file system has no locks, anybody may work there.
    """
    held = None
    try:
        if fcntl is not None:
            try:
                held = _lock(folder)
                taken = held is None or not held.is_of(folder)
            except OSError as error:
                if error.errno not in (*_NO_LOCKS, errno.ENOENT):
                    raise
                taken = error.errno == errno.ENOENT
            if taken:
                raise Busy(errno.EBUSY, "another is at work there", str(folder)) from None
        yield
    finally:
        _unlock(held)


class _Lock:
    """The lock of a folder, held until `close`, or until nothing refers to it any more (an interrupt in between)."""

    def __init__(self, folder: Path) -> None:
        held = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        self.close = weakref.finalize(self, os.close, held)
        _locks.add(self)
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._of = os.fstat(held)

    def is_of(self, folder: Path) -> bool:
        """Whether it is still this folder: one that another was done with is moved away before it unlocks it."""
        try:
            return os.path.samestat(self._of, os.stat(folder))
        except FileNotFoundError:
            return False


_locks: weakref.WeakSet[_Lock] = weakref.WeakSet()


def _forget_locks() -> None:
    """In a forked child: a lock lasts as long as any process has its descriptor, and a worker may outlive its maker."""
    for lock in list(_locks):
        lock.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_locks)


def _lock(folder: Path) -> _Lock | None:
    """The lock of a folder; None if another has it, or if there are no locks. Raises OSError where it has none."""
    try:
        return None if fcntl is None else _Lock(folder)
    except BlockingIOError:
        return None


def _unlock(held: _Lock | None) -> None:
    if held is not None:
        held.close()
