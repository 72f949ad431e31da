"""Picture 6: AI work by quality and kind of model, against the humans who do it, before and after expert level."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from sim.base.calendar import date_text
from sim.base.units import DAYS_PER_YEAR
from sim.base.words import plural
from sim.show.axes import clean, dates, log_limits, log_scale
from sim.show.compared import words_of_level
from sim.show.dots import parity_dots
from sim.show.page import MARGIN, Picture, empty, page
from sim.show.simulated import Row, Simulated, date_number, rows, span_of, start_of
from sim.show.style import GREY, INK, SMALL, TEXT, WIDTH, cut, listed, number, tint
from sim.tables.parity import EVERYTHING, expert_levels, out_of_reach, workforces
from sim.tables.table import Table
from sim.tables.trajectory import boundaries
from sim.tables.work import KINDS, bands

MOST_PANELS = 6
BANDS = ("#B8860B", "#0072B2", "#882255", "#009E73", "#D55E00")
KIND_DASHES: dict[str, Any] = dict(zip(KINDS, ("-", (0, (5, 1.5)), (0, (2, 1))), strict=True))
EXPERT_RESEARCHER = "expert_researcher"
PEOPLE = {"world": "-", "labs": (0, (1, 1.2))}
Line = dict[float, float]
"""Start of an interval -> mean over it."""


@dataclass
class DomainWork:
    """One domain: full-time humans of AI work by (band, kind of model), interval by interval."""

    lines: dict[tuple[str, str], Line] = field(default_factory=dict)

    @property
    def total(self) -> Line:
        """Work of all kinds and bands."""
        found: dict[float, float] = defaultdict(float)
        for line in self.lines.values():
            for x, value in line.items():
                found[x] += value
        return dict(sorted(found.items()))


def work_by_domain(result: Simulated) -> dict[str, DomainWork]:
    """Domains in which any work was done, from bands.csv, all labs together."""
    found: dict[str, DomainWork] = {}
    for row in rows(result, "bands"):
        if row["human_equivalents"] > 0.0:
            lines = found.setdefault(row["domain"], DomainWork()).lines
            line = lines.setdefault((row["band"], row["kind"]), {})
            line[row["date"]] = line.get(row["date"], 0.0) + row["human_equivalents"]
    return dict(sorted(found.items()))


def _parity(result: Simulated) -> list[Row]:
    table: Table = result.table("parity")
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def headline(result: Simulated, work: dict[str, DomainWork]) -> str:
    """The finding: what AI work equalled before the first expert-level model, else how large it became."""
    found = [row for row in _parity(result) if row["date"] and row["domain"] in work]
    ahead = [row for row in found if row["days_before_expert_level"] and row["days_before_expert_level"] > 0.0]
    order = {"world": 1, "labs": 0}
    if ahead:
        best = max(ahead, key=lambda row: (order[row["workforce"]], row["share"], row["people"]))
        days = best["days_before_expert_level"]
        return f"{_equals(best)}, {_length(days)} before any model is expert-level in it"
    if found:
        best = max(found, key=lambda row: (order[row["workforce"]], row["share"], row["people"]))
        started = best["date"][:10] <= result.record.draw.start.isoformat()
        when = "from the start" if started else f"on {best['date'][:10]}"
        never = best["expert_level"] is None and not out_of_reach(result.rates, best["domain"])
        tail = "; no model is expert-level in it before the end" if never else ""
        return f"{_equals(best)}, {when}{tail}"
    domain, mine = max(work.items(), key=lambda item: max(item[1].total.values()))
    most = max(mine.total.values())
    return f"AI work in {words_of_level(domain)} reaches that of {number(most)} full-time humans on the tasks it can do"


def _equals(row: Row) -> str:
    """What AI work of a domain equals."""
    part = "that of all" if row["share"] == 1.0 else f"{row['share'] * 100:g}% of that of the"
    where = "in the world" if row["workforce"] == "world" else "at the labs"
    return (f"AI work in {words_of_level(row['domain'])}, on the tasks it can do, equals {part} "
            f"{number(row['people'])} humans who do it {where}")  # fmt: skip


def _length(days: float) -> str:
    return f"{number(days, 3)} days" if days < 730.0 else f"{days / DAYS_PER_YEAR:.1f} years"


def mediocre(result: Simulated) -> Picture:
    """A panel a domain: work by band (colour) and kind of model (dashes), human workforces, expert-level dates."""
    everything = work_by_domain(result)
    if not everything:
        return empty(result.facts, "No AI work was done: no fleet had a model and accelerators", "There is no work.")
    ranked = sorted(everything, key=lambda domain: -max(everything[domain].total.values()))
    work = {domain: everything[domain] for domain in everything if domain in ranked[:MOST_PANELS]}
    edges = bands(result.rates)
    used = {key for mine in work.values() for key in mine.lines}
    people = {domain: workforces(result.record, domain) for domain in work}
    experts = expert_levels(result.rates)
    colours = {name: BANDS[n % len(BANDS)] for n, (name, _) in enumerate(edges)}
    notes = []
    if len(work) < len(everything):
        notes.append(f"The {len(work)} domains with the most work of {plural(len(everything), 'domain')}.")
    needed = result.record.draw.expert_level
    if needed is not None:
        rule = (
            f"Expert-level in a domain: quality of at least {(needed.quality or 0.0) * 100:g}% of a human expert's, on "
            f"at least {(needed.share_doable or 0.0) * 100:g}% of the task-hours."
        )
        everywhere = experts.get(EVERYTHING)
        rule += (
            f" One model is so in every domain from {_day(result, everywhere.day)}: {everywhere.model}."
            if everywhere is not None
            else " No model is so in every domain before the end."
        )
        beyond = [domain for domain in work if out_of_reach(result.rates, domain)]
        if beyond:
            which = listed([words_of_level(domain) for domain in beyond])
            rule += f" In {which} none ever can be: the law's ceiling (an input) is no higher than that."
        if EXPERT_RESEARCHER in result.record.draw.levels:
            rule += " The level ‘expert researcher’ is another thing: a share of the tasks, whatever the quality."
        notes.append(rule)
    subtitle = (
        "Full-time humans' worth of AI work that the labs' fleets could do, by the quality of the work (colour: output "
        "against a human expert's) and the kind of model that did it (dashes), on the tasks it can do; means over "
        "intervals of bands.csv."
    )
    if any(people.values()):
        subtitle += " Dots: work equals 1%, 10% and 100% of the humans who do this work (parity.csv)."
    columns = 1 if len(work) == 1 else 2
    lines = -(-len(work) // columns)
    body = 4.6 if len(work) == 1 else 2.75 * lines + 0.3
    figure = page(
        result.facts, headline(result, work), subtitle, body, legend=_legend(edges, colours, used, people), notes=notes
    )
    _panels(figure, result, work, people, experts, colours, columns)
    return figure


def _day(result: Simulated, day: float) -> str:
    return date_text(day, result.record.draw.start)[:10]


def _panels(
    figure: Picture,
    result: Simulated,
    work: dict[str, DomainWork],
    people: dict[str, dict[str, Any]],
    experts: dict[str, Any],
    colours: dict[str, str],
    columns: int,
) -> None:
    start, end = span_of(result)
    bottom, top = figure.body
    axis, gap = 1.12, 0.95
    lines = -(-len(work) // columns)
    width = (WIDTH - MARGIN - axis - 0.15 - gap * (columns - 1)) / columns
    each = (top - bottom - 0.25) / lines
    reached = _parity(result)
    for n, (domain, mine) in enumerate(work.items()):
        line, column = divmod(n, columns)
        last = n + columns >= len(work)
        panel = figure.panel(axis + column * (width + gap), top - (line + 1) * each + 0.1, width, each - 0.5)
        clean(panel)
        humans = [count for steps in people[domain].values() for _, count in steps]
        low, high = log_limits([*mine.total.values(), *humans])
        log_scale(panel, max(low, high / 1e9), high, most=6)
        dates(panel, start, end, labelled=last)
        if column == 0:
            panel.set_ylabel("full-time humans (log)", fontsize=SMALL, color=GREY)
            panel.yaxis.set_label_coords(-0.82 / width, 0.5)
        panel.text(
            0.0, 1.0 + 0.07 / (each - 0.5), cut(words_of_level(domain), TEXT + 1.0, width, bold=True),
            transform=panel.transAxes, fontsize=TEXT + 1.0, weight="bold", color=INK, va="bottom",
        )  # fmt: skip
        texts = _draw(panel, result, mine, people[domain], colours, start, end)
        expert = experts.get(domain)
        if expert is not None:
            x = start + expert.day
            panel.axvspan(max(start, x), end, facecolor="#f3f4f6", zorder=0, lw=0.0)
            panel.axvline(x, color=INK, lw=1.1, ls=(0, (4, 2)), zorder=2, gid=f"expert:{domain}")
            near = (x - start) / (end - start) > 0.6
            text = panel.annotate(
                "expert-level model", (x, 0.0), xycoords=panel.get_xaxis_transform(), xytext=(-3 if near else 3, 4),
                textcoords="offset points", ha="right" if near else "left", va="bottom", fontsize=SMALL, color=INK,
                zorder=6,
            )  # fmt: skip
            texts.append(text)
        parity_dots(panel, [row for row in reached if row["domain"] == domain and row["date"] is not None], texts)


def _draw(
    panel: Axes,
    result: Simulated,
    mine: DomainWork,
    people: dict[str, Any],
    colours: dict[str, str],
    start: float,
    end: float,
) -> list[Text]:
    """The lines of one domain, and its workforces with their sizes where the work is furthest: these texts."""
    texts: list[Text] = []
    record = result.record
    # Every interval of bands.csv: one without work has no row there, and no line here.
    grid = [date_number(date_text(day, record.draw.start)) for day in boundaries(record)[:-1]]
    xs, values = _steps(mine.total, grid, end)
    panel.plot(xs, values, drawstyle="steps-post", color=tint(GREY, 0.35), lw=4.0, zorder=2, gid="total")
    for (band, kind), line in sorted(mine.lines.items()):
        xs, values = _steps(line, grid, end)
        panel.plot(
            xs, values, drawstyle="steps-post", color=colours[band], ls=KIND_DASHES[kind], lw=1.8, zorder=4,
            gid=f"work:{band}:{kind}",
        )  # fmt: skip
    for name, steps in people.items():
        when = [start_of(result) + max(0.0, day) for day, _ in steps]
        counts = [count for _, count in steps]
        panel.plot(
            [*when, end], [*counts, counts[-1]], drawstyle="steps-post", color=INK, lw=0.9, marker="|", ms=4.0,
            markevery=max(1, len(when) // 12), ls=PEOPLE[name], zorder=3, gid=f"people:{name}",
        )  # fmt: skip
        low, high = panel.get_ylim()
        if counts[0] <= 0.0 or counts[-1] <= 0.0:
            continue
        done = list(mine.total.values())
        at_end = abs(math.log(done[-1] / counts[-1])) > abs(math.log(done[0] / counts[0]))
        if not low * 2.0 < counts[-1 if at_end else 0] < high:
            continue
        whose = "humans, world" if name == "world" else "humans at the labs"
        over = max(count for x, count in zip(when, counts, strict=True) if at_end or x <= start + 0.45 * (end - start))
        text = panel.annotate(
            f"{number(counts[-1 if at_end else 0])} {whose}", (end if at_end else start, over),
            xytext=(-2 if at_end else 8, 3), textcoords="offset points", ha="right" if at_end else "left",
            va="bottom", fontsize=SMALL, color=INK, zorder=6,
        )  # fmt: skip
        texts.append(text)
    return texts


def _steps(line: Line, grid: list[float], end: float) -> tuple[list[float], list[float]]:
    values = [line.get(x, math.nan) for x in grid]
    return [*grid, end], [*values, values[-1]]


def _legend(
    edges: list[tuple[str, float]],
    colours: dict[str, str],
    used: set[tuple[str, str]],
    people: dict[str, dict[str, Any]],
) -> list[tuple[object, str]]:
    found: list[tuple[object, str]] = [(Line2D([], [], color=tint(GREY, 0.35), lw=4.0), "all AI work")]
    for n, (name, edge) in enumerate(edges):
        if any(band == name for band, _ in used):
            upper = f" to {edges[n + 1][1] * 100:g}%" if n + 1 < len(edges) else " and above"
            found.append((Line2D([], [], color=colours[name], lw=1.8), f"{name}: {edge * 100:g}%{upper}"))
    kinds = [kind for kind in KINDS if any(other == kind for _, other in used)]
    if kinds != ["general"]:
        found += [(Line2D([], [], color=GREY, lw=1.8, ls=KIND_DASHES[kind]), f"{kind} models") for kind in kinds]
    for name, words in (("world", "humans, world"), ("labs", "humans at the labs")):
        if any(name in steps for steps in people.values()):
            found.append((Line2D([], [], color=INK, lw=0.9, marker="|", ms=4.0, ls=PEOPLE[name]), words))
    return found
