"""The part of a printed report on models: their table, and how to read it."""

from __future__ import annotations

from typing import IO, Any

from sim.base.calendar import date_text
from sim.report_text import Head, columns, human, paragraphs
from sim.result import Result

MOST_LINES = 60
"""Models in the printed table."""

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

SPEED_FROM = {
    "flop": "an input (estimate `flop`)",
    "memory": "set by the chips' memory, not by the model (estimate `memory`)",
}


def print_models(result: Result, out: IO[str]) -> None:
    """The table of models, and notes on what its columns mean."""
    if not result.table("windows").rows:
        print("No model became usable before the end.", file=out)
        return
    lines = _model_lines(result)
    speed = _same_speed(lines)
    kept = [n for n, head in enumerate(MODEL_HEADS) if head.group != SPEED or not speed]
    shown = _shown(result)
    columns([MODEL_HEADS[n] for n in kept], [[lines[row][n] for n in kept] for row in shown], out)
    if len(shown) < len(lines):
        print(f"... and {len(lines) - len(shown)} more models in windows.csv: shown are each lab's newest and "
              "those that were the strongest anywhere for longest", file=out)  # fmt: skip
    _notes(result, speed, out)


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
    domain = headline_domain(result)
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


def headline_domain(result: Result) -> str:
    domains = sorted(result.record.draw.domains)
    return "ai_research" if "ai_research" in domains else domains[0]


def _notes(result: Result, speed: str, out: IO[str]) -> None:
    draw = result.record.draw
    domain = headline_domain(result)
    basis = draw.domains[domain].token_basis
    tokens = result.rates.tokens_per_human_hour(draw.domains[domain])
    paragraphs(
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


def _speed_note(result: Result, said: bool) -> str:
    labs: dict[str, list[str]] = {}
    for name, lab in sorted(result.record.draw.labs.items()):
        labs.setdefault(lab.inference.throughput, []).append(name)
    words = [
        SPEED_FROM[estimate] + (f" at {', '.join(names)}" if len(labs) > 1 else "") for estimate, names in labs.items()
    ]
    return f"{'' if said else 'Speed is '}{'; '.join(words)}."
