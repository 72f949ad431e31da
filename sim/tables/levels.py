"""levels.csv: when each level of capability was first reached, and the dwell until the next."""

from __future__ import annotations

from sim.base.units import DAYS_PER_YEAR
from sim.model.level import threshold
from sim.tables.alignment import alignment_work, counted
from sim.tables.alignment_work import counts_alignment
from sim.tables.deployed import deployed_work
from sim.tables.rates import Rates
from sim.tables.table import Column, Table
from sim.world.record import RunRecord


def levels_table(record: RunRecord, rates: Rates) -> Table:
    """A row for each level, in the order in which they were reached; levels not reached come last."""
    draw = record.draw
    domains, labs = sorted(draw.domains), sorted(draw.labs)
    columns = [
        Column("level", "", "the level"),
        Column("first_lab", "", "lab that reached it first, by a model for internal use; empty if none did"),
        Column("first_model", "", "the model that did"),
        Column("date", "date", "when"),
        Column("dwell_days_to_next", "days", "time to the first crossing of the next level; empty if there is none"),
        *(Column(f"ai_labour_years_{domain}", "human-years", "work of all labs' fleets of the domain in it")
          for domain in domains),
        Column("alignment_researcher_years", "researcher-years",
               "alignment work in it that counts, of the whole world; empty without `alignment` block or staff"),
        Column("alignment_serial_days", "days", "serial time of alignment work in it, at a human's speed"),
    ]  # fmt: skip
    reached = sorted(
        ((day, level, model) for (level, lab), (day, model) in record.levels.items() if lab == ""),
        key=lambda item: (item[0], threshold(draw, item[1]), item[1]),
    )
    aligns = alignment_work(record, rates) if counts_alignment(record) else None
    rows = []
    for n, (day, level, model) in enumerate(reached):
        after = reached[n + 1][0] if n + 1 < len(reached) else None
        start, end = max(0.0, day), record.end if after is None else max(0.0, after)
        work = [0.0] * len(domains)
        for each in labs:
            for place, days in enumerate(deployed_work(rates, each, None, start, end)):
                work[place] = work[place] + days
        lab, _, name = model.partition("/")
        dwell = None if after is None else after - day
        rows.append((level, lab, name, rates.dates.of(day), dwell, *[days / DAYS_PER_YEAR for days in work],
                     *((None, None) if aligns is None else counted(aligns, start, end))))  # fmt: skip
    never = sorted(set(draw.levels) - {level for _, level, _ in reached})
    rows += [(level, None, None, None, None, *(None for _ in domains), None, None) for level in never]
    return Table("levels", columns, rows)
