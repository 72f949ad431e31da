"""JSON Schema (draft 2020-12) of scenario files, made from the declarations: completion, hover help, checks.

It accepts every form that the loader accepts. It refuses unknown keys, values of the wrong type, numbers without
their unit and missing keys; what single values cannot show (names that must exist, also whether one word for a number
is a quantity's name, shares above 100%, keys that contradict each other) only `sim validate` tells. A file that
`extends:` another or lies `over:` one need not be complete: it may state single keys, change items of a list by their
name, and remove what is below by `null`.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sim.model.accelerator import PRECISIONS
from sim.model.declare import Parameter, parameters
from sim.model.draw import Draw
from sim.scenario import catalog
from sim.scenario.dates import ORDERS
from sim.scenario.declared import default_text, description
from sim.scenario.keys import BLOCK_KEYS
from sim.scenario.named import NAMED
from sim.scenario.plain import LONGEST_NAME
from sim.scenario.reading import FLAGS
from sim.scenario.series import INTERPOLATIONS
from sim.scenario.setting import COMMON_USES
from sim.scenario.shape import FACT_KEYS, FAMILIES, FORMULA, LIMITS, OPTIONAL, PERCENTILES
from sim.scenario.unit_names import BARE

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FULL, INHERITS, CHANGES = "", ".inherits", ".changes"
"""What a block must state: all that is required; nothing, as it inherits; nothing, as it is laid on another file."""

NULL: Schema = {"type": "null"}
SCALAR: Schema = {"type": ["string", "number", "boolean"]}
TEXT: Schema = {"type": ["string", "number", "boolean", "null"]}
FLAG: Schema = {"$ref": "#/$defs/flag"}
FACTS: dict[str, Schema] = {key: {"$ref": f"#/$defs/{key}"} for key in FACT_KEYS}


def _any_case(word: str) -> str:
    return "".join(f"[{letter.upper()}{letter}]" for letter in word)


_COMMON: dict[str, Schema] = {
    "flag": {
        "anyOf": [
            {"enum": ["yes", "no", "on", "off"]},
            {"type": "boolean"},
            {"type": "string", "pattern": f"^({'|'.join(map(_any_case, FLAGS))})$"},
        ]
    },
    "source": {"description": "Where it comes from: a text, or a short name from `sources:`.", **TEXT},
    "note": {"description": "What a reader should know.", **TEXT},
    "guess": {"description": "`yes`: nobody measured it.", **FLAG},
}  # fmt: skip
NAMES: Schema = {"pattern": "^(?! )[^/;\\n\\t]*[^/; \\n\\t]$", "maxLength": LONGEST_NAME}

_NUMBER = r"[-+]?(0x[0-9a-fA-F]+|0o[0-7]+|([0-9][0-9_,]*(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?)"
_DATE = r"[0-9]{4}(-[0-9]{1,2}(-[0-9]{1,2}([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?)?)?"
_UNITS = {"share": r"\s*%?", "x": r"\s*x?", "1": "", "x/year": r"\s*x\s*(/|per ).*"}
"""What may follow a number, where that can be said briefly."""


def json_schema() -> Schema:
    """The schema of a scenario file."""
    made = _Definitions()
    layered = {"anyOf": [{"required": [key], "properties": {key: {"type": "string"}}} for key in ("extends", "over")]}
    full, changes = made.block(Draw, FULL), made.block(Draw, CHANGES)
    return {
        "$schema": DIALECT,
        "title": "manycopies scenario",
        "description": "What a simulation of AI labs' compute assumes. Every number carries its unit; any may be "
        "uncertain (`2 to 8`), derived (`{formula: 2 * base}`, or a name under `quantities:`), dated "
        "(`{2026-01-01: 10%, …}`) and sourced (`{value: …, source: …}`).",
        "type": "object",
        "if": layered,
        "then": changes,
        "else": full,
        "$defs": dict(sorted(made.found.items())),
    }


def schema_text() -> str:
    """The schema as JSON text."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


class _Definitions:
    """`$defs`: one for each declared block and for each kind of number, made when first asked for."""

    def __init__(self) -> None:
        self.found: dict[str, Schema] = dict(_COMMON)

    def block(self, of: type, mode: str) -> Schema:
        """A reference to the schema of a block."""
        if mode == INHERITS and not _requires(of):
            mode = FULL
        name = of.__name__ + mode
        if name not in self.found:
            self.found[name] = {}  # blocks may hold themselves
            self.found[name] = self._block(of, mode)
        return {"$ref": f"#/$defs/{name}"}

    def _block(self, of: type, mode: str) -> Schema:
        declared = list(parameters(of).values())
        keys = [parameter.key for parameter in declared]
        properties = {parameter.key: self._property(parameter, mode) for parameter in declared}
        names = {"enum": keys}
        facts = {**FACTS, "guesses": {
            "description": "keys of this block whose values are guesses",
            "anyOf": [{"type": "array", "items": names}, names, NULL],
        }}  # fmt: skip
        properties.update((key, facts[key]) for key in BLOCK_KEYS if key not in properties)
        required = [parameter.key for parameter in declared if parameter.required and not parameter.unless]
        schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        if of is Draw:
            required = ["start", *required]
            schema["properties"] = {**self._root_keys(mode), **properties}
            schema["patternProperties"] = {"^x-": True}
        if required and mode == FULL:
            schema["required"] = required
        spared = [parameter for parameter in declared if parameter.unless and mode == FULL]
        if spared:
            either = [[parameter.key, parameters(of)[parameter.unless].key] for parameter in spared]
            schema["allOf"] = [{"anyOf": [{"required": [key]} for key in keys]} for keys in either]
        return schema

    def _root_keys(self, mode: str) -> dict[str, Schema]:
        day = {"type": "string", "pattern": rf"^\s*{_DATE}\s*$"}
        year = {"type": "integer", "minimum": 1000, "maximum": 9999}
        start = {"anyOf": [day, year, self._wrapped({"anyOf": [day, year]}, mode)]}
        if mode == CHANGES:
            start["anyOf"].append(NULL)
        return {
            "start": {"description": "First day of the simulation. Written as a date such as 2026-03-01.", **start},
            "extends": {"description": "file that this one builds on: what it does not state comes from there", **TEXT},
            "over": {"description": "scenario that this file changes; alone it runs on that one", **TEXT},
            "correlations": {"description": "uncertain inputs that go together, by their ranks: {inputs: [A, B], "
                             "correlation: 50%}, or inputs with a matrix", "type": ["array", "null"],
                             "items": self._correlation()},
            "input_order": {"description": "paths of inputs that came to be known before others, in their order: each "
                            "keeps its Sobol dimension", "type": ["array", "null"], "items": TEXT},
            "sources": {"description": "short names of sources, for use in `source:`",
                        "type": ["object", "null"], "additionalProperties": TEXT},
        }  # fmt: skip

    def _correlation(self) -> Schema:
        rows: Schema = {"type": "array", "items": {"type": "array", "items": SCALAR}}
        properties = {"inputs": {"type": "array", "items": TEXT, "minItems": 2}, "correlation": SCALAR, "matrix": rows}
        return {"type": "object", "properties": {**properties, **FACTS}, "additionalProperties": False,
                "required": ["inputs"],
                "oneOf": [{"required": ["correlation"]}, {"required": ["matrix"]}]}  # fmt: skip

    def _property(self, parameter: Parameter, mode: str) -> Schema:
        forms = self._forms(parameter, mode)
        if not parameter.required or mode != FULL:
            forms = [*forms, NULL]
        schema: Schema = {"description": description(parameter)}
        if parameter.kind in ("number", "choice", "policy", "flag", "whole", "every") and default_text(parameter):
            default = parameter.default
            if not parameter.choices or default in parameter.choices:
                schema["default"] = "yes" if default is True else "no" if default is False else default
        return {**schema, **forms[0]} if len(forms) == 1 else {**schema, "anyOf": forms}

    def _forms(self, parameter: Parameter, mode: str) -> list[Schema]:
        """The ways in which a value can be written."""
        kind, of = parameter.kind, parameter.of
        if kind in ("number", "date", "every"):
            return [self._number(parameter, mode)]
        if kind == "trigger":
            words: Schema = {"type": "string", "pattern": r"^\s*(when\s.*\s(reaches\s|ends\s*$|breaks\s*$)|at\s)"}
            return [{"anyOf": [self._number(parameter, mode), words, self._wrapped(words, mode)]}]
        if kind == "dated":
            return [self._dated(parameter, mode)]
        if kind in ("numbers", "dated_numbers"):
            return self._numbers(parameter, mode)
        if of is not None:
            item = self.block(of, mode if mode == CHANGES else FULL)
            if kind == "block":
                inner = mode if mode != FULL or not parameter.inherits else INHERITS
                return [self.block(of, inner)]
            if kind == "blocks":
                lists = [{"type": "array", "items": item}, item]
                by_name = {"type": "object", "additionalProperties": {"anyOf": [item, NULL]}}
                return [*lists, by_name] if mode == CHANGES else lists
            return [self._named(parameter, of, item, mode)]
        if kind == "policy":
            named: Schema = {"anyOf": [{"enum": list(parameter.choices)}, {"type": "string", "pattern": r"\.py:"}]}
            return [named, self._wrapped(named, mode), self._policy(mode)]
        plain: Schema = {
            "text": SCALAR,
            "flag": FLAG,
            "choice": {"enum": list(parameter.choices)},
            "whole": {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": rf"^\s*{_NUMBER}\s*$"}]},
            "names": {"anyOf": [{"type": "array", "items": SCALAR}, SCALAR]},
        }[kind]
        return [plain, self._wrapped(plain, mode)]

    def _policy(self, mode: str) -> Schema:
        """A function in a user's own Python file."""
        properties: dict[str, Schema] = {
            "file": {"description": "Python file, relative to this one", **SCALAR},
            "function": {"description": "function in it: takes a view of the lab, says who gets what", **SCALAR},
            "options": {"description": "more arguments of the function, by name", "type": ["object", "null"]},
            "text": {"description": "the file's text; the file is then not read", **TEXT},
            **FACTS,
        }
        schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return schema if mode == CHANGES else {**schema, "required": ["file", "function"]}

    def _named(self, parameter: Parameter, of: type, item: Schema, mode: str) -> Schema:
        """Names with blocks. Accelerators of the catalog may be incomplete."""
        properties = dict(FACTS)
        catalogued = catalog.names() if parameter.key == "accelerators" else ()
        if catalogued:
            partial = self.block(of, mode if mode == CHANGES else INHERITS)
            properties.update((name, {"anyOf": [partial, NULL]}) for name in catalogued)
        for name in parameter.default if isinstance(parameter.default, dict) else ():
            properties[name] = {"anyOf": [item, NULL]}
        anything = [item, NULL] if mode == CHANGES or not _requires(of) or catalogued else [item]
        return {"type": "object", "properties": properties, "propertyNames": NAMES,
                "additionalProperties": {"anyOf": anything}}  # fmt: skip

    def _numbers(self, parameter: Parameter, mode: str) -> list[Schema]:
        one = self._number(parameter, mode) if parameter.kind == "numbers" else self._dated(parameter, mode)
        item: Schema = {"anyOf": [one, NULL]}
        if parameter.unit == "FLOP/s":
            known: tuple[str, ...] = PRECISIONS
        elif parameter.key == "use":
            known = COMMON_USES
        else:
            known = catalog.names() if parameter.unit == "accelerators" else ()
        closed = parameter.unit in ("FLOP/s", "accelerators")
        called = {"pattern": f"^{NAMED}$"} if parameter.unit == "any" else NAMES
        names = {"type": "object", "propertyNames": called, "properties": {**FACTS, **dict.fromkeys(known, item)},
                 "additionalProperties": item if not closed or known is not PRECISIONS else False}  # fmt: skip
        forms = [names, self._wrapped(names, mode)] if parameter.unit != "any" else [names]
        return [*forms, self._number(parameter, mode)] if parameter.unit == "accelerators" else forms

    def _wrapped(self, value: Schema, mode: str, also: tuple[str, ...] = ()) -> Schema:
        """`{value: …, source: …}`; laid on another file the source alone will do."""
        properties = {"value": value, **FACTS, **dict.fromkeys(also, True)}
        schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return schema if mode == CHANGES else {**schema, "required": ["value"]}

    def _number(self, parameter: Parameter, mode: str) -> Schema:
        """A reference to the schema of one number (or date, or recurrence) in a unit."""
        unit, bounds = parameter.unit, _bounds(parameter)
        name = _slug(unit, bounds) + (mode if mode == CHANGES else "")
        if name not in self.found:
            one = [*_texts(unit, bounds), self._distribution(), self._formula()]
            self.found[name] = {"anyOf": [*one, self._wrapped({"anyOf": one}, mode)]}
        return {"$ref": f"#/$defs/{name}"}

    def _dated(self, parameter: Parameter, mode: str) -> Schema:
        """A reference to the schema of a number that may change with time."""
        name = _slug(parameter.unit, _bounds(parameter)) + ".dated" + (mode if mode == CHANGES else "")
        if name not in self.found:
            number = self._number(parameter, mode)
            growth = self._number(Parameter("number", "then", "", "x/year"), mode)
            every = self._number(Parameter("every", "every", "", "recurrence"), mode)
            settings: dict[str, Schema] = {
                "interpolate": {"description": "between the dates", "enum": [*INTERPOLATIONS, None]},
                "every": {"description": "step of what grows between or after the dates", "anyOf": [every, NULL]},
                "before": {"description": "value before the first date", "anyOf": [number, NULL]},
                "correlation": {"description": "of uncertain values a year apart; 0 unless stated",
                                "anyOf": [SCALAR, NULL]},
                "then": {"description": "growth after the last date", "anyOf": [growth, NULL]},
                **FACTS,
            }
            dated = {"type": "object", "properties": settings, "patternProperties": {f"^{_DATE}$": number},
                     "additionalProperties": False, "minProperties": 1}  # fmt: skip
            columns: dict[str, Schema] = {
                "csv": {"description": "file, relative to this one", **SCALAR},
                "date": {"description": "column of the dates; `date` unless stated", **TEXT},
                "dates": {"description": "how the dates are written; year-month-day unless stated",
                          "enum": [*ORDERS, None]},
                "value": {"description": "column of the values; `value` unless stated", **TEXT},
                **{key: {"description": f"column of the {key[1:]}th percentiles", **TEXT} for key in PERCENTILES},
                "family": {"description": "of the percentiles", "enum": ["normal", "lognormal", None]},
                "where": {"description": "column: text that a row must have", "type": ["object", "null"],
                          "additionalProperties": TEXT},
                "unit": {"description": "unit of the values", **TEXT},
            }  # fmt: skip
            table: Schema = {"type": "object", "properties": {**columns, **settings}, "additionalProperties": False}
            if mode != CHANGES:
                table["required"] = ["csv"]
            series = [dated, table]
            self.found[name] = {"anyOf": [number, *series, self._wrapped({"anyOf": [number, *series]}, mode)]}
        return {"$ref": f"#/$defs/{name}"}

    def _distribution(self) -> Schema:
        if "distribution" not in self.found:
            families = {family: self._family(family) for family in FAMILIES}
            limits = dict.fromkeys(LIMITS, SCALAR)
            percentiles: Schema = {**dict.fromkeys(PERCENTILES, SCALAR), "family": {"enum": ["normal", "lognormal"]}}
            self.found["distribution"] = {
                "anyOf": [
                    {"type": "object", "properties": {**families, **limits, **FACTS}, "additionalProperties": False,
                     "oneOf": [{"required": [family]} for family in families],
                     "dependentRequired": {key: ["truncate"] for key in LIMITS}},
                    {"type": "object", "properties": {**percentiles, **FACTS}, "additionalProperties": False,
                     "required": list(PERCENTILES)},
                ]
            }  # fmt: skip
        return {"$ref": "#/$defs/distribution"}


    def _formula(self) -> Schema:
        """A number that follows from those under `quantities:`."""
        formula = {"description": "of names under `quantities:` and numbers with units: + - * / ** ( ), min, max, exp, "
                   "log, log10, sqrt", **SCALAR}  # fmt: skip
        properties = {FORMULA: formula, **FACTS}
        self.found["formula"] = {"anyOf": [
            {"type": "object", "properties": properties, "required": [FORMULA], "additionalProperties": False},
            {"description": "name of a quantity under `quantities:`", "type": "string", "pattern": rf"^{NAMED}$"},
        ]}  # fmt: skip
        return {"$ref": "#/$defs/formula"}

    def _family(self, family: str) -> Schema:
        """What stands behind the name of a family."""
        part: Schema = {"anyOf": [SCALAR, {"$ref": "#/$defs/distribution"}]}
        weights: Schema = {"type": "object", "additionalProperties": SCALAR, "minProperties": 1}
        if family == "truncate":
            return part
        if family == "empirical":
            columns = {"csv": TEXT, "value": TEXT, "unit": TEXT, "where": {"type": ["object", "null"]}}
            table: Schema = {"type": "object", "properties": columns, "required": ["csv"],
                             "additionalProperties": False}  # fmt: skip
            return {"anyOf": [{"type": "array", "items": SCALAR, "minItems": 2}, table]}
        if family == "mixture":
            weighted: Schema = {"type": "object", "properties": {"value": part, "weight": SCALAR},
                                "required": ["value", "weight"], "additionalProperties": False}  # fmt: skip
            return {"anyOf": [weights, {"type": "array", "items": weighted, "minItems": 2}]}
        if family == "discrete":
            return weights
        names, optional = FAMILIES[family], OPTIONAL.get(family, ())
        by_name: Schema = {"type": "object", "properties": dict.fromkeys((*names, *optional), SCALAR),
                           "required": list(names), "additionalProperties": False}  # fmt: skip
        if optional:
            by_name["dependentRequired"] = {name: list(optional) for name in optional}
        in_order = [
            {"type": "array", "items": SCALAR, "minItems": count, "maxItems": count}
            for count in sorted({len(names), len(names) + len(optional)})
        ]
        return {"anyOf": [by_name, *in_order]}


def _requires(of: type) -> bool:
    """Whether a block, or a block in it, has required keys."""
    return any(
        parameter.required or (parameter.kind == "block" and parameter.of is not None and _requires(parameter.of))
        for parameter in parameters(of).values()
    )


def _bounds(parameter: Parameter) -> Schema:
    """Bounds of a number that is written without unit, which then is in the canonical one."""
    if parameter.unit not in BARE:
        return {}
    pairs = (("exclusiveMinimum", parameter.above), ("minimum", parameter.low), ("maximum", parameter.high))
    return {key: bound for key, bound in pairs if bound is not None}


def _slug(unit: str, bounds: Schema) -> str:
    words = {"exclusiveMinimum": "above", "minimum": "from", "maximum": "to"}
    name = "number" if unit == "1" else re.sub(r"\W+", "_per_", unit)
    return name + "".join(f"_{words[key]}_{bound:g}" for key, bound in bounds.items())


def _texts(unit: str, bounds: Schema) -> list[Schema]:
    """The forms of a number that are one scalar: with its unit, as a range, or bare."""
    if unit == "date":
        date = {"type": "string", "pattern": rf"^\s*{_DATE}(\s+to\s+{_DATE})?\s*$"}
        return [date, {"type": "integer", "minimum": 1000, "maximum": 9999}]
    rest = _UNITS.get(unit, ".*" if unit in BARE or unit == "any" else r"\s*[A-Za-z%/].*")
    # The low end of a range may leave its unit to the high end.
    low = rest if rest.endswith("?") or not rest else ".*"
    text = {"type": "string", "pattern": rf"^\s*(\$?{_NUMBER}{low}\s+to\s+)?\$?{_NUMBER}{rest}\s*$"}
    return [text, {"type": "number", **bounds}] if unit in BARE or unit == "any" else [text]
