"""The lock, the layers and what a built distribution carries."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]


def pins() -> dict[str, str]:
    """requirements.lock: a name and a version a line and nothing else, so no address of any index."""
    found: dict[str, str] = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        match = re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9.!+]+)", line)
        assert match, f"requirements.lock: not a plain pin: {line!r}"
        found[canonicalize_name(match[1])] = match[2]
    return found


def test_lock_has_plain_pins_of_others_only() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text and "--" not in text and " @ " not in text
    assert pins() and PROJECT["name"] not in pins()


@pytest.mark.parametrize(
    "wanted",
    [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"], *PYPROJECT["build-system"]["requires"]],
)
def test_lock_satisfies_pyproject(wanted: str) -> None:
    requirement = Requirement(wanted)
    pinned = pins().get(canonicalize_name(requirement.name))
    assert pinned is not None, f"{wanted} is not in requirements.lock: run `make lock`"
    assert requirement.specifier.contains(pinned, prereleases=True), f"{wanted}, but the lock has {pinned}"


def test_lock_pins_what_its_packages_need() -> None:
    """Else pip would fetch an unpinned version at set-up."""
    missing = []
    for name, pinned in pins().items():
        try:
            if metadata.version(name) != pinned:
                continue  # this environment was not made from the lock: the package may need other things
        except metadata.PackageNotFoundError:
            continue
        for need in map(Requirement, metadata.requires(name) or []):
            applies = need.marker is None or need.marker.evaluate({"extra": ""})
            if applies and canonicalize_name(need.name) not in pins():
                missing.append(f"{name} needs {need}")
    assert not missing


def test_layer_contracts_hold() -> None:
    code = "import sys; from importlinter.cli import lint_imports_command as c; sys.argv[1:] = ['--no-cache']; c()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 kept, 0 broken" in done.stdout


@pytest.mark.parametrize(
    ("layer", "allowed"),
    [
        ("base", set()),
        ("physics", set()),
        ("model", set()),
        ("world", {"simpy"}),
        ("tables", {"numpy"}),
    ],
)
def test_kernel_imports_only(layer: str, allowed: set[str]) -> None:
    """import-linter forbids the packages it knows; this allows only these, and not sim's own top (`import sim`)."""
    foreign = []
    for path in sorted((ROOT / "sim" / layer).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            else:
                continue
            foreign += [
                f"{path.relative_to(ROOT)}:{node.lineno}: {name}"
                for name in names
                if not name.startswith("sim.") and name.split(".")[0] not in sys.stdlib_module_names | allowed
            ]
    assert not foreign


def test_wheel_carries_code_catalog_and_types(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"manycopies-{PROJECT['version']}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        info = f"manycopies-{PROJECT['version']}.dist-info"
        assert "sim = sim.__main__:start" in archive.read(f"{info}/entry_points.txt").decode()
    assert {"sim/py.typed", "sim/scenario/catalog.yaml", f"{info}/licenses/LICENSE"} <= names
    tracked = {p.relative_to(ROOT).as_posix() for p in (ROOT / "sim").rglob("*.py")}
    assert tracked <= names
    assert not [name for name in names if not name.startswith(("sim/", f"{info}/"))]


def test_ci_can_be_started() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
