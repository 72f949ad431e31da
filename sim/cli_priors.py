"""`sim show --priors`: prints the uncertain inputs of a scenario, and draws them."""

from __future__ import annotations

from pathlib import Path

from sim.scenario.scenario import Scenario


def show_priors(scenario: Scenario, out: str | None) -> None:
    """Prints a line for each uncertain input; with a folder, also draws all: priors.png, priors-2.png, ..."""
    from sim.ensemble.derived_priors import derived_priors, derived_text
    from sim.scenario.priors import priors, priors_text

    derived = derived_priors(scenario)
    print(priors_text(scenario), end="")
    print(derived_text(derived), end="")
    if out is None or not scenario.uncertain:
        return
    from sim.show.facts import PictureFacts
    from sim.show.pictures import save
    from sim.show.priors import figures

    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    facts = PictureFacts(question=scenario.question, name=scenario.name)
    made = figures([*priors(scenario), *derived], facts)
    for number, figure in enumerate(made, 1):
        print(save(figure, folder / ("priors.png" if number == 1 else f"priors-{number}.png")))
