"""What `sim run` prints: the table of models, levels, work, warnings, guesses, unused inputs, and where files are."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import IO, Any

from sim.report_backtest import print_backtest
from sim.report_models import print_models
from sim.report_text import WIDTH, day_text, listing, paragraphs
from sim.report_work import print_alignment, print_parity, print_uplift
from sim.result import Result
from sim.tables.cut_runs import cut_runs_text


def print_report(result: Result, folder: Path, out: IO[str]) -> None:
    """Write the report of a finished run."""
    draw = result.record.draw
    if draw.question:
        print(f"{draw.question}\n", file=out)
    if result.stopped is not None:
        print(f"INCOMPLETE: this run {result.record.stop_text}\nWhat follows is what was simulated until then.\n",
              file=out)  # fmt: skip
    print_models(result, out)
    paragraphs(_cut_off(result), out)
    _levels(result, out)
    print_alignment(result, out)
    print_uplift(result, out)
    print_parity(result, out)
    if draw.backtest:
        print_backtest(result, out)
    listing(f"Warnings ({len(result.summary['warnings'])})", result.summary["warnings"], out, 12)
    guesses = result.summary.get("guesses", [])
    count = sum(item["count"] for item in guesses)
    listing(f"Guesses among the inputs that were read ({count})", _guesses(guesses), out, 12)
    unused = result.summary.get("unused_inputs", [])
    listing(f"Stated inputs that influenced nothing ({len(unused)})", unused, out, 8)
    unsourced = result.unsourced
    listing(f"Stated numbers that name no source and are not marked as guesses ({len(unsourced)})", unsourced, out, 4,
          "`sim show`")  # fmt: skip
    _findings(result, out)
    print(f"\nTables and provenance: {folder}/ (units and meanings of columns: units.csv)", file=out)
    pictures = [path.name for path in sorted(folder.glob("*.png"))]
    if pictures:
        print(f"Pictures: {folder}/ ({', '.join(pictures)})", file=out)


def _cut_off(result: Result) -> list[str]:
    """The runs that the end cuts off, and how far they had come; nothing if there is none."""
    runs = []
    for _, lab, kind, subject, _, _, details, _ in result.record.events:
        if kind != "run_unfinished":
            continue
        told = details or {}
        if "phase_done" in told:
            runs.append(f"{lab}/{subject} ({told['phase_done']:.0%} of its {told['phase']})")
        else:
            runs.append(f"{lab}/{subject} ({told.get('reason', 'suspended')})")
    if not runs:
        return []
    which = ", ".join(runs[:4]) + (f" and {len(runs) - 4} more" if len(runs) > 4 else "")
    return [f"The end comes before these runs are finished: {which}."]


def _findings(result: Result, out: IO[str]) -> None:
    """The answer in short."""
    from sim.report_short import in_short

    found = in_short(result)
    if not found:
        return
    seed = result.facts.seed
    case = "the central case" if seed is None else f"medians of the inputs, one draw of chance (seed {seed})"
    case = case if result.number is None else f"draw {result.number}"
    print(f"\nIn short ({case}; what the chips could run, not a count of what was deployed):", file=out)
    for text in found:
        print(textwrap.fill(text.replace("\u00a0", " "), WIDTH, initial_indent="  ", subsequent_indent="    ",
                            break_long_words=False, break_on_hyphens=False), file=out)  # fmt: skip


def _levels(result: Result, out: IO[str]) -> None:
    """Dates of levels and milestones, where the scenario has any."""
    names = [column.name for column in result.table("levels").columns]
    for row in result.table("levels").rows:
        cell = dict(zip(names, row, strict=True))
        reached = "not reached"
        if cell["date"]:
            who = cell["first_lab"], cell["first_model"]
            reached = f"{day_text(cell['date'])} by {'/'.join(who)}{_quality(result, cell['level'], who)}"
        dwell = cell["dwell_days_to_next"]
        parts = [f"{dwell:,.0f} days to the next level"] if dwell is not None else []
        lead = result.summary["leads"]["levels"].get(cell["level"])
        if lead is not None:
            before = lead["next_lab"] or "any other lab"
            parts.append(f"{'more than ' if lead['censored'] else ''}{lead['lead_days']:,.0f} days before {before}")
        paragraphs([", ".join([f"Level {cell['level']}{_level(result, cell['level'])}: {reached}", *parts])], out)
    for name in sorted(result.record.draw.milestones):
        print(f"Milestone {name}: {day_text(result.summary['milestones'].get(name))}", file=out)
    for item in result.summary.get("interventions", ()):
        until = f"to {day_text(item['ends'])}" if item["ends"] else "on"
        bound = ", ".join(item["binds"]) or "nobody"
        labs = "every lab" if len(item["binds"]) == len(result.record.draw.labs) else bound
        print(f"Intervention {item['name']}: from {day_text(item['starts'])} {until}; binds {labs}", file=out)
        if "runs_cut" in item:
            paragraphs([f"  {cut_runs_text(item['runs_cut'])}"], out)
        if "covert" in item:
            paragraphs([f"  {item['covert']}"], out)


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


def _guesses(groups: list[dict[str, Any]]) -> list[str]:
    lines = []
    for group in groups:
        values = ", ".join(group["values"]) + (", ..." if group["count"] > len(group["values"]) > 2 else "")
        times = f"{group['count']} x " if group["count"] > 1 else ""
        lines.append(f"{times}{group['inputs']}: {values}{'' if group['stated'] else '  (default)'}")
    return lines
