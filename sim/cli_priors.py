"""`sim show --priors`: prints the uncertain inputs of a scenario, and draws them."""

from __future__ import annotations

from contextlib import suppress
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
    from sim.output import OutputError, remedy
    from sim.show.facts import PictureFacts
    from sim.show.pictures import save
    from sim.show.priors import figures

    facts = PictureFacts(question=scenario.question, name=scenario.name)
    made = figures([*priors(scenario), *derived], facts)
    files = [Path(out) / ("priors.png" if n == 0 else f"priors-{n + 1}.png") for n in range(len(made))]
    new = [folder for folder in files[0].parents if not folder.exists()]
    for figure, file in zip(made, files, strict=True):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            save(figure, file)
        except OSError as error:
            for folder in new:
                with suppress(OSError):  # there is a picture in it
                    folder.rmdir()
            why = error.strerror or error
            raise OutputError(f"{file}: could not be written ({why}); {remedy(error)}") from error
        print(file)
