"""The days that an intervention buys, as a sum: worlds in which every part is known by algebra."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

import sim
from sim.analysis import derivation
from sim.base.units import DAYS_PER_YEAR
from sim.show.page import footer
from tests.analysis.test_compare import made, rows
from tests.cli.command import SCENARIOS, here

START = date(2026, 1, 1)
WORLD = """\
start: 2026-01-01
end: 2031-01-01
labs:
  Aurora:
    compute:
      - {{accelerator: H100, count: 1000}}
{deliveries}
    use: {{training: 10%, experiments: 50%, serving: 40%}}
    training: {{whole_run_mfu: 0.4}}
    runs: {{name: M, starts: 2026-01-01, every: 100 days, share: 10%, length: 60 days, gain: 1x}}
software: {{feedback: no, training: {growth!r}x per year}}
levels: {{late: {{effective_flop: {threshold!r} FLOP}}}}
"""


def world(folder: Path, level: int) -> Path:
    """Runs of 60 days are due every 100, from day 0 on; the cluster doubles ten days before each, software is 4x as
    good every 100 days: run k has 8^k times the effective FLOP of run 0, 2^k of it by chips. The level lies just below
    run number `level`.
    """
    arrive = [(1000 * 2**k, START + timedelta(days=90 + 100 * k)) for k in range(18)]
    deliveries = "\n".join(f"      - {{accelerator: H100, count: {n}, on: {day}}}" for n, day in arrive)
    first = 100 * 989.4e12 * 0.4 * 60 * 86400  # FLOP: a tenth of 1000 H100 for 60 days
    growth = 4.0 ** (DAYS_PER_YEAR / 100.0)
    text = WORLD.format(deliveries=deliveries, growth=growth, threshold=0.9 * first * 8.0**level)
    return made(folder, "world.yaml", text)


@pytest.mark.parametrize(("level", "bought", "chips", "software"), [
    (6, 200.0, 50.0, 50.0),
    (7, 100.0, 50.0, 150.0),
    (9, 0.0, 100.0, 200.0),
    (10, 0.0, 100.0, 200.0),
])  # fmt: skip
def test_each_part_is_what_algebra_gives(
    level: int, bought: float, chips: float, software: float, tmp_path: Path
) -> None:
    """Training stops for 300 days from day 470 on, between two runs; the next is number 5, on day 800.

    Run j then has the strength of run j + 3, as all else went on: what the base reaches later comes on the same day.
    With deliveries stopped too it has 2^j·4^(j+3), with software stopped 2^(j+3)·4^j, with both 8^j: the least j >= 5
    that has 8^level gives the time bought in each world, and the parts are the means over both orders. Late levels
    give the 300 days back as ln 2 : ln 4.
    """

    def days(chips_stop: bool, software_stops: bool) -> float:
        lost = 3 * (chips_stop + 2 * software_stops)  # factors of two that run j then lacks
        j = next(j for j in range(5, 20) if 3 * (j + 3) - lost >= 3 * level)
        return 100.0 * j + 300.0 - 100.0 * level

    none, no_chips = days(False, False), days(True, False)
    no_software, neither = days(False, True), days(True, True)
    assert none == bought and neither == 300.0
    assert ((no_chips - none) + (neither - no_software)) / 2.0 == chips
    assert ((no_software - none) + (neither - no_chips)) / 2.0 == software
    pause = made(tmp_path, "pause.yaml", "pause: {starts: 2027-04-16, lasts: 300 days, stops: [training]}\n")
    found = sim.compare(world(tmp_path, level), {"pause": pause})
    (row,) = rows(found.returned)
    assert row["time_bought_days"] == pytest.approx(bought, abs=1e-6)
    assert (row["chips_days"], row["software_days"]) == pytest.approx((chips, software), abs=1e-6)
    assert row["runs_days"] == pytest.approx(0.0, abs=1e-6)
    assert derivation.balance(row) == (
        f"300 days in force − {chips:.0f} by chips − {software:.0f} by software − 0 by the rest = "
        f"{bought:.0f} days bought"
    )
    (course,) = rows(found.rebound)
    told = found.explain("pause")[-1]
    assert derivation.balance(row) in told and f"bought {derivation.course(course)}" in told
    assert course["started_later_days"] == pytest.approx(bought, abs=1e-6)
    assert course["worked_longer_days"] == pytest.approx(0.0, abs=1e-6)
    assert course["waited_longer_days"] == course["used_later_days"] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(("stops", "suspended", "waited", "worked"), [
    ("training", "resume", 200.0, 0.0), ("training", "restart", 200.0, 30.0), ("everything", "resume", 200.0, 0.0),
])  # fmt: skip
def test_a_run_that_is_interrupted(stops: str, suspended: str, waited: float, worked: float, tmp_path: Path) -> None:
    """Run 5 is half done on day 530: it waits for 200 days, and does its 30 again if it must start anew."""
    text = f"pause: {{starts: 2027-06-15, lasts: 200 days, stops: [{stops}], suspended: {suspended}}}\n"
    found = sim.compare(world(tmp_path, 5), {"pause": made(tmp_path, "pause.yaml", text)})
    more = "plus 30 that came of it afterwards" if worked else "less what came back or never stopped"
    assert f"{waited + worked:.0f} days = 200 in force {more}." in found.explain("pause")[-1]
    (course,) = rows(found.rebound)
    assert course["waited_longer_days"] == pytest.approx(waited, abs=1e-6)
    assert course["worked_longer_days"] == pytest.approx(worked, abs=1e-6)
    assert course["started_later_days"] == pytest.approx(0.0, abs=1e-6)
    assert course["time_bought_days"] == pytest.approx(waited + worked, abs=1e-6)
    order = "works 30 days longer, waits 200 days longer" if worked else "waits 200 days longer"
    assert derivation.course(course) == f"{waited + worked:.0f} days: its run {order}"
    (row,) = rows(found.returned)
    told = derivation.balance(row)
    assert told.endswith(f" = {waited + worked:.0f} days bought")
    assert ("30 by its suspended run" in told) == bool(worked)
    assert row["other_days"] == pytest.approx(0.0, abs=1e-6)
    assert row["runs_days"] == pytest.approx(-worked, abs=1e-6)


def test_only_runs_that_an_intervention_suspended_are_told_as_its_doing(tmp_path: Path) -> None:
    text = """\
interventions:
  deliveries: {starts: 2027-06-01, lasts: 100 days, stops: [deliveries]}
  training: {starts: 2027-06-15, lasts: 200 days, stops: [training]}
  all: {starts: 2028-06-01, lasts: 10 days, stops: [everything]}
"""
    found = sim.compare(world(tmp_path, 5), {"three": made(tmp_path, "three.yaml", text)})
    told = [line.rpartition("; ")[2] for line in found.explain("three") if line.startswith("Meanwhile: ")]
    assert told == ["runs suspended: none.", "runs suspended: Aurora/M-6.", "all runs stand still."]


def test_whole_days_add_up() -> None:
    assert derivation.whole([0.4, 0.4, 0.4]) == [0, 1, 0]
    assert derivation.whole([182.625, -2.28, -104.22, -0.51]) == [183, -3, -104, 0]


def test_the_parts_of_every_shipped_pause_add_up() -> None:
    base = SCENARIOS / "frontier-2032.yaml"
    folder = SCENARIOS / "interventions"
    names = ("six-month-pause", "everything-stops", "leader-spends-its-lead", "half-speed-research")
    found = sim.compare(base, {name: folder / f"{name}.yaml" for name in names})
    told = [row for row in rows(found.rebound) if row["level"] == "expert_researcher"]
    assert len(told) == len(names)
    for row in told:
        parts = [row[name] for name, _ in derivation.COURSE]
        assert sum(parts) == pytest.approx(row["time_bought_days"], abs=1e-6)
        assert row["binds_first"] is (row["scenario"] != "leader-spends-its-lead")


# Of one run


def test_an_intervention_is_explained_within_its_run(tmp_path: Path) -> None:
    text = ("extends: world.yaml\npause: {starts: 2027-06-15, lasts: 200 days, stops: [training, deliveries], "
            "breaks: {rate: 0.001 per year}}\n")  # fmt: skip
    world(tmp_path, 9)
    result = sim.simulate(sim.load(str(made(tmp_path, "paused.yaml", text))))
    found = result.explain_intervention("pause")
    (run,) = rows(found.did)
    assert (run["what"], run["subject"], run["days"]) == ("run_suspended", "M-6", 200.0)
    meanwhile = found.meanwhile.set_index("what")["factor"]
    assert meanwhile["cluster"] == 1.0 and meanwhile["training efficiency"] == pytest.approx(16.0)
    # Run 7, on day 900, has 2^7·4^9 < 8^9, run 8 has 8^8·4^2 >= 8^9 on day 1000: 100 days bought, not 200.
    (row,) = rows(found.bought)
    assert row["time_bought_days"] == pytest.approx(100.0, abs=1e-6)
    (back,) = rows(found.returned)
    assert (back["chips_days"], back["software_days"], back["runs_days"]) == pytest.approx((0.0, 100.0, 0.0), abs=1e-6)
    printed = str(found)
    assert max(map(len, printed.splitlines())) <= 100
    chance = "Chance: pause did not break at random until 2028-01-01: one random draw (seed 0); 0% of such deals"
    assert chance in " ".join(printed.split()) and "one draw of chance (seed 0)" in " ".join(footer(result.facts, []))
    for line in ("pause: in force 2027-06-15 to 2028-01-01 (200 days); binds Aurora", "  training stops",
                 "  2027-06-15  Aurora: run suspended M-6 until 2028-01-01 (200 days)",
                 "  late: 100 days: its run starts 100 days later",
                 "    200 days in force − 0 by chips − 100 by software − 0 by the rest = 100 days bought"):  # fmt: skip
        assert line in printed.splitlines()


def test_runs_that_start_later_are_named_though_none_had_to_wait(tmp_path: Path) -> None:
    """Everything stops from day 570 to 590, between run 6, day 560 at its end, and run 7, due on day 600."""
    text = "extends: world.yaml\npause: {starts: 2027-07-25, lasts: 20 days, stops: [everything]}\n"
    world(tmp_path, 9)
    found = sim.simulate(sim.load(str(made(tmp_path, "still.yaml", text)))).explain_intervention("pause")
    assert not rows(found.did)
    told = " ".join(str(found).split())
    assert "start later than without it: Aurora/M-7 by 20 days, Aurora/M-8 by 20 days" in told
    none = made(tmp_path, "none.yaml", text.replace("everything", "releases"))
    found = sim.simulate(sim.load(str(none))).explain_intervention("pause")
    assert "no run was suspended, or starts later" in str(found)


def test_only_the_named_one_counts_and_the_others_stay(tmp_path: Path) -> None:
    text = """\
extends: world.yaml
interventions:
  early: {starts: 2026-03-15, lasts: 300 days, stops: [everything]}
  late: {starts: 2028-02-10, lasts: 200 days, stops: [training, deliveries, software]}
"""
    world(tmp_path, 9)
    result = sim.simulate(sim.load(str(made(tmp_path, "two.yaml", text))))
    for name, days in (("early", 300.0), ("late", 200.0)):
        found = result.explain_intervention(name)
        (row,) = rows(found.bought)
        assert (row["intervention_days"], row["time_bought_days"]) == pytest.approx((days, days), abs=1e-6)


def test_the_command(tmp_path: Path) -> None:
    made(tmp_path, "paused.yaml", "extends: world.yaml\npause: {starts: 2027-06-15, stops: [training]}\n")
    world(tmp_path, 4)
    assert here("run", "paused.yaml", "--no-pictures", cwd=tmp_path).returncode == 0
    of = ("paused.yaml", "outputs/paused")
    one, two = (here("explain", name, "--intervention", "pause", cwd=tmp_path) for name in of)
    assert one.returncode == 0 and one.stdout == two.stdout, one.stderr + two.stderr
    assert "M-6 to the end" in one.stdout and "every level had been reached when it began" in one.stdout
    for arguments in (("--intervention", "pose"), ("--intervention", "pause", "M-1"), ()):
        wrong = here("explain", "paused.yaml", *arguments, cwd=tmp_path)
        assert wrong.returncode == 2 and "Traceback" not in wrong.stderr and not wrong.stdout, arguments
    assert "nearest: pause" in here("explain", "paused.yaml", "--intervention", "pose", cwd=tmp_path).stderr
    assert "it has none" in here("explain", "world.yaml", "--intervention", "pause", cwd=tmp_path).stderr
