"""The reference of every key of a scenario file, as Markdown, made from the declarations."""

from __future__ import annotations

from collections.abc import Iterator

from sim.model.declare import GUESS, Parameter, parameters
from sim.model.draw import Draw
from sim.scenario import catalog
from sim.scenario.declared import bounds_text, default_text, written_as
from sim.world.kinds import KINDS

INTRODUCTION = """\
# Reference of scenario files

Made from the declarations in `sim/model` by `sim schema --markdown`. Do not edit.

A scenario is a YAML file: the keys of [the scenario](#scenario), and of the blocks inside it. Besides those listed,
it has `start` (its first day), `sources` (short names of sources), `correlations` (uncertain inputs that go together:
a list of `{inputs: [A, B], correlation: 50%}`, or of inputs with a `matrix`), `input_order` (paths of inputs whose
draws stay as they are though others are added before them), `extends` or `over` (a file that it builds on) and keys
that begin with `x-` (free, for anchors). Any number may be written

- with its unit: `90 days`, `80 GB`, `10%`, `3x per year`, `1000 H100`;
- uncertain: `2 to 8` is a 90% interval, lognormal if both ends are positive, else normal (dates are normal); or
  `{normal: {mean: …, sd: …}}`, `{lognormal: {median: …, gsd: …}}`, `{uniform: [low, high]}`,
  `{loguniform: [low, high]}`, `{triangular: [low, mode, high]}`, `{pert: [low, mode, high]}`,
  `{beta: [alpha, beta]}` (or `[alpha, beta, low, high]`), `{p10: …, p50: …, p90: …}`,
  `{discrete: {value: weight}}`, `{empirical: [value, …]}` (or `{empirical: {csv: FILE, value: COLUMN, unit: UNIT}}`),
  `{mixture: {2 to 8: 70%, 20 to 80: 30%}}` (or a list of `{value: …, weight: …}`), and any of them cut off,
  `{truncate: 2 to 8, min: 1, max: 10}`;
- derived: `{formula: 2 ** (12 months / doubling)}`, of names under `quantities` and numbers with units, with
  `+ - * / **`, parentheses, `min`, `max`, `exp`, `log`, `log10` and `sqrt`; or such a name alone, `doubling`;
- with where it comes from: `{value: …, source: …, note: …}`, or `{value: …, guess: yes}`.

What may be dated takes a mapping of dates, `{2026-01-01: 10%, 2027-01-01: 20%}`, with `interpolate: exponential`,
`every:`, `before:`, `then:` (growth after the last date) and `correlation:` (of uncertain values a year apart; at 100%
they move together) if need be; or a CSV file,
`{csv: FILE, date: COLUMN, value: COLUMN, where: {COLUMN: TEXT}, unit: UNIT}`, with `dates: month/day/year` (or
`day/month/year`, `day.month.year`) if that is how it writes them, and `p10: COLUMN, p50: COLUMN, p90: COLUMN` in place
of `value` if its values are uncertain. Every block may have `source`, `note`,
`guess` and `guesses` (keys that are guesses).
"""

EVENTS = """\
## Events

`events.csv` has a row for each event: `kind` says what happened, `subject` to what; `details` is JSON, and not every
event has all of its keys. `caused_by` names the events that led to it; where this table names none, its date, an input
or chance did. `sim explain RUN --event ID` follows the causes back.
"""


def markdown() -> str:
    """The whole reference: a table of keys for each block, the catalog's accelerators, and the kinds of events."""
    parts = [INTRODUCTION]
    for of in _blocks(Draw, []):
        parts += [f"## {_title(of)}\n", f"{_first_paragraph(of)}\n", _table(of)]
    parts += [
        "## Accelerators that every scenario may name\n",
        ", ".join(f"`{name}`" for name in catalog.names()) + "\n",
        EVENTS,
        _events(),
    ]
    return "\n".join(parts)


def _blocks(of: type, seen: list[type]) -> Iterator[type]:
    """A block and all inside it, each once, in the order in which a reader meets them."""
    if of in seen:
        return
    seen.append(of)
    yield of
    for parameter in parameters(of).values():
        if parameter.of is not None:
            yield from _blocks(parameter.of, seen)


def _title(of: type) -> str:
    if of is Draw:
        return "Scenario"
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in of.__name__).strip().capitalize()


def _first_paragraph(of: type) -> str:
    text = (of.__doc__ or "").strip()
    if of is Draw:
        return "What stands at the top of a file."
    if text.startswith(f"{of.__name__}("):  # made by dataclass: no text of its own
        return ""
    return " ".join(text.split("\n\n")[0].split())


def _table(of: type) -> str:
    lines = ["| key | meaning | written as | default |", "|---|---|---|---|"]
    for parameter in parameters(of).values():
        cells = (f"`{parameter.key}`", parameter.meaning, _written(parameter), _default(parameter))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _events() -> str:
    lines = ["| kind | what happened | subject | value | details | caused by |", "|---|---|---|---|---|---|"]
    for name, kind in sorted(KINDS.items()):
        units = [unit for unit in kind.units if unit]
        value = f"{kind.value} ({' or '.join(units)})" if units else kind.value
        details = "; ".join(f"`{key}`: {meaning}" for key, meaning in kind.details.items())
        lines.append(f"| `{name}` | " + " | ".join((kind.happened, kind.subject, value, details, kind.cause)) + " |")
    return "\n".join(lines) + "\n"


def _written(parameter: Parameter) -> str:
    text, bounds = written_as(parameter), bounds_text(parameter)
    if parameter.of is not None:
        text += f" ([{_title(parameter.of)}](#{_title(parameter.of).lower().replace(' ', '-')}))"
    return f"{text}; {bounds}" if bounds else text


def _default(parameter: Parameter) -> str:
    if parameter.required:
        return "**required**"
    if parameter.inherits:
        return "from one level up"
    if parameter.kind == "block" and parameter.default == {}:
        return "the defaults of its keys"
    text = default_text(parameter)
    if not text:
        return "not stated"
    source = " (a guess)" if parameter.source == GUESS else f". {parameter.source}" if parameter.source else ""
    return f"`{text}`{source}"
