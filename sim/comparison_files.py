"""The folder of a comparison: tables, summary, pictures, and the scenario of each world."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.output import json_text, write_manifest, write_text, write_whole
from sim.tables.table import units_csv

if TYPE_CHECKING:
    from sim.comparison import Comparison


def file_name(text: str) -> str:
    """A text as part of a file's name."""
    safe = "".join(letter if letter.isalnum() or letter in "-_.+=%" else "-" for letter in text.replace(" + ", "+"))
    return safe.encode("utf-8", "replace")[:80].decode("utf-8", "ignore").strip(". ") or "world"


def save(comparison: Comparison, folder: Path, *, pictures: bool, svg: bool, command: str) -> Path:
    """Write a comparison to `folder`, whole or not at all; see `Comparison.save`."""

    def write(aside: Path) -> None:
        from sim.show.post import html_page, markdown

        tables = comparison.tables()
        for table in tables:
            write_text(aside / f"{table.name}.csv", table.to_csv())
        write_text(aside / "units.csv", units_csv(tables))
        write_text(aside / "summary.json", json_text(comparison.summary))
        write_text(aside / "table.md", markdown(comparison))
        write_text(aside / "table.html", html_page(comparison))
        told = [line for name in comparison.results for line in [*comparison.explain(name), ""]]
        write_text(aside / "explain.txt", "\n".join(told).strip() + "\n")
        worlds = [("base", comparison.base), *comparison.results.items()]
        scenarios = []
        for n, (name, result) in enumerate(worlds):
            found = {"name": name, "file": None, "hash": None}
            if result.scenario is not None:
                found["file"] = f"effective-{n}-{file_name(name)}.yaml"
                found["hash"] = result.scenario.hash
                write_text(aside / str(found["file"]), result.scenario.effective_yaml())
            scenarios.append(found)
        if pictures:
            from sim.show.comparison import draw_all

            draw_all(comparison, aside, svg=svg)
        write_manifest(aside, {
            "name": comparison.base.record.draw.name,
            "command": command,
            "complete": all(result.stopped is None for _, result in worlds),
            "seed": comparison.base.record.draw.seed,
            "scenarios": scenarios,
        })  # fmt: skip

    return write_whole(folder, write)
