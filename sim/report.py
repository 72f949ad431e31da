"""What `sim run` prints: the table of models, then warnings, guesses and unused inputs, and where the files are."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import IO, Any, NamedTuple

from sim.analysis.backtest import OUTCOMES
from sim.base.calendar import date_text
from sim.model.domain import RESEARCH
from sim.result import Result
from sim.tables.parity import EVERYTHING, out_of_reach


class Head(NamedTuple):
    """Heading of a printed column: the group that it belongs to, and its own words."""

    group: str
    name: str
    right: bool = True


MOST_LINES = 60
"""Models in the printed table."""
WIDTH = 118
"""Letters in a line of text; the table is as wide as it must be."""

UPLIFT_TO_EXPLAIN = 2.0
"""An implied uplift above what anyone has observed."""

SPEED = "speed of a copy"
MODEL_HEADS = [
    Head("", "lab", right=False),
    Head("", "model", right=False),
    Head("", "internal", right=False),
    Head("", "public", right=False),
    Head("window, days", "own"),
    Head("window, days", "frontier"),
    Head("training compute alone", "tokens/s"),
    Head("training compute alone", "copies"),
    Head("copies, all fleets", "at open"),
    Head("copies, all fleets", "peak"),
    Head(SPEED, "tok/s"),
    Head(SPEED, "x human"),
    Head("human", "equiv."),
]


def human(value: float | None) -> str:
    """A number to read: 3 significant figures, with k, M, B, T for thousand to trillion."""
    if value is None:
        return "-"
    if abs(value) >= 1e15:
        return f"{value:.2e}"
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size * 0.9995:
            scaled = value / size
            return f"{scaled:.3g}{letter}" if abs(scaled) < 999.5 else f"{scaled:.0f}{letter}"
    return f"{value:.3g}"


def print_report(result: Result, folder: Path, out: IO[str]) -> None:
    """Write the report of a finished run."""
    draw = result.record.draw
    if draw.question:
        print(f"{draw.question}\n", file=out)
    if result.stopped is not None:
        print(f"INCOMPLETE: this run {result.record.stop_text}\nWhat follows is what was simulated until then.\n",
              file=out)  # fmt: skip
    if result.table("windows").rows:
        lines = _model_lines(result)
        speed = _same_speed(lines)
        kept = [n for n, head in enumerate(MODEL_HEADS) if head.group != SPEED or not speed]
        shown = _shown(result)
        _columns([MODEL_HEADS[n] for n in kept], [[lines[row][n] for n in kept] for row in shown], out)
        if len(shown) < len(lines):
            print(f"... and {len(lines) - len(shown)} more models in windows.csv: shown are each lab's newest and "
                  "those that were the strongest anywhere for longest", file=out)  # fmt: skip
        _notes(result, speed, out)
    else:
        print("No model became usable before the end.", file=out)
    _levels(result, out)
    _alignment(result, out)
    _uplift(result, out)
    _parity(result, out)
    if draw.backtest:
        _backtest(result, out)
    _list(f"Warnings ({len(result.summary['warnings'])})", result.summary["warnings"], out, 12)
    guesses = result.summary.get("guesses", [])
    count = sum(item["count"] for item in guesses)
    _list(f"Guesses among the inputs that were read ({count})", _guesses(guesses), out, 12)
    unused = result.summary.get("unused_inputs", [])
    _list(f"Stated inputs that influenced nothing ({len(unused)})", unused, out, 8)
    unsourced = result.unsourced
    _list(f"Stated numbers that name no source and are not marked as guesses ({len(unsourced)})", unsourced, out, 4,
          "`sim show`")  # fmt: skip
    _findings(result, out)
    print(f"\nTables and provenance: {folder}/ (units and meanings of columns: units.csv)", file=out)
    pictures = [path.name for path in sorted(folder.glob("*.png"))]
    if pictures:
        print(f"Pictures: {folder}/ ({', '.join(pictures)})", file=out)


def _findings(result: Result, out: IO[str]) -> None:
    """The answer in short, in the words of the pictures' titles."""
    from sim.show.findings import findings

    found = findings(result)
    if not found:
        return
    seed = result.facts.seed
    case = "the central case" if seed is None else f"medians of the inputs, one draw of chance (seed {seed})"
    print(f"\nIn short ({case}; what the chips could run, not a count of what was deployed):", file=out)
    for text in found:
        print(textwrap.fill(text.replace("\u00a0", " "), WIDTH, initial_indent="  ", subsequent_indent="    ",
                            break_long_words=False, break_on_hyphens=False), file=out)  # fmt: skip


def _shown(result: Result) -> list[int]:
    """Rows of windows.csv to print: all; of many each lab's newest model and the longest frontier windows above 0."""
    table = result.table("windows")
    names = [column.name for column in table.columns]
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    if len(rows) <= MOST_LINES:
        return list(range(len(rows)))
    newest = {row["lab"]: n for n, row in enumerate(rows)}.values()
    wanted = [n for n, row in enumerate(rows) if n in newest or row["frontier_length_days"] > 0.0]
    ranked = sorted(wanted, key=lambda n: (n not in newest, -rows[n]["frontier_length_days"], n))
    return sorted(ranked[:MOST_LINES])


def _model_lines(result: Result) -> list[list[str]]:
    windows, start = result.table("windows"), result.record.draw.start
    names = [column.name for column in windows.columns]
    domain = _headline_domain(result)
    public = {(model.lab, model.name): model.public for model in result.record.models}
    lines = []
    for row in windows.rows:
        cell: dict[str, Any] = dict(zip(names, row, strict=True))
        released = public[cell["lab"], cell["model"]]
        lines.append(
            [
                cell["lab"],
                cell["model"],
                cell["opens"][:10],
                "-" if released is None else date_text(released, start)[:10],
                _days(cell["length_days"], cell["censored"]),
                _days(cell["frontier_length_days"], cell["frontier_censored"]),
                human(cell["tokens_per_s_from_training_compute"]),
                human(cell["copies_from_training_compute"]),
                human(cell["copies_at_open"]),
                human(cell["copies_peak"]),
                human(cell["speed_tokens_per_s"]),
                human(cell["speed_vs_human"]),
                human(cell[f"human_equivalents_at_open_{domain}"]),
            ]
        )
    return lines


def _same_speed(lines: list[list[str]]) -> str:
    """The speed of a copy in words if it is the same for every model: said once, not in a column; else empty."""
    said = {tuple(line[n] for n, head in enumerate(MODEL_HEADS) if head.group == SPEED) for line in lines}
    if len(said) > 1 or "-" in next(iter(said)):
        return ""
    ((speed, against),) = said
    return f"Each copy runs at {speed} tokens/s, {against} times a human's thinking speed: "


def _days(length: float, censored: bool) -> str:
    return f"{'>' if censored else ''}{length:,.0f}"


def _columns(heads: Sequence[Head], lines: list[list[str]], out: IO[str]) -> None:
    widths = [max(len(line[n]) for line in [[head.name for head in heads], *lines]) for n in range(len(heads))]
    groups: list[tuple[str, list[int]]] = []
    for n, head in enumerate(heads):
        if groups and head.group and groups[-1][0] == head.group:
            groups[-1][1].append(n)
        else:
            groups.append((head.group, [n]))
    top = []
    for group, members in groups:
        room = sum(widths[n] for n in members) + 2 * (len(members) - 1)
        if len(group) > room:
            widths[members[0]] += len(group) - room
            room = len(group)
        top.append(group.center(room))
    if any(head.group for head in heads):
        print("  ".join(top).rstrip(), file=out)
    for line in [[head.name for head in heads], *lines]:
        cells = [
            text.rjust(width) if head.right else text.ljust(width)
            for text, width, head in zip(line, widths, heads, strict=True)
        ]
        print("  ".join(cells).rstrip(), file=out)


def _headline_domain(result: Result) -> str:
    domains = sorted(result.record.draw.domains)
    return "ai_research" if "ai_research" in domains else domains[0]


def _notes(result: Result, speed: str, out: IO[str]) -> None:
    draw = result.record.draw
    domain = _headline_domain(result)
    basis = draw.domains[domain].token_basis
    tokens = result.rates.tokens_per_human_hour(draw.domains[domain])
    _paragraphs(
        [
            "",
            f"> still open at the end. A window closes when a model {draw.stronger_by:g} times as strong (in effective "
            "FLOP) is usable inside the same lab (own) or any lab (frontier); 0: there was one on its first day.",
            "Copies are what could run if all of these chips ran this model: those of its training run, or those of "
            "all of the lab's inference fleets (not training or experiments) on the day that the lab has it "
            "('at open') and at most until its own window closes ('peak'). What the simulated fleets ran day by day is "
            "in trajectory.csv.",
            *_small_fleets(result),
            speed + _speed_note(result, bool(speed)),
            *_inference(result),
            f"Human equivalents: full-time humans' work in {domain} on the tasks that the model can do, all fleets at "
            f"opening; token basis '{basis}': {human(tokens)} tokens for an hour of human work. They rest on guesses "
            "(tokens an hour, quality) and may be 10 to 100 times off.",
        ],
        out,
    )


def _small_fleets(result: Result) -> list[str]:
    """What to read where a model's fleets are smaller than its training run was; nothing if there is none such."""
    table = result.table("windows")
    names = [column.name for column in table.columns]
    small = []
    for row in table.rows:
        cell = dict(zip(names, row, strict=True))
        if cell["copies_at_open"] < (cell["copies_from_training_compute"] or 0.0):
            small.append(cell["model"])
    if not small:
        return []
    which = ", ".join(small[:3]) + (f" and {len(small) - 3} more" if len(small) > 3 else "")
    return [
        f"Small fleets at open ({which}): fewer than the training run had held, as before a lab's first public model, "
        "whose serving share has no work and is lent to other uses. Read 'peak' there, or give the lab the model that "
        "it serves at the start (`models:`)."
    ]


def _inference(result: Result) -> list[str]:
    """That software makes inference cheaper too, where the scenario says nothing of it and the default does."""
    if result.scenario is None:
        return []
    stated = {item.path for item in result.scenario.inputs if item.stated}
    grows, quiet = [], []
    for name, lab in sorted(result.record.draw.labs.items()):
        law, line = lab.software, result.record.inference_efficiency[name]
        keys = [f"{block}.{key}" for block in ("software", f"labs.{name}.software")
                for key in ("inference", "inference_exponent")]  # fmt: skip
        if law.inference_growth is None and law.inference_efficiency is None and not stated.intersection(keys):
            quiet.append(name)
            grows.append(line.at(result.record.end) / line.at(0.0))
    if not quiet or max(grows) <= 1.0:
        return []
    whose = "" if len(quiet) == len(result.record.draw.labs) else f" at {', '.join(quiet[:3])}"
    many = human(min(grows)) + (f" to {human(max(grows))}" if human(max(grows)) != human(min(grows)) else "")
    return [
        f"Inference gets cheaper as fast as training{whose}, as no `software.inference` is stated (a guess): the same "
        f"chips run {many} times the copies of a model at the end as at the start."
    ]


def _paragraphs(texts: Sequence[str], out: IO[str]) -> None:
    for text in texts:
        print(textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False), file=out)


SPEED_FROM = {
    "flop": "an input (estimate `flop`)",
    "memory": "set by the chips' memory, not by the model (estimate `memory`)",
}


def _speed_note(result: Result, said: bool) -> str:
    labs: dict[str, list[str]] = {}
    for name, lab in sorted(result.record.draw.labs.items()):
        labs.setdefault(lab.inference.throughput, []).append(name)
    words = [
        SPEED_FROM[estimate] + (f" at {', '.join(names)}" if len(labs) > 1 else "") for estimate, names in labs.items()
    ]
    return f"{'' if said else 'Speed is '}{'; '.join(words)}."


def _levels(result: Result, out: IO[str]) -> None:
    """Dates of levels and milestones, where the scenario has any."""
    names = [column.name for column in result.table("levels").columns]
    for row in result.table("levels").rows:
        cell = dict(zip(names, row, strict=True))
        reached = "not reached"
        if cell["date"]:
            who = cell["first_lab"], cell["first_model"]
            reached = f"{_date(cell['date'])} by {'/'.join(who)}{_quality(result, cell['level'], who)}"
        dwell = cell["dwell_days_to_next"]
        parts = [f"{dwell:,.0f} days to the next level"] if dwell is not None else []
        lead = result.summary["leads"]["levels"].get(cell["level"])
        if lead is not None:
            before = lead["next_lab"] or "any other lab"
            parts.append(f"{'more than ' if lead['censored'] else ''}{lead['lead_days']:,.0f} days before {before}")
        _paragraphs([", ".join([f"Level {cell['level']}{_level(result, cell['level'])}: {reached}", *parts])], out)
    for name in sorted(result.record.draw.milestones):
        print(f"Milestone {name}: {_date(result.summary['milestones'].get(name))}", file=out)
    for item in result.summary.get("interventions", ()):
        until = f"to {_date(item['ends'])}" if item["ends"] else "on"
        bound = ", ".join(item["binds"]) or "nobody"
        labs = "every lab" if len(item["binds"]) == len(result.record.draw.labs) else bound
        print(f"Intervention {item['name']}: from {_date(item['starts'])} {until}; binds {labs}", file=out)
        if "covert" in item:
            _paragraphs([f"  {item['covert']}"], out)


def _level(result: Result, name: str) -> str:
    """What a level is, unless its name says so, and whether that is a guess: in brackets."""
    level = result.record.draw.levels[name]
    if level.share_doable is not None:
        words = f"a model can do {100.0 * level.share_doable:.3g}% of {level.domain}"
    else:
        words = f"{level.effective_flop:.4g} effective FLOP".replace("e+", "e")
    inputs = result.scenario.inputs if result.scenario is not None else ()
    guessed = any(item.guess for item in inputs if item.path.startswith(f"levels.{name}."))
    if words.partition(" ")[0] in name and not guessed:
        return ""
    return f" ({words}{', a guess' if guessed else ''})"


def _quality(result: Result, name: str, who: tuple[str, str]) -> str:
    """How good the first model at a level of tasks is in them: the share that it can do says nothing of that."""
    draw, level = result.record.draw, result.record.draw.levels[name]
    if level.share_doable is None or level.domain is None:
        return ""
    model = next(model for model in result.record.models if (model.lab, model.name) == who)
    inference = draw.labs[model.lab].inference
    quality = result.rates.quality(model, draw.domains[level.domain], inference, max(0.0, model.internal))
    return f" ({quality:.1%} of a human expert's quality)"


def _alignment(result: Result, out: IO[str]) -> None:
    """Break-even: what alignment work is enough for before each level, the stated job, and curves of risk."""
    found = result.summary.get("alignment")
    if found is None:
        return
    who = "all labs" + (" and the people elsewhere" if result.record.elsewhere else "")
    _paragraphs([f"Alignment work of {who}, as one field (alignment.csv; rests on guesses). It is enough if the job is "
                 "below so many researcher-years, of which at most so many serial days (of work one after another, at "
                 "a human's speed: models work faster, so there can be more of them than days in the calendar):"],
                out)  # fmt: skip
    for row in found["break_even"]:
        when = f"before {row['before']}, {_date(row['date'])}" if row["before"] else f"until the end, {row['date']}"
        line = f"  {when}: {human(row['researcher_years'])} researcher-years, {human(row['serial_days'])} serial days"
        if len(found["break_even"]) > 1:
            # Levels reached before the start begin the first dwell there: nothing before it is counted.
            since = row["dwell"] if row is not found["break_even"][0] else f"the start ({result.record.draw.start})"
            line += (f"; of the {row['dwell_days']:,.0f} days since {since} alone "
                     f"{human(row['dwell_researcher_years'])} and {human(row['dwell_serial_days'])}")  # fmt: skip
        if row["waits_for"]:
            line += f" (part of the job waits for {row['waits_for']})"
        elif row["bound_by"]:
            line += f" (held down by {row['bound_by']})"
        print(textwrap.fill(line, WIDTH, subsequent_indent="    ", break_on_hyphens=False), file=out)
    job = found.get("job")
    if job is not None:
        needs = (job["needs_researcher_years"], "researcher-years"), (job["needs_serial_days"], "serial days")
        wanted = [f"{human(amount)} {what}" for amount, what in needs if amount is not None]
        by = "" if job["before"] is None else f" before {job['before']}"
        by += "" if job["reached"] else ", which is not reached before the end"
        verdict = "enough" if job["enough"] else "NOT enough"
        _paragraphs([f"The job as stated ({' and '.join(wanted)}{by}): {verdict}, with "
                     f"{human(job['researcher_years'])} and {human(job['serial_days'])}."], out)  # fmt: skip
    for name, item in found.get("risk", {}).items():
        time = "that is not reached" if item["days"] is None else f"{item['days']:,.0f} days"
        more = " or more, as it was still running at the end" if item["still_running_at_end"] else ""
        risk = "" if item["risk"] is None else f": {item['risk']:.0%}"
        _paragraphs([f"Risk in the judgement of {item['author']} (the curve {name}, not this program's; by "
                     f"{item['of']} at {item['level']}, here {time}{more}){risk}."], out)  # fmt: skip


def _uplift(result: Result, out: IO[str]) -> None:
    uplift = result.summary["implied_uplift"]
    labs = result.record.draw.labs.values()
    if not uplift:
        if any(fleet.domain == RESEARCH for lab in labs for fleet in lab.fleets.values()):
            _paragraphs(["Implied uplift of software progress by AI labour: not known, as no lab states who does "
                         "research besides its AI (`staff: {ai_research: ...}`)."], out)  # fmt: skip
        return
    observed = result.summary["observed"]["implied_uplift"]
    parts = [
        f"{year} {value:.2f}x" + (f" (observed: {_range(observed[year])})" if year in observed else "")
        for year, value in sorted(uplift.items())
    ]
    told = (
        ""
        if any(lab.software.feedback for lab in labs)
        else (" It is only reported: software progress here is as stated, without `feedback`.")
    )
    several = len({lab for year in result.summary["implied_uplift_by_lab"].values() for lab in year}) > 1
    whose = ", the largest of any lab" if several else ""
    high = max(uplift.values()) > UPLIFT_TO_EXPLAIN
    bound = " What bounds it is the share of tasks that AI cannot do." if high else ""
    _paragraphs([f"Implied uplift of software progress by AI labour{whose}: {', '.join(parts)}.{bound}{told}"], out)


def _parity(result: Result, out: IO[str]) -> None:
    """The seed's claim: when AI work equals shares of the human workforces, where the scenario states any, how much of
    what kind is done before the first expert-level models, and how long these are apart."""
    work = result.summary["ai_work"]
    start = date_text(0.0, result.record.draw.start)
    lines: dict[tuple[str, str], dict[str, list[str]]] = {}
    for item in work["parity"]:
        days = item["days_before_expert_level"]
        when = "at the start" if item["date"] == start else _date(item["date"])
        apart = "" if days is None else f" ({abs(days):,.0f} days {'before' if days >= 0.0 else 'after'})"
        line = lines.setdefault((item["domain"], item["workforce"]), {})
        line.setdefault(f"{when}{apart}", []).append(f"{item['share'] * 100:g}%")
    if not lines:
        return
    experts = work["expert_level"]
    known = any(experts[domain] is not None for domain, _ in lines)
    before = "; days before the first expert-level model" if known else ""
    _paragraphs(
        [f"AI work on tasks it can do equals a share of a human workforce (parity.csv; rests on guesses{before}):"], out
    )
    for (domain, workforce), dates in lines.items():
        parts = ", ".join(f"{' and '.join(shares)} {when}" for when, shares in dates.items())
        print(f"  {domain} ({workforce}): {parts}; {_expert(result, domain)}", file=out)
    found = sorted((expert["date"], domain) for domain, expert in experts.items() if expert and domain != EVERYTHING)
    if not found:
        return
    wanted = result.record.draw.expert_level
    tasks = f" (on {wanted.share_doable:.0%} of the tasks)" if wanted and wanted.share_doable else ""
    print(f"AI work until its domain's first expert-level model{tasks}, in human-years (bands.csv):", file=out)
    for _, domain in sorted(found, key=lambda item: item[1]):
        done = work["human_years_before_expert_level"].get(domain)
        if done:
            print(f"  {domain}: {_done(done, result)}", file=out)
    everything = experts[EVERYTHING]
    first = f"{_date(found[0][0])} in {found[0][1]}"
    last = (
        "no model is so in every domain before the end"
        if everything is None
        else f"in every domain {_date(everything['date'])} ({everything['model']}), "
        f"{(_day(everything['date']) - _day(found[0][0])).days:,} days later"
    )
    _paragraphs([f"First expert-level model: {first}; {last}."], out)


def _expert(result: Result, domain: str) -> str:
    """The first expert-level model of a domain, or why there is none."""
    expert = result.summary["ai_work"]["expert_level"][domain]
    if expert is not None:
        return f"expert-level {_date(expert['date'])}"
    if out_of_reach(result.rates, domain):
        law = result.record.draw.domains[domain].quality
        wanted = result.record.draw.expert_level
        assert wanted is not None
        if (law.ceiling or 0.0) <= (wanted.quality or 0.0):
            ceiling = f"quality only nears {law.ceiling or 0.0:.0%} (`domains.{domain}.quality.ceiling`)"
        else:
            ceiling = f"`domains.{domain}.share_doable.ceiling` is too low"
        return f"none can be expert-level, as {ceiling}"
    return "no expert-level model before the end"


def _done(kinds: dict[str, dict[str, float]], result: Result) -> str:
    """How much work, and its shares by quality and by kind of model."""
    total = sum(sum(bands.values()) for bands in kinds.values())
    if total <= 0.0:
        return "none"
    by_band = {
        name: sum(bands.get(name, 0.0) for bands in kinds.values())
        for name, _ in sorted(result.record.draw.quality_bands.items(), key=lambda item: item[1])
    }
    by_kind = {kind: sum(bands.values()) for kind, bands in kinds.items()}
    quality, kind = (
        ", ".join(f"{part / total:.0%} {name}" for name, part in parts.items() if part >= 0.005 * total)
        for parts in (by_band, by_kind)
    )
    return f"{human(total)}: {quality} quality; by {kind} models"


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


BACKTEST_HEADS = [
    Head("", name, right=name.startswith("error"))
    for name in (
        "flagship",
        "scope",
        "public",
        "really closed",
        "by",
        "predicted",
        "by",
        "interval",
        "error, days",
        "outcome",
    )
]


def _backtest(result: Result, out: IO[str]) -> None:
    table, counts = result.backtest
    names = [column.name for column in table.columns]
    lines = []
    for row in table.rows:
        cell: dict[str, Any] = dict(zip(names, row, strict=True))
        lines.append(
            [
                f"{cell['lab']}/{cell['flagship']}",
                cell["scope"],
                _date(cell["public"]),
                _date(cell["actual_closes"]),
                cell["actual_closed_by"] or "-",
                _date(cell["predicted_closes"]),
                cell["predicted_closed_by"] or "-",
                f"{_date(cell['predicted_earliest'])} to {_date(cell['predicted_latest'])}",
                "-" if cell["error_days"] is None else f"{cell['error_days']:+,.0f}",
                cell["outcome"],
            ]
        )
    print("\nBacktest: real against predicted closing of each flagship's window, by public dates", file=out)
    _columns(BACKTEST_HEADS, lines, out)
    for scope, found in counts.items():
        if not isinstance(found, dict):
            continue
        middle = found["median_absolute_error_days"]
        print(
            f"{scope}: {found['really_closed']} really closed; "
            + ", ".join(f"{kind} {found[kind]}" for kind in OUTCOMES if found[kind])
            + f"; median error {'-' if middle is None else f'{middle:,.0f}'} days;"
            + f" real date inside the interval: {found['real_closing_inside_interval']}",
            file=out,
        )
    wrong = counts["pairs_in_wrong_order"]
    print(f"Pairs of one lab's flagships in the wrong order: {len(wrong)} of {counts['pairs_of_flagships']}", file=out)
    for item in wrong:
        print(f"  {item}", file=out)


def _range(ends: float | Sequence[float]) -> str:
    """An observed value, or its 90% interval."""
    return f"{ends:.2f}x" if isinstance(ends, float) else " to ".join(f"{end:.2f}x" for end in ends)


def _date(text: str | None) -> str:
    return "none" if text is None else text[:10]


def _guesses(groups: list[dict[str, Any]]) -> list[str]:
    lines = []
    for group in groups:
        values = ", ".join(group["values"]) + (", ..." if group["count"] > len(group["values"]) > 2 else "")
        times = f"{group['count']} x " if group["count"] > 1 else ""
        lines.append(f"{times}{group['inputs']}: {values}{'' if group['stated'] else '  (default)'}")
    return lines


def _list(title: str, items: list[str], out: IO[str], most: int, where: str = "summary.json") -> None:
    if not items:
        return
    print(f"\n{title}:", file=out)
    for item in items[:most]:
        print(f"  {item}", file=out)
    if len(items) > most:
        print(f"  ... and {len(items) - most} more in {where}", file=out)
