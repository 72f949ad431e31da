"""Set-up from every state that a checkout can be in, with a stand-in for Python that only notes what it was asked."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TARGETS = ["run", "test", "fuzz", "check", "lint", "bench", "picture", "lock", "clean"]

STAND_IN = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$2 $4" in
    *version_info*) [ -z "$TOO_OLD" ] || exit 1;;
    *ensurepip*) [ -z "$NO_VENV" ] || exit 1;;
esac
case "$1 $2" in
    "-m venv") for folder; do :; done; mkdir -p "$folder/bin"; cp "$0" "$folder/bin/python" 2>/dev/null || :;;
    "-m pip") [ -z "$NO_NETWORK" ] || exit 1;;
esac
"""


class Checkout:
    """A folder with this Makefile, where `make` finds the stand-in first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        for name in ("Makefile", "pyproject.toml", "requirements.lock"):
            shutil.copy(ROOT / name, folder)
        self.python = folder.parent / "stand-in"
        self.python.write_text(STAND_IN)
        self.python.chmod(0o755)
        self.calls = folder.parent / "calls"

    def make(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        outer = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "GNUMAKE"))}
        self.calls.write_text("")
        return subprocess.run(
            ["make", f"PYTHON={self.python}", *arguments],
            cwd=self.folder,
            env={**outer, "CALLS": str(self.calls), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def made(self) -> list[str]:
        """What the last `make` did to .venv: 'venv' (anew or rewritten) and 'pip' (an install), in order."""
        lines = self.calls.read_text().splitlines()
        return [line.split()[1] for line in lines if line.startswith(("-m venv", "-m pip"))]

    @property
    def ready(self) -> Path:
        return self.folder / ".venv" / "ready"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "a path with spaces" / "main")


def test_cold_then_nothing_to_do(checkout: Checkout) -> None:
    done = checkout.make("test")
    assert done.returncode == 0, done.stderr
    assert checkout.made() == ["venv", "pip", "pip"]
    assert "Setting up .venv" in done.stdout
    assert checkout.calls.read_text().splitlines()[-1] == "-m pytest -n auto --dist loadfile --no-loadscope-reorder"

    done = checkout.make("test", NO_NETWORK="1")
    assert done.returncode == 0 and not done.stdout, done.stdout + done.stderr
    assert checkout.made() == []


def test_interrupted_install_is_made_anew(checkout: Checkout) -> None:
    failed = checkout.make("test", NO_NETWORK="1")
    assert failed.returncode != 0 and "Set-up failed" in failed.stderr
    assert not checkout.ready.exists()
    assert "-m pytest" not in checkout.calls.read_text()

    leftover = checkout.folder / ".venv" / "half-written"
    leftover.touch()
    assert checkout.make("test").returncode == 0
    assert checkout.made() == ["venv", "pip", "pip"] and not leftover.exists()


def test_python_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.make("setup")
    python = checkout.folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    leftover = checkout.folder / ".venv" / "of-the-old-python"
    leftover.touch()
    assert checkout.make("setup").returncode == 0
    assert checkout.made() == ["venv", "pip", "pip"] and not leftover.exists()


def test_changed_lock_updates_in_place(checkout: Checkout) -> None:
    checkout.make("setup")
    kept = checkout.folder / ".venv" / "kept"
    kept.touch()
    with (checkout.folder / "requirements.lock").open("a") as lock:
        lock.write("another==1.0\n")
    assert "Updating" in checkout.make("setup").stdout
    assert checkout.made() == ["venv", "pip", "pip"] and kept.exists()
    assert checkout.make("setup").returncode == 0 and checkout.made() == []


def test_moved_checkout_rewrites_its_scripts(checkout: Checkout) -> None:
    checkout.make("setup")
    checkout.folder = checkout.folder.rename(checkout.folder.parent / "moved")
    assert "Updating" in checkout.make("setup").stdout
    assert checkout.make("setup").returncode == 0 and checkout.made() == []


@pytest.mark.parametrize(("state", "says"), [("TOO_OLD", "needs Python 3.11 or newer"), ("NO_VENV", "python3-venv")])
def test_says_what_is_missing(checkout: Checkout, state: str, says: str) -> None:
    done = checkout.make("test", **{state: "1"})
    assert done.returncode != 0 and says in done.stderr
    assert checkout.made() == [] and not (checkout.folder / ".venv").exists()


def test_every_target_is_there_and_in_the_help(checkout: Checkout) -> None:
    help_text = checkout.make().stdout
    for target in TARGETS:
        assert f"make {target} " in help_text
        assert checkout.make("--dry-run", target).returncode == 0


def test_a_failing_check_fails_make(checkout: Checkout) -> None:
    checkout.make("setup")
    python = checkout.folder / ".venv" / "bin" / "python"
    for module, target in [("ruff", "lint"), ("mypy", "lint"), ("pytest", "test"), ("sim", "run")]:
        python.write_text(STAND_IN + f'[ "$1 $2" != "-m {module}" ]\n')
        assert checkout.make(target).returncode != 0, module
        python.write_text(STAND_IN)
        assert checkout.make(target).returncode == 0


def test_clean_keeps_only_what_is_tracked(checkout: Checkout) -> None:
    checkout.make("setup")
    outputs = checkout.folder / "outputs"
    (outputs / "mine").mkdir(parents=True)
    (outputs / ".gitignore").write_text("*\n!.gitignore\n")
    (checkout.folder / "sim" / "__pycache__").mkdir(parents=True)
    assert checkout.make("clean").returncode == 0
    assert sorted(p.relative_to(checkout.folder).as_posix() for p in checkout.folder.rglob("*")) == [
        "Makefile",
        "outputs",
        "outputs/.gitignore",
        "pyproject.toml",
        "requirements.lock",
        "sim",
    ]
