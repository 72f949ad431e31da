"""`sim sensitivity`: parsing and printing only."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli_ensemble import number_of_draws, told_of_draws

if TYPE_CHECKING:
    from sim.ensembles import Ensemble

SENSITIVITY_EXAMPLE = (
    "sim sensitivity scenarios/one-lab.yaml -n 300 --of own_window_median_days\n"
    "          sim sensitivity outputs/ensemble-one-lab --of 'length_days[Aurora/2]' --method pawn"
)
METHODS = ("rank", "pawn")


def add_sensitivity(sub: argparse.ArgumentParser) -> None:
    """The arguments of `sim sensitivity` besides the scenario."""
    sub.add_argument("--of", metavar="RESULT",
                     help="what is asked about (default: own_window_median_days); a wrong name lists what "
                          "there is")  # fmt: skip
    sub.add_argument("--method", metavar="METHOD",
                     help="rank (default: rank correlations) or pawn (any influence, also one that turns)")  # fmt: skip
    sub.add_argument("-n", dest="draws", metavar="DRAWS", help="of a scenario: make so many draws if not there")
    sub.add_argument("--ensemble", metavar="FOLDER",
                     help="of a scenario: where its draws are or go (default: outputs/ensemble-NAME)")  # fmt: skip
    sub.add_argument("--seed", type=int, help="seed of draws that are made, in place of the scenario's")
    sub.add_argument("--workers", type=int, metavar="N",
                     help="processes (default: one for each processor); they change no number")  # fmt: skip
    sub.add_argument("--out", metavar="FOLDER", help="where the results go (default: outputs/sensitivity-NAME)")
    sub.add_argument("--svg", action="store_true", help="the pictures also as SVG")
    sub.add_argument("--no-pictures", dest="pictures", action="store_false", help="tables only")


def run_sensitivity(options: argparse.Namespace) -> int:
    """Find or make the draws, rank the inputs, write the folder, print the answer."""
    from sim.analysis.ranking import SensitivityError
    from sim.cli_errors import UsageError
    from sim.cli_pictures import settle_matplotlib
    from sim.ensemble.observed import NoSuchResult
    from sim.ensemble.outcomes import MAIN
    from sim.output import check_folder, command_line, default_folder

    method = options.method or METHODS[0]
    if method not in METHODS:
        raise UsageError(f"--method {method}: expected {' or '.join(METHODS)}")
    if options.workers is not None and options.workers < 1:
        raise UsageError(f"--workers {options.workers}: expected a number above 0")
    of = options.of or MAIN
    ensemble = _ensemble(options)
    folder = Path(options.out) if options.out else default_folder(f"sensitivity-{ensemble.spec['name']}")
    check_folder(folder)
    try:
        found = ensemble.sensitivity(of, method)
    except NoSuchResult as error:
        raise UsageError(f"--of: {error}") from None
    except SensitivityError as error:
        raise UsageError(str(error)) from None
    settle_matplotlib()
    found.save(folder, pictures=options.pictures, svg=options.svg, command=command_line())
    print(found)
    pictures = ", sensitivity.png, scatter.png" if options.pictures else ""
    print(f"\n{folder}/ (sensitivity.csv{pictures}, ...), from the draws in {ensemble.folder}/")
    return 0


def _ensemble(options: argparse.Namespace) -> Ensemble:
    """The draws: those of a folder; those of a scenario, made if they are not there."""
    from sim.cli_errors import UsageError
    from sim.cli_options import load_scenario, tell_of_code
    from sim.ensembles import Ensemble, run_ensemble
    from sim.output import OutputError, command_line, default_folder

    if Path(options.scenario).is_dir():
        for name in ("draws", "ensemble", "seed", "sets", "overlays", "policies"):
            if getattr(options, name) not in (None, []):
                word = {"draws": "-n", "sets": "--set", "overlays": "--with", "policies": "--policy"}
                option = word.get(name, f"--{name}")
                raise UsageError(f"{option}: only with a scenario; {options.scenario} holds draws that are made")
        try:
            return Ensemble(options.scenario)
        except OutputError as error:
            raise OutputError(f"{error}: make one with sim run FILE -n 300 --out FOLDER") from None
    draws = None if options.draws is None else number_of_draws(options.draws)
    scenario = load_scenario(options)
    folder = Path(options.ensemble) if options.ensemble else default_folder(f"ensemble-{scenario.name}")
    found = None
    try:
        found = Ensemble(folder)
    except OutputError:
        if draws is None:
            raise UsageError(f"{folder} holds no draws of {options.scenario}: say how many are to be made, "
                             "as in -n 300") from None  # fmt: skip
    seed = scenario.draw(listed=False).seed if options.seed is None else options.seed
    if found is not None and (draws is None or draws <= found.draws):
        if (found.spec["scenario_hash"], found.spec["seed"]) == (scenario.hash, seed):
            return found
        raise OutputError(f"{folder}: holds draws of another scenario or seed; delete it, or choose another folder "
                          "with --ensemble")  # fmt: skip
    assert draws is not None
    tell_of_code(scenario)
    with told_of_draws(folder, options) as told:
        return run_ensemble(scenario, draws, seed=options.seed, workers=options.workers, out=folder, resume=True,
                            progress=told, command=command_line())  # fmt: skip
