"""`sim validate`: parsing and printing only."""

from __future__ import annotations

import argparse

from sim.cli_options import code_of, load_scenario


def run_validate(options: argparse.Namespace) -> int:
    """Read a scenario, try it, print what is to be said of it."""
    from sim.world import simulate

    scenario = load_scenario(options)
    code = code_of(scenario)
    warnings = [] if code else simulate(scenario.draw()).warnings
    stated = [item for item in scenario.inputs if item.stated]
    for _, lab, subject, message in warnings:
        print(f"{options.scenario}: {f'{lab}/' if lab else ''}{subject}: {message}")
    print(f"{options.scenario}: fine ({len(stated)} inputs stated, {len(scenario.uncertain)} uncertain)")
    if code:
        print(f"{options.scenario}: read, not simulated: code is not run here ({code})")
    return 0
