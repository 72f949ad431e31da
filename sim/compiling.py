"""`make compile`: makes machine code of the layers that simulate and tabulate with mypyc, which comes with mypy.

The code is compiled as it stands, without a word of its own: both ways of running it give the same results.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from sim import compiled

INTERPRETED = frozenset(
    (
        "base/errors.py", "base/interrupt.py", "base/tail.py", "world/errors.py", "world/frozen.py",
        "world/own_policy.py", "world/simulate.py",
    )
)  # fmt: skip
"""Left to Python: exceptions, what answers for any attribute, what takes no time, and what a user's policy is called
from."""

COMPILED = ("base", "physics", "world", "tables")

ALONE = ("model/throughput.py", "model/worth.py")
"""Modules of other packages: laws. What a draw is made of stays Python's."""

CALLS = """
#pragma once
#include <Python.h>

static inline double as_double(PyObject *number) {
    return PyFloat_CheckExact(number) ? PyFloat_AS_DOUBLE(number) : PyFloat_AsDouble(number);
}
#define PyFloat_AsDouble as_double

#ifndef Py_GIL_DISABLED
static inline int append(PyObject *list, PyObject *item) {
    Py_ssize_t size = PyList_GET_SIZE(list);
    if (size >= ((PyListObject *)list)->allocated) return PyList_Append(list, item);
    Py_INCREF(item);
    PyList_SET_ITEM(list, size, item);
    Py_SET_SIZE(list, size + 1);
    return 0;
}
#define PyList_Append append
#endif
"""
"""The two calls of Python that are made most, without the call: a twentieth of a draw's instructions."""

SETUP = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from mypyc.build import mypycify
from setuptools import setup
from setuptools.command.build_ext import build_ext

class Parallel(build_ext):
    def build_extension(self, extension):
        one = self.compiler._compile
        def compile(sources, output_dir=None, macros=None, include_dirs=None, debug=0, extra_preargs=None,
                    extra_postargs=None, depends=None):
            _, objects, after, options, build = self.compiler._setup_compile(
                output_dir, macros, include_dirs, sources, depends, extra_postargs)
            before = self.compiler._get_cc_args(options, debug, extra_preargs)
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(lambda name: one(name, *build[name], before, after, options), build))
            return objects
        self.compiler.compile = compile
        super().build_extension(extension)

level, *files = sys.argv[1:]
extensions = mypycify(["--config-file=mypy.ini", *files], opt_level=level, debug_level="0", multi_file=True,
                      group_name="manycopies")
for extension in extensions:
    extension.extra_compile_args += [
        "-include", "calls.h",
        "-ffp-contract=off",  # sums as Python does them, on every machine
        "-fvisibility=hidden",  # calls between modules go straight to what they call
        "-freorder-blocks-and-partition",  # what is done after errors lies apart from what is done at every event
    ]
setup(name="manycopies-compiled", packages=[], py_modules=[], ext_modules=extensions, cmdclass={"build_ext": Parallel},
      script_args=["build_ext", "--build-lib", "out", "--build-temp", "objects"])
"""

HEADERS = "On Debian or Ubuntu: sudo apt install gcc python3-dev"


class CompileError(RuntimeError):
    """Nothing could be compiled: its text says why, and what to do."""


def check() -> None:
    """Raises CompileError if something is missing that it takes."""
    for name in ("mypyc", "setuptools"):
        if find_spec(name) is None:
            raise CompileError(f"{name} is not installed here: `make compile` runs where it is")
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        raise CompileError(f"it takes a C compiler, and there is no {compiler}. {HEADERS}")
    if not os.path.isfile(os.path.join(sysconfig.get_path("include"), "Python.h")):
        raise CompileError(f"it takes Python's header files, which are not there. {HEADERS}")


def build(level: str = "2") -> Path:
    """Compile, and put what was made in the place of what was there. Returns its folder.

    level: of the C compiler's optimisation. Raises CompileError.
    """
    check()
    stamp = compiled.sources()
    root = Path(compiled.FOLDER).parent
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sim").mkdir()
        (folder / "sim" / "__init__.py").touch()
        for layer in compiled.LAYERS:
            shutil.copytree(root / layer, folder / "sim" / layer, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "mypy.ini").write_text("[mypy]\nfollow_imports = silent\nignore_missing_imports = true\n")
        (folder / "calls.h").write_text(CALLS)
        files = [
            f"sim/{layer}/{path.name}" for layer in COMPILED for path in sorted((root / layer).glob("*.py"))
            if path.name != "__init__.py" and f"{layer}/{path.name}" not in INTERPRETED
        ]  # fmt: skip
        files += [f"sim/{name}" for name in ALONE]
        done = subprocess.run(
            [sys.executable, "-c", SETUP, level, *files], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CompileError("the compiler says:\n" + (done.stdout + done.stderr)[-4000:])
        (folder / "out" / compiled.STAMP).write_text(stamp, encoding="utf-8")
        target = Path(compiled.FOLDER) / compiled.kind()
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(exist_ok=True)
        made = target.with_name(target.name + ".new")
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(folder / "out", made)
        made.rename(target)
    return target


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m sim.compiling", description=__doc__)
    parser.add_argument("--level", choices=("0", "1", "2", "3"), default="1", help="of the C compiler's optimisation")
    level = parser.parse_args().level
    print("Compiling the simulation: a minute or a few ...", flush=True)
    begun = time.monotonic()
    try:
        build(level)
    except CompileError as error:
        print(f"Nothing was compiled: {error}", file=sys.stderr)
        print("Everything works without, as Python reads it.", file=sys.stderr)
        return 1
    print(f"Compiled in {time.monotonic() - begun:.0f} s. It is used until a source file changes.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
