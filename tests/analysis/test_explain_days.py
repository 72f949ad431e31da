"""The table of days: paired worlds that end early, lab by lab, in any number of processes, at once or on request."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sim import load, simulate
from sim.analysis import explain_days
from sim.analysis.explain import Explanation
from sim.analysis.explain_days import Days
from sim.result import Result
from sim.tables.closings import Closings
from sim.world.record import RunRecord
from tests.cli.command import ROOT, SCENARIOS, here
from tests.still import still

RACE = """\
start: 2026-01-01
end: 2028-03-01
labs:
  Aurora: &lab
    compute: {stock: 1e6 H100e, grows: 3x per year, every: 3 months}
    use: {training: 20%, experiments: 50%, research: 10%, serving: 20%}
    staff: {ai_research: 1000}
    runs: {name: A, starts: 2026-02-01, start_when: {cluster_grows: 1.5x}, share: 20%, length: 90 days,
           public_after: 30 days}
  Borealis:
    <<: *lab
    compute: {stock: 5e5 H100e, grows: 4x per year, every: 3 months}
    runs: {name: B, starts: 2026-03-01, start_when: {rival_releases: any, latest: 8 months}, share: 20%,
           length: 80 days, public_after: 20 days}
software: {training: 3x per year, feedback: on, step: 2x}
"""

APART = RACE.replace("rival_releases: any, latest: 8 months", "latest: 8 months")


def made(text: str, *sets: str) -> Result:
    return simulate(load("made.yaml", text=text, sets=list(sets)))


def rows(days: Days) -> dict[str, tuple[float, float]]:
    return {row[0]: row[3:5] for row in days.table.rows}


def window(record: RunRecord, name: str, scope: str = "own") -> float:
    model = next(model for model in record.models if model.name == name)
    found = Closings(record).closing(model, record.draw.stronger_by, scope, "internal")
    assert found is not None
    return found.length


@pytest.fixture(scope="module")
def race() -> Explanation:
    return made(RACE).explain("B-1")


def test_two_processes_make_the_rows_of_one(race: Explanation) -> None:
    told: list[tuple[int, int]] = []
    two = made(RACE).explain("B-1").days
    assert not two.made
    assert two.make(2, lambda done, whole: told.append((done, whole))).rows == race.sensitivity_table.rows
    assert len(race.sensitivity_table.rows) > 20
    assert told == [(n, len(told)) for n in range(1, len(told) + 1)]
    assert two.make(1) is two.table  # once made it stays


def test_days_equal_whole_runs_with_the_setting(race: Explanation) -> None:
    """In a world whose labs react: of own inputs, of the rival's, of both labs'."""
    by_input, base = rows(race.days), made(RACE).record
    for path, text in (("labs.Aurora.runs.length", "99 days"), ("labs.Borealis.staff.ai_research", "1100"),
                       ("labs.Aurora.runs.public_after", "33 days"), ("software.training", "3.3x per year"),
                       ("stronger_by", "2.2x")):  # fmt: skip
        other = made(RACE, f"{path}={text}").record
        expected = [window(other, "B-1", scope) - window(base, "B-1", scope) for scope in ("own", "frontier")]
        assert by_input[path] == pytest.approx(expected, abs=1e-6), path
    assert abs(by_input["labs.Aurora.runs.public_after"][0]) > 1.0


def test_labs_that_cannot_react_are_simulated_alone_to_the_same_days() -> None:
    found = made(APART).explain("A-2").days
    together = made(APART).explain("A-2").days
    assert found._pairs.alone
    together._pairs.alone = False
    assert rows(found) == rows(together)
    assert any(frontier != own for own, frontier in rows(found).values())


def test_what_passes_between_labs_keeps_them_together() -> None:
    for more in ("diffusion: {from: [Aurora], to: [Borealis], after: 3 months}\n",
                 "pause: {starts: 2027-01-01, lasts: 6 months, stops: [training]}\n"):  # fmt: skip
        assert not made(APART + more).explain("A-2").days._pairs.alone, more
    text = APART + "diffusion: {from: [Borealis], to: [Aurora], after: 3 months}\n"
    found = rows(made(text).explain("A-2").days)
    moved = window(made(text, "labs.Aurora.staff.ai_research=1100").record, "A-2") - window(made(text).record, "A-2")
    assert found["labs.Aurora.staff.ai_research"][0] == pytest.approx(moved, abs=1e-6)


MARK = "    after_training: {move: 50%, to: research, MORE}\n    runs: {name: A"
EARMARK = (APART.replace("    runs: {name: A", MARK).replace("{cluster_grows: 1.5x}", "{efficiency_grows: 1.5x}")
           + "milestones: {big: {h100e: 1.2e6 H100e, lab: Borealis}}\n")  # fmt: skip


def test_an_earmark_that_another_labs_milestone_ends_keeps_them_together() -> None:
    """Without Borealis, Aurora's research would keep the chips of its first run for good."""
    found = made(EARMARK.replace("MORE", "until_milestone: big, firm: yes")).explain("A-2").days
    assert not found._pairs.alone and "milestones.big.h100e" in rows(found)
    sets = "labs.Aurora.compute.stock=1.1e6 H100e"
    text = EARMARK.replace("MORE", "until_milestone: big, firm: yes")
    moved = window(made(text, sets).record, "A-2") - window(made(text).record, "A-2")
    assert rows(found)["labs.Aurora.compute.stock"][0] == pytest.approx(moved, abs=1e-6)


def test_where_software_follows_research_what_goes_to_it_after_training_is_tried() -> None:
    """Also what runs may take again."""
    text = EARMARK.replace("MORE", "for: 60 days")
    found = made(text).explain("A-2").days
    moved = window(made(text, "labs.Aurora.after_training.move=55%").record, "A-2") - window(made(text).record, "A-2")
    assert moved != 0.0
    assert rows(found)["labs.Aurora.after_training.move"][0] == pytest.approx(moved, abs=1e-6)
    assert "training.size.tokens_per_param" in rows(found)


def test_only_named_levels_and_milestones_can_matter() -> None:
    more = "milestones: {much: {h100e: 3e6 H100e}, none: {h100e: 4e6 H100e}}\n"
    text = RACE.replace("latest: 8 months", "milestone: much, latest: 8 months") + more
    tried = rows(made(text).explain("A-2").days)
    assert "milestones.much.h100e" in tried and "milestones.none.h100e" not in tried


def test_which_tables_are_made_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """By worlds and the base run's events until the own window closes, and nothing else."""
    result = made(APART)
    days = result.explain("A-2").days
    closes = next(m for m in result.record.models if m.name == "A-2").internal + window(result.record, "A-2")
    until = [lab for day, lab, *_ in result.record.events if day <= closes]
    of_lab = [change.lab for change in days._pairs.candidates]
    counted = sum(until.count(lab) if lab else len(until) for lab in of_lab)
    assert days.events == counted and days.worlds == len(of_lab) and days.worlds > 20
    for most, on_request in ((5 * counted, False), (5 * counted - 1, True)):
        monkeypatch.setattr(explain_days, "AT_ONCE", most)
        assert made(APART).explain("A-2").days.on_request is on_request
    monkeypatch.undo()
    without = simulate(load(SCENARIOS / "one-lab.yaml"))
    monkeypatch.setattr(explain_days, "AT_ONCE", without.explain("Aurora-2").days.events)
    assert not without.explain("Aurora-2").days.on_request  # where software follows no research an event counts once


def test_the_scenarios_that_print_it_unasked() -> None:
    """Of frontier.yaml the model whose table is the largest, too."""
    for name, model, on_request in (
        ("one-lab", "Aurora-2", False), ("frontier", "GPT-4", False), ("frontier", "GPT-5.3 Codex", False),
        ("frontier-2032", "OpenAI/G-6", True),
    ):  # fmt: skip
        assert simulate(load(SCENARIOS / f"{name}.yaml")).explain(model).days.on_request is on_request


def test_what_is_printed_before_and_after_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain_days, "AT_ONCE", 100)
    asked = made(APART).explain("A-2")
    before, page = str(asked), asked._repr_html_()
    assert f"{asked.days.worlds:,} worlds, about {asked.days.events:,} events" in before
    assert before.endswith("\n  .sensitivity\n") and ".sensitivity" in page and "own_bound" not in page
    assert not asked.days.made
    asked.sensitivity  # noqa: B018  (asks for it)
    assert " tried" in str(asked) and "own_bound" in asked._repr_html_()
    monkeypatch.undo()
    monkeypatch.setattr(explain_days, "AT_ONCE", 10**9)
    assert str(made(APART).explain("A-2")) == str(asked)


def test_the_command_makes_it_on_request(tmp_path: Path, race: Explanation) -> None:
    (tmp_path / "a race.yaml").write_text(RACE, encoding="utf-8")
    plain = here("explain", "a race.yaml", "B-1", cwd=tmp_path)
    assert plain.returncode == 0 and not plain.stderr
    command = plain.stdout.splitlines()[-1].strip()
    assert command == "sim explain 'a race.yaml' B-1 --days"
    without = here("explain", "a race.yaml", "B-1", "--no-days", cwd=tmp_path)
    assert plain.stdout.startswith(without.stdout) and "per +10%" not in without.stdout
    run = subprocess.run([sys.executable, "-m", "sim", *("explain", "a race.yaml", "B-1", "--days", "--workers", "2")],
                         cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
                         check=True)  # fmt: skip
    assert run.stdout.startswith(without.stdout) and not run.stderr
    assert f"of {len(race.sensitivity_table.rows)} tried" in run.stdout
    for wrong, why in ((("B-1", "--days", "--no-days"), "not allowed with argument --days"),
                       (("B-1", "--days", "--workers", "0"), "--workers 0: expected a number above 0"),
                       (("--event", "x", "--days"), "only with a model")):  # fmt: skip
        refused = here("explain", "a race.yaml", *wrong, cwd=tmp_path)
        assert refused.returncode == 2 and not refused.stdout and why in refused.stderr


def test_ctrl_c_leaves_what_was_printed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sim", "explain", SCENARIOS / "frontier-2032.yaml", "OpenAI/G-6", "--days"]
    with subprocess.Popen(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        printed = ""
        while not printed.endswith("\n\n") or "\nInputs" not in printed:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            printed += line
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and not rest
    assert "what is printed above is whole, only the table of days is missing" in errors and "Traceback" not in errors
    assert "Frontier window" in printed and "human.work_week" in printed


def test_no_array_library_is_read_to_explain(tmp_path: Path) -> None:
    """Reading it would take longer than the whole derivation."""
    code = ("import sys; from sim.cli import main; "
            f"main(['explain', {str(SCENARIOS / 'one-lab.yaml')!r}, 'Aurora-2']); "
            "assert not {'numpy', 'pandas', 'matplotlib'} & set(sys.modules), sorted(sys.modules)")  # fmt: skip
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip


OPEN = still("""\
runs:
  - {name: M, starts: 2026-02-01, length: 30 days, flop: 1e25 FLOP}
  - {name: N, starts: 2026-11-01, length: 30 days, flop: N_FLOP}
  - {name: O, starts: 2026-12-01, length: 30 days, flop: 3e25 FLOP}""")


def test_a_window_that_is_open_at_the_end_gives_bounds() -> None:
    """M is there from 3 March; N on 1 December, O on 31 December. A window open at the end is at least 304 days long.

    N has 1.9 times M's FLOP, with 10% more 2.09 times: M's window is then 273 days, 30 less than O leaves it. N's own
    window is open in either world: of it nothing is known. With 10% more days O comes on 3 January, after the end: M's
    window is then open.
    """
    found = made(OPEN.replace("N_FLOP", "1.9e25 FLOP")).explain("M").days.table.rows
    told = {row[0]: (row[3], row[5]) for row in found}
    assert told["labs.A.runs.N.flop"] == (pytest.approx(-30.0), "exact")
    assert told["labs.A.runs.O.length"] == (pytest.approx(1.0), "at least")
    text = OPEN.replace("N_FLOP", "1.9e25 FLOP").replace("flop: 3e25", "flop: 1e25")
    explained = made(text).explain("M")
    told = {row[0]: (row[3], row[5]) for row in explained.days.table.rows}
    assert told["labs.A.runs.N.flop"] == (pytest.approx(-31.0), "at most")
    assert told["labs.A.runs.M.starts"] == told["labs.A.runs.M.length"] == (None, "unknown")
    lines = [line.split() for line in str(explained).splitlines()]
    assert ["A.runs.N.flop", "<-31.0", "<-31.0"] in [line[:3] for line in lines]
    assert any(line[1:] == ["other", "inputs", "move", "no", "closing", "before", "the", "end"] for line in lines)


def test_inputs_without_which_the_model_is_not_there_are_named() -> None:
    """O ends on 31 December; 10% longer, or 30 days later, it would end after the end."""
    explained = made(OPEN.replace("N_FLOP", "1.9e25 FLOP")).explain("O")
    told = "not there before the end, or no run is possible: A.runs.O.starts, A.runs.O.length"
    assert told in " ".join(str(explained).split())
    assert explained.days.without == ["labs.A.runs.O.starts", "labs.A.runs.O.length"]
