"""When runs were suspended, and when interventions were in force: what a chart of runs shows of stops."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from sim.show.axes import size_of
from sim.show.strips import bar
from sim.show.style import GREY, SMALL, brief, text_width
from sim.world.record import RunRecord

Stretch = tuple[float, float]
BAND = "#57606a"
"""Colour of what an intervention binds, drawn nearly transparent."""
FAINTLY = 0.13


def suspensions(record: RunRecord) -> dict[tuple[str, str], list[Stretch]]:
    """(lab, run) -> stretches in days in which it was interrupted in the middle of a phase.

    A run whose next phase does not fit is between two phases: it waits. While everything at its lab stands still it
    goes on with nothing: its phase lasts, but nothing is trained.
    """
    found: dict[tuple[str, str], list[Stretch]] = {}
    since: dict[tuple[str, str], float] = {}
    for day, lab, kind, subject, *_ in record.events:
        run = (lab, subject)
        if kind == "run_suspended":
            since[run] = day
        elif kind in ("run_resumed", "run_given_up") and run in since:
            found.setdefault(run, []).append((since.pop(run), day))
    for run, day in since.items():
        found.setdefault(run, []).append((day, record.end))
    logs = {(log.lab, log.name): log for log in record.runs}
    for run, stretches in found.items():
        phases = [(first, record.end if last is None else last) for _, first, last, _ in logs[run].phases]
        broken = {last for _, _, last, _ in logs[run].lost}
        found[run] = [(first, last) for first, last in stretches
                      if last > first and (first in broken or any(a <= first < b for a, b in phases))]  # fmt: skip
    for log in record.runs:
        run = (log.lab, log.name)
        for _, begun, ended, _ in log.phases:
            for stood, until in record.standstills.get(log.lab, ()):
                stretch = max(begun, stood), min(record.end if ended is None else ended, until)
                if stretch[1] > stretch[0]:
                    found[run] = _joined([*found.get(run, []), stretch])
    return {run: stretches for run, stretches in found.items() if stretches}


def _joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    """In order and apart."""
    found: list[Stretch] = []
    for first, last in sorted(stretches):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


def outside(stretch: Stretch, cut: Sequence[Stretch]) -> list[Stretch]:
    """What is left of a stretch without others, which are in order and apart."""
    first, last = stretch
    left = []
    for since, until in cut:
        if until > first and since < last:
            left.append((first, since))
            first = until
    return [(a, b) for a, b in [*left, (first, last)] if b > a] if cut else [stretch]


def in_force(record: RunRecord) -> list[tuple[str, float, float, frozenset[str]]]:
    """(name, from, to, labs that it binds) of each intervention that was in force, in days, by its start."""
    spans = [(name, since, record.end if until is None else until, frozenset(labs))
             for name, since, until, labs in record.interventions]  # fmt: skip
    return sorted((span for span in spans if span[2] > span[1] and span[3]), key=lambda span: (span[1], span[0]))


def band(axes: Axes, since: float, until: float, middle: float, height: float) -> None:
    """An intervention in force, behind the row of a lab that it binds."""
    bar(axes, since, until, middle, height, facecolor=BAND, alpha=FAINTLY, zorder=0.5, gid="in force")


def names_above(axes: Axes, spans: Sequence[tuple[str, float, float]]) -> None:
    """Names of interventions over the panel, in the middle of their bands; one for which there is no room has none."""
    width, up = size_of(axes)
    left, right = axes.get_xlim()
    taken = 0.0
    for name, since, until in spans:
        words = brief(name)
        room = text_width(words, SMALL)
        middle = (max(since, left) + min(until, right)) / 2
        at = min(max((middle - left) / (right - left) * width - room / 2, 0.0), width - room)
        if at < taken or until <= left:
            continue
        axes.text(at / width, 1.0 + 0.05 / up, words, transform=axes.transAxes, fontsize=SMALL, color=GREY,
                  gid="intervention")  # fmt: skip
        taken = at + room + 0.12
