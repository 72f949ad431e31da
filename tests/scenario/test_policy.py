"""A lab's policy in a scenario: phases and their contradictions, and a user's Python file, read but not run."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.model.policy import Conditions, PolicyPhase, UserPolicy
from sim.scenario import ScenarioError, load
from sim.world.simulate import SimulationError
from tests.cli.command import ROOT

HEAD = "start: 2026-01-01\nend: 2028-01-01\nlevels: {L: {effective_flop: 1e26 FLOP}}\nmilestones: {m: {level: L}}\n"


def lab(text: str, head: str = HEAD) -> str:
    return f"{head}labs:\n  A:\n    compute: {{count: 1000 H100}}\n{text}"


def phases(*lines: str) -> str:
    return lab("    policy: phases\n    phases:\n" + "".join(f"    - {line}\n" for line in lines))


RUNS_A_RUN = "    runs: {every: 1 year, length: 90 days}\n"


def problems(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        load("f.yaml", text=text)
    return [str(problem) for problem in error.value.problems]


def test_phases_are_read_into_the_draw_as_they_are_written() -> None:
    text = phases(
        "{name: one, when: {run: due, earmark: no, released_within: 2 months, behind: 2x, level: L, h100e_below: 2000}"
        ", use: {training: 60%, serving: 30%, idle: 10%}, starts_runs: no}",
        "{name: two, when: {from: 2027-01-01, before: 2027-07-01, no_rival_release_for: 1 year, milestone: m}, "
        "training_first: yes}",
        "{name: three, use: {serving: 1 to 3%}}",
    )
    found = load("f.yaml", text=text).draw().labs["A"].phases
    one = Conditions(run="due", earmark=False, released_within_days=60.875, behind=2.0, level="L", h100e_below=2000.0)
    two = Conditions(since=365.0, before=546.0, no_rival_release_days=365.25, milestone="m")
    assert found[:2] == [
        PolicyPhase(name="one", when=one, use={"training": 0.6, "serving": 0.3}, starts_runs=False),
        PolicyPhase(name="two", when=two, use={}, training_first=True),
    ]
    assert found[2].when is None and found[2].use["serving"] == pytest.approx(0.03**0.5 / 10)


def test_a_share_of_a_phase_is_set_at_the_expense_of_the_others() -> None:
    text = phases("{name: one, when: {run: due}, use: {training: 60%, serving: 40%}}", "{name: two}")
    found = load("f.yaml", text=text, sets=["labs.A.phases.one.use.training=80%"]).draw().labs["A"].phases[0]
    assert found.use == pytest.approx({"training": 0.8, "serving": 0.2})


WRONG = {
    "no phases": (lab("    policy: phases\n"), "f.yaml:8:13: labs.A.policy: `policy: phases` needs `phases:`"),
    "unknown use": (
        phases("{name: a, use: {serving: 10%, reserch: 10%}}"),
        "f.yaml:10:46: labs.A.phases.a.use.reserch: the lab's `use` has no 'reserch': a fleet needs a share there, "
        "0% if it has none",
    ),
    "above 100%": (
        phases("{name: a, use: {serving: 60%, training: 60%}}"),
        "f.yaml:10:17: labs.A.phases.a.use: the shares add up to 120% (serving 0.6 + training 0.6); at most 100%",
    ),
    "unknown level": (
        phases("{name: a, when: {level: K}}", "{name: b}"),
        "f.yaml:10:31: labs.A.phases.a.when.level: there is no level 'K'; known: L",
    ),
    "unknown level of a rival": (
        phases("{name: a, when: {rival_level: K}}", "{name: b}"), "there is no level 'K'; known: L"
    ),
    "unknown milestone": (
        phases("{name: a, when: {milestone: n}}", "{name: b}"),
        "f.yaml:10:35: labs.A.phases.a.when.milestone: there is no milestone 'n'; known: m",
    ),
    "unknown condition": (
        phases("{name: a, when: {relased_within: 5 days}}", "{name: b}"),
        "unknown key 'relased_within' in `when` (did you mean 'released_within'?)",
    ),
    "unknown state": (
        phases("{name: a, when: {run: over}}", "{name: b}"),
        "f.yaml:10:29: labs.A.phases.a.when.run: expected one of due, in progress, none in progress; got 'over'",
    ),
    "no unit": (phases("{name: a, when: {released_within: 5}}", "{name: b}"), "labs.A.phases.a.when.released_within"),
    "no name": (phases("{use: {serving: 10%}}"), "f.yaml:10:7: labs.A.phases[0].name: `name` is missing"),
    "two of one name": (
        phases("{name: a, when: {run: due}}", "{name: a}"),
        "labs.A.phases.a.name: there are two phases 'a' (first at f.yaml:10:7)",
    ),
    "conditions on the last": (
        phases("{name: a, when: {run: due}}", "{name: b, when: {run: none in progress}}"),
        "f.yaml:11:23: labs.A.phases.b: the last phase applies when no other does, so it takes no `when:`",
    ),
    "behind one that always holds": (
        phases("{name: a}", "{name: b}"),
        "f.yaml:11:7: labs.A.phases.b: is never reached: 'a', which stands before it, always holds",
    ),
    "behind a wider one": (
        phases("{name: a, when: {behind: 2x}}", "{name: b, when: {behind: 3x, run: due}}", "{name: c}"),
        "f.yaml:11:7: labs.A.phases.b: is never reached: 'a', which stands before it, holds whenever it does",
    ),
    "behind a longer one": (
        phases("{name: a, when: {released_within: 9 days}}", "{name: b, when: {released_within: 1 week}}", "{name: c}"),
        "labs.A.phases.b: is never reached: 'a'",
    ),
    "never both": (
        phases("{name: a, when: {released_within: 1 month, no_release_for: 2 months}}", "{name: b}"),
        "labs.A.phases.a: `no_release_for` 2 months and `released_within` 1 month are never both true",
    ),
    "dates in the wrong order": (
        phases("{name: a, when: {from: 2027-06-01, before: 2027-01-01}}", "{name: b}"),
        "labs.A.phases.a: `from` 2027-06-01 and `before` 2027-01-01 are never both true",
    ),
    "after the end": (
        phases("{name: a, when: {from: 2028-01-01}}", "{name: b}"),
        "labs.A.phases.a: never holds: it is `from` 2028-01-01, and the simulation ends before",
    ),
    "before the start": (
        phases("{name: a, when: {before: 2026-01-01}}", "{name: b}"),
        "labs.A.phases.a: never holds: it is `before` 2026-01-01, when nothing has begun yet",
    ),
    "behind and ahead": (
        phases("{name: a, when: {behind: 2x, ahead: 1x}}", "{name: b}"), "a lab is never both `behind` and `ahead`"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_with_phases_is_told_at_its_place(what: str) -> None:
    text, message = WRONG[what]
    found = problems(text)
    assert len(found) == 1 and message in found[0], found


def test_phases_in_another_order_or_narrower_are_reached() -> None:
    load("f.yaml", text=phases("{name: a, when: {behind: 3x}}", "{name: b, when: {behind: 2x}}", "{name: c}"))
    load("f.yaml", text=phases("{name: a, when: {behind: 2x, run: due}}", "{name: b, when: {behind: 3x}}", "{name: c}"))
    load("f.yaml", text=phases("{name: a, when: {earmark: no}}", "{name: b, when: {earmark: yes}}", "{name: c}"))


def test_phases_that_the_policy_does_not_use_are_named_as_unused() -> None:
    text = phases("{name: a, when: {run: due}, use: {training: 5%}}", "{name: b}") + RUNS_A_RUN
    assert not any("phases" in path for path in sim.simulate(load("f.yaml", text=text)).unused)
    result = sim.simulate(load("f.yaml", text=text, policies={"A": "training_first"}))
    assert {"labs.A.phases.a.use.training", "labs.A.phases.a.when.run"} <= set(result.unused)


# A user's Python file


CODE = """\
import os

def allocate(view, patience=60, *, names=()):
    open("ran", "a").close()
    return {"experiments": 0.5, "training": 0.1 if view.day < patience else 0.3}
"""
NAMED = "    policy: mine.py:allocate\n"
WITH = "    policy: {file: sub/mine.py, function: allocate, options: {patience: 90, names: [a, 2.5, true, '7']}}\n"


def test_a_file_is_read_and_stored_and_runs_only_when_simulated(folder: Callable[..., Path]) -> None:
    at = folder({"sub/mine.py": CODE, "f.yaml": lab(WITH)})
    scenario = load("f.yaml")
    draw = scenario.draw()
    policy = draw.labs["A"].policy
    assert policy == UserPolicy(file="sub/mine.py", function="allocate", text=CODE,
                                options={"patience": 90, "names": ("a", 2.5, True, "7")})  # fmt: skip
    assert scenario.user_policies == {"A": (policy, "f.yaml:8:13")}
    effective = scenario.effective_yaml()
    assert repr(scenario) and scenario.inputs and scenario.hash
    assert not (at / "ran").exists()
    first = sim.simulate(scenario)
    assert (at / "ran").exists()
    # With the file gone, or another in its place, the effective scenario is the same run.
    (at / "sub" / "mine.py").write_text("raise SystemExit", encoding="utf-8")
    again = load("effective.yaml", text=effective)
    assert again.effective_yaml() == effective
    assert again.hash == scenario.hash
    second = sim.simulate(again)
    for name in ("events", "windows", "trajectory"):
        assert first.table(name).to_csv() == second.table(name).to_csv()
    assert first.events.details.str.contains("share").any() or len(first.events) > 0


AWKWARD = [
    "def allocate(view):\n    return {}",
    "def allocate(view):\n    return {}\n\n\n",
    "\n\ndef allocate(view):\n    return {}\n",
    "def allocate(view):\n\treturn {}  # tab, ü, \U0001f600\n",
    "def allocate(view):\r\n    return {'experiments': 0.5}\r\n",
    "#: {}[]&*!|>%@`\n# '\"\\ \x0c\ndef allocate(view):\n    return {}   \n   \n",
    "x = 1; allocate = lambda view: {}\n",
]


@pytest.mark.parametrize("code", AWKWARD)
def test_every_text_of_a_file_survives_in_the_effective_scenario(code: str, folder: Callable[..., Path]) -> None:
    at = folder({"f.yaml": lab(NAMED)})
    (at / "mine.py").write_bytes(code.encode())
    scenario = load("f.yaml")
    assert scenario.user_policies["A"][0].text == code
    again = load("g.yaml", text=scenario.effective_yaml())
    assert again.user_policies["A"][0].text == code
    assert again.effective_yaml() == scenario.effective_yaml()
    sim.simulate(again)


def test_a_file_is_found_beside_the_scenario_that_names_it(folder: Callable[..., Path]) -> None:
    folder({
        "base/b.yaml": lab(NAMED), "base/mine.py": CODE.replace("0.5", "0.25"), "mine.py": CODE,
        "over.yaml": "over: base/b.yaml\nname: o\n",
        "other.yaml": "over: base/b.yaml\nlabs: {A: {policy: mine.py:allocate}}\n",
    })  # fmt: skip
    assert "0.25" in load("over.yaml").user_policies["A"][0].text
    assert "0.5" in load("other.yaml").user_policies["A"][0].text
    assert "0.5" in load("base/b.yaml", policies={"A": "mine.py:allocate"}).user_policies["A"][0].text
    assert "0.5" in load("base/b.yaml", overlays=["other.yaml"]).user_policies["A"][0].text
    assert load("base/b.yaml", policies={"A": "training_first"}).draw().labs["A"].policy == "training_first"


def test_an_overlay_takes_the_place_of_a_stored_policy(folder: Callable[..., Path]) -> None:
    """Its text is not left over from the one below."""
    at = folder({"f.yaml": lab(NAMED), "mine.py": CODE, "other.py": CODE.replace("allocate", "give")})
    (at / "effective.yaml").write_text(load("f.yaml").effective_yaml(), encoding="utf-8")
    over = "over: effective.yaml\nlabs: {A: {policy: {file: other.py, function: give}}}\n"
    assert "def give" in load("o.yaml", text=over).user_policies["A"][0].text


FILES = {
    "missing": (None, NAMED, "f.yaml:8:13: labs.A.policy: mine.py: no such file"),
    "syntax": (
        "def allocate(view):\n    return {\n", NAMED,
        "mine.py:2:12: labs.A.policy: '{' was never closed, in: return { [policy of labs.A, named at f.yaml:8:13]",
    ),
    "no function": ("def alocate(view): ...\n", NAMED,
                    "f.yaml:8:13: labs.A.policy: mine.py has no function 'allocate' (did you mean 'alocate'?)"),
    "no functions": ("x = 1\n", NAMED, "mine.py has no function 'allocate'; its functions are none"),
    "no view": ("def allocate(): ...\n", NAMED,
                "mine.py:1:1: labs.A.policy: a policy takes a view of its lab as its first argument, in: def"),
    "unknown option": (CODE, WITH.replace("sub/", "").replace("patience", "patients"),
                       "mine.py:3:1: labs.A.policy: allocate takes no option 'patients'"),
    "needed option": ("def allocate(view, factor): ...\n", NAMED, "allocate needs the option 'factor'"),
    "unknown key": (CODE, "    policy: {file: mine.py, function: allocate, option: {}}\n",
                    "unknown key 'option' in a policy (did you mean 'options'?)"),
    "no function named": (CODE, "    policy: {file: mine.py}\n", "a policy of your own needs `function:`"),
    "options of a list": (CODE, "    policy: {file: mine.py, function: allocate, options: [1]}\n",
                          "labs.A.policy.options: expected a mapping, got a list"),
    "not text": (b"def allocate(view): return '\xff'\n", NAMED, "mine.py:1:29: labs.A.policy: is not UTF-8 text from"),
    "NUL": (b"def allocate(view): ...\0\n", NAMED, "mine.py:1:24: labs.A.policy: holds a NUL byte"),
    "too large": (b"#" * 200_001, NAMED, "mine.py: has 200,001 bytes; files above 200,000 bytes are refused"),
    "a folder": ("DIR", NAMED, "mine.py: is a directory, not a file"),
    "no file": (None, "    policy: mine\n", "expected one of shares, training_first, phases, or FILE.py:FUNCTION; got"),
    "a list": (None, "    policy: [mine.py]\n", "labs.A.policy: expected a policy, got a list"),
}  # fmt: skip


@pytest.mark.parametrize("what", FILES)
def test_what_is_wrong_with_a_file_is_told_before_anything_runs(what: str, folder: Callable[..., Path]) -> None:
    code, named, message = FILES[what]
    at = folder({"f.yaml": lab(named)})
    if code == "DIR":
        (at / "mine.py").mkdir()
    elif code is not None:
        (at / "mine.py").write_bytes(code if isinstance(code, bytes) else code.encode())
    with pytest.raises(ScenarioError) as error:
        load("f.yaml")
    assert len(error.value.problems) == 1 and message in str(error.value), str(error.value)


RUNS = {
    "import": ("import nosuch\n", "mine.py:1:1: labs.A.policy: ModuleNotFoundError: No module named 'nosuch', "
               "in: import nosuch"),
    "exit": ("raise SystemExit(3)\n", "mine.py:1:1: labs.A.policy: SystemExit: 3, in: raise SystemExit(3)"),
    "fails": ("x = [\n 1, 1 / 0]\n", "mine.py:2:1: labs.A.policy: ZeroDivisionError: division by zero, in: 1, 1 / 0]"),
    "no function": ("", "mine.py: labs.A.policy: allocate is no function, but int"),
}  # fmt: skip


@pytest.mark.parametrize("what", RUNS)
def test_a_file_that_fails_when_it_is_run_is_told_with_its_line(what: str, folder: Callable[..., Path]) -> None:
    code, message = RUNS[what]
    folder({"f.yaml": lab(NAMED), "mine.py": code + "allocate = 5\n"})
    scenario = load("f.yaml")
    with pytest.raises(ScenarioError) as error:
        sim.simulate(scenario)
    assert str(error.value) == message


CALLS = {
    "an error": ("    if view.day > 50:\n        return inner(view)\n    return Shares({}, review=60.5)\n",
                 "mine.py:4: in 'return 1 / 0': the policy of A fails: ZeroDivisionError: division by zero", 60.5),
    "a name": ("    return view.totl\n",
               "mine.py:7: in 'return view.totl': the policy of A fails: AttributeError: 'OwnView' object has no", 0.0),
    "exit": ("    exit()\n", "mine.py:7: in 'exit()': the policy of A fails: SystemExit", 0.0),
    "endless": ("    return allocate(view)\n", "mine.py:7: in 'return allocate(view)': the policy of A fails: Re", 0.0),
    "in a library": ("    import json\n    return json.loads('{')\n",
                     "mine.py:8: in \"return json.loads('{')\": the policy of A fails: JSONDecodeError", 0.0),
    "an answer": ("    return {'serving': 2}\n",
                  "mine.py:6: in 'def allocate(view):': the policy of A gives serving the share 2", 0.0),
    "a change": ("    view.day = 5\n", "mine.py:7: in 'view.day = 5': the policy of A fails: AttributeError", 0.0),
    "a loop": ("    return Shares({}, review=view.day)\n", "The review that its policy asked for (lab A)", 0.0),
}  # fmt: skip


@pytest.mark.parametrize("what", CALLS)
def test_an_error_while_it_is_called_is_told_with_line_lab_and_day(what: str, folder: Callable[..., Path]) -> None:
    body, message, day = CALLS[what]
    head = "from sim.policy import Shares\n\ndef inner(view):\n    return 1 / 0\n\n"
    folder({"f.yaml": lab(NAMED), "mine.py": f"{head}def allocate(view):\n{body}"})
    with pytest.raises(SimulationError) as error:
        sim.simulate(load("f.yaml"))
    assert message in str(error.value) and error.value.day == day
    assert error.value.record.events


def test_nothing_is_carried_from_one_run_to_the_next(folder: Callable[..., Path]) -> None:
    code = "calls = []\n\ndef allocate(view):\n    calls.append(1)\n    return {'experiments': 1 / (1 + len(calls))}\n"
    folder({"f.yaml": lab(NAMED), "mine.py": code})
    scenario = load("f.yaml")
    found = [sim.simulate(scenario).table("trajectory").to_csv() for _ in range(2)]
    assert found[0] == found[1]


OTHER = "import pickle, sim\nscenario = pickle.load(open('s.pickle', 'rb'))\nsim.simulate(scenario).to_csv('there')\n"


def test_a_pickled_scenario_carries_its_policy_as_source(folder: Callable[..., Path]) -> None:
    at = folder({"f.yaml": lab(NAMED), "mine.py": CODE})
    scenario = load("f.yaml")
    sim.simulate(scenario).to_csv("here")
    (at / "s.pickle").write_bytes(pickle.dumps(scenario))
    assert pickle.loads(pickle.dumps(scenario.draw())) == scenario.draw()
    (at / "mine.py").unlink()
    done = subprocess.run([sys.executable, "-c", OTHER], cwd=at, env={**os.environ, "PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    for path in (at / "here").iterdir():
        assert path.read_bytes() == (at / "there" / path.name).read_bytes()
