"""`sim sensitivity`: parsing and printing only."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli_draws import number_of_draws, told_of_draws

if TYPE_CHECKING:
    from sim.ensembles import Ensemble
    from sim.scenario import Scenario

SENSITIVITY_EXAMPLE = (
    "sim sensitivity scenarios/one-lab.yaml -n 300 --of own_window_median_days\n"
    "          sim sensitivity outputs/ensemble-one-lab --of 'length_days[Aurora/2]' --method pawn\n"
    "          sim sensitivity scenarios/one-lab.yaml --of 'copies_at_open[Aurora/2]' --method tornado"
)
FROM_DRAWS = ("rank", "pawn")
OF_THEIR_OWN = ("tornado", "sobol")
WORDS = {"draws": "-n", "sets": "--set", "overlays": "--with", "policies": "--policy"}


def add_sensitivity(sub: argparse.ArgumentParser) -> None:
    """The arguments of `sim sensitivity` besides the scenario."""
    sub.add_argument("--of", metavar="RESULT",
                     help="what is asked about (default: own_window_median_days); a wrong name lists what "
                          "there is")  # fmt: skip
    sub.add_argument("--method", metavar="METHOD",
                     help="from draws: rank (default: rank correlations), pawn (any influence); by runs of its own: "
                          "tornado (one input at a time), sobol (shares of the variance: many runs)")  # fmt: skip
    sub.add_argument("-n", dest="draws", metavar="DRAWS", help="of a scenario: make so many draws if not there")
    sub.add_argument("--ensemble", metavar="FOLDER",
                     help="of a scenario: where its draws are or go (default: outputs/ensemble-NAME)")  # fmt: skip
    sub.add_argument("--points", metavar="N", help="of sobol: its points (default: 128); each takes a run for every "
                     "input, and two more")  # fmt: skip
    sub.add_argument("--runs", metavar="N", help="of sobol: at most so many runs (default: 10,000)")
    sub.add_argument("--resume", action="store_true", help="of sobol: go on with what was interrupted")
    sub.add_argument("--seed", type=int, help="seed of what is simulated, in place of the scenario's")
    sub.add_argument("--workers", type=int, metavar="N",
                     help="processes (default: one for each processor); they change no number")  # fmt: skip
    sub.add_argument("--out", metavar="FOLDER", help="where the results go (default: outputs/sensitivity-NAME)")
    sub.add_argument("--svg", action="store_true", help="the pictures also as SVG")
    sub.add_argument("--no-pictures", dest="pictures", action="store_false", help="tables only")


def run_sensitivity(options: argparse.Namespace) -> int:
    """Find or make the draws or runs, rank the inputs, write the folder, print the answer."""
    from sim.analysis.ranking import SensitivityError
    from sim.cli_errors import UsageError
    from sim.cli_pictures import settle_matplotlib
    from sim.ensemble.observed import NoSuchResult
    from sim.output import check_folder, command_line, default_folder
    from sim.saltelli import TooManyRuns
    from sim.sensitivities import sensitivity

    method = options.method or FROM_DRAWS[0]
    sizes = _check(options, method)
    settle_matplotlib()
    try:
        what, name = _source(options, method)
        folder = Path(options.out) if options.out else default_folder(f"sensitivity-{name}")
        check_folder(folder)
        with told_of_draws(folder, options, counted="runs") as told:
            found = sensitivity(
                what, _of(options), method, seed=options.seed, workers=options.workers, resume=options.resume,
                folder=f"{folder}.unfinished" if method == "sobol" else None, progress=told,
                say=lambda text: print(f"sim: {text}", file=sys.stderr), **sizes,
            )  # fmt: skip
    except NoSuchResult as error:
        raise UsageError(f"--of: {error}") from None
    except TooManyRuns as error:
        raise UsageError(f"{error} (--points, --runs)") from None
    except SensitivityError as error:
        raise UsageError(str(error)) from None
    found.save(folder, pictures=options.pictures, svg=options.svg, command=command_line())
    print(found)
    names = [f"{found.table.name}.csv", *(f"{name}.png" for name in found.pictures if options.pictures), "..."]
    draws = f", from the draws in {_folder_of(options, name)}/" if method in FROM_DRAWS else ""
    print(f"\n{folder}/ ({', '.join(names)}){draws}")
    return 0


def _of(options: argparse.Namespace) -> str:
    from sim.tables.outcomes import MAIN

    return options.of or MAIN


def _check(options: argparse.Namespace, method: str) -> dict[str, int]:
    """What the options say of points and runs. Raises UsageError for options that make no sense."""
    from sim.cli_errors import UsageError

    if method not in (*FROM_DRAWS, *OF_THEIR_OWN):
        raise UsageError(f"--method {method}: expected {', '.join([*FROM_DRAWS, *OF_THEIR_OWN])}")
    if options.workers is not None and options.workers < 1:
        raise UsageError(f"--workers {options.workers}: expected a number above 0")
    unfit = {"points": method != "sobol", "runs": method != "sobol", "resume": method != "sobol",
             "draws": method in OF_THEIR_OWN, "ensemble": method in OF_THEIR_OWN}  # fmt: skip
    for name, bad in unfit.items():
        if bad and getattr(options, name):
            option = WORDS.get(name, f"--{name}")
            fit = "--method sobol" if name in ("points", "runs", "resume") else f"--method {' or '.join(FROM_DRAWS)}"
            raise UsageError(f"{option}: only with {fit}")
    if Path(options.scenario).is_dir():
        for name in ("draws", "ensemble", "seed", "sets", "overlays", "policies"):
            if getattr(options, name) not in (None, []):
                option = WORDS.get(name, f"--{name}")
                raise UsageError(f"{option}: only with a scenario; {options.scenario} holds draws that are made")
    found = {}
    for name, word in (("points", "points"), ("most_runs", "runs")):
        text = getattr(options, word)
        if text is not None:
            try:
                found[name] = int(text.replace(",", "").replace("_", ""))
            except ValueError:
                found[name] = 0
            if found[name] < 1:
                raise UsageError(f"--{word} {text}: expected a whole number above 0, such as 128")
    return found


def _source(options: argparse.Namespace, method: str) -> tuple[Ensemble | Scenario, str]:
    """The draws of a folder, or of a scenario, made if they are not there; or the scenario; and its name."""
    from sim.cli_errors import UsageError
    from sim.cli_options import load_scenario, tell_of_code
    from sim.ensemble.changes import WORDS, changes
    from sim.ensemble.program import program
    from sim.ensemble_folder import OtherDrawsError
    from sim.ensembles import Ensemble, run_ensemble
    from sim.output import OutputError, command_line
    from sim.scenario.files import EFFECTIVE
    from sim.sensitivities import check_result

    if Path(options.scenario).is_dir():
        try:
            given = Ensemble(options.scenario)
        except OtherDrawsError as error:
            base = Path(options.scenario) / EFFECTIVE
            raise UsageError(f"{error}; ask one of its scenarios, {Path(EFFECTIVE).stem}*.yaml there: "
                             f"sim sensitivity {base} -n 300") from None  # fmt: skip
        except OutputError as error:
            raise OutputError(f"{error}: make one with sim run FILE -n 300 --out FOLDER") from None
        return given, given.spec["name"]
    draws = None if options.draws is None else number_of_draws(options.draws)
    scenario = load_scenario(options)
    if not scenario.uncertain:
        raise UsageError(f"no input of {options.scenario} is uncertain: there is nothing to be sensitive to")
    if method in OF_THEIR_OWN:
        tell_of_code(scenario)
        return scenario, scenario.name
    folder = _folder_of(options, scenario.name)
    found = None
    try:
        found = Ensemble(folder)
    except OutputError:
        if draws is None:
            raise UsageError(f"{folder} holds no draws of {options.scenario}: say how many are to be made, "
                             "as in -n 300") from None  # fmt: skip
    seed = scenario.draw(listed=False).seed if options.seed is None else options.seed
    if found is not None and (draws is None or draws <= found.draws):
        same = {key: found.spec.get(key) for key in ("kind", *WORDS) if key in found.spec}
        wanted = {**same, "program": program(), "scenario_hash": scenario.hash, "seed": seed}
        different = changes(found.store, wanted, scenario)
        if not different:
            return found, scenario.name
        raise OutputError(f"{folder}: holds draws of something else ({'; '.join(different)}); delete it, choose "
                          "another folder with --ensemble, or give the folder itself to ask it as it is")  # fmt: skip
    assert draws is not None
    tell_of_code(scenario)
    check_result(scenario, _of(options), seed)
    with told_of_draws(folder, options, alone=True) as told:
        made = run_ensemble(scenario, draws, seed=options.seed, workers=options.workers, out=folder, resume=True,
                            progress=told, command=command_line())  # fmt: skip
    return made, scenario.name


def _folder_of(options: argparse.Namespace, name: str) -> Path:
    """Where the draws of a scenario are."""
    from sim.output import default_folder

    if Path(options.scenario).is_dir():
        return Path(options.scenario)
    return Path(options.ensemble) if options.ensemble else default_folder(f"ensemble-{name}")
