"""What the loader refuses in the central case is refused in a draw too; and shares keep their total in every draw."""

from __future__ import annotations

import pickle

import pytest

from sim.scenario import Scenario, load
from sim.scenario.draw_error import DrawError
from sim.scenario.drawn_shares import kept_total

HEAD = "start: 2026-01-01\nend: 2028-01-01\n"
LAB = """labs:
  Aurora:
    models: {name: A0, public: 2025-06-01, flop: 1e26 FLOP}
    compute: {stock: 1e5 H100e}
    use: {training: 10%, serving: 90%}
    runs: {every: 6 months, length: 60 days}
"""


def scenario(head: str = HEAD, **changes: str) -> Scenario:
    text = LAB
    for key, value in changes.items():
        old = next(line for line in LAB.splitlines() if line.startswith(f"    {key}:"))
        text = text.replace(old, f"    {key}: {value}")
    return load("f.yaml", text=head + text)


def drawn(of: Scenario, quantile: float) -> dict[str, float]:
    """Share on each date, by use and number of the date."""
    use = of.draw(dict.fromkeys(of.uncertain, quantile)).labs["Aurora"].use
    return {f"{name} {k}": value for name, series in use.items() for k, (_, value) in enumerate(series.points)}


@pytest.mark.parametrize(
    ("head", "changes", "path", "quantile", "message"),
    [
        (HEAD.replace("2028-01-01", "{uniform: [2025-01-01, 2029-01-01]}"), {}, "end", 0.1,
         "end: the end, 2025-05-27 02:24, must be after the start (this draw has end = 2025-05-27 02:24)"),
        (HEAD, {"models": "{name: A0, internal: {uniform: [2025-01-01, 2025-09-01]}, public: 2025-06-01, flop: 1e26}"},
         "labs.Aurora.models.internal", 0.9,
         "labs.Aurora.models.public: public on 2025-06-01, before it is internal on 2025-08-07 16:48 (this draw has "
         "labs.Aurora.models.internal = 2025-08-07 16:48)"),
        (HEAD + "pause: {starts: 2026-06-01, ends: {uniform: [2026-05-01, 2027-05-01]}, stops: [training]}\n", {},
         "pause.ends", 0.01, "pause.ends: it ends on 2026-05-04 15:36, before it starts on 2026-06-01 (this draw has "
         "pause.ends = 2026-05-04 15:36)"),
        (HEAD, {"runs": "{every: {loguniform: [1 second, 1 year]}, length: 60 days}"}, "labs.Aurora.runs.every", 0.01,
         "labs.Aurora.runs.every: every '1.376e-05 days' until the end is 53,069,569 times; at most 100,000"),
        (HEAD, {"use": "{training: {2026-01-01: {uniform: [5%, 25%]}, interpolate: exponential, 2027-01-01: 10%}, "
                       "serving: 85%}"}, "labs.Aurora.use.training.2026-01-01", 0.9,
         "labs.Aurora.use: the shares add up to 108% on 2026-01-01; at most 100% (this draw has "
         "labs.Aurora.use.training.2026-01-01 = 23%)"),
    ],
)  # fmt: skip
def test_a_draw_that_contradicts_itself_is_refused(
    head: str, changes: dict[str, str], path: str, quantile: float, message: str
) -> None:
    made = scenario(head, **changes)
    made.draw()
    for make in (made.draw, made.many_draws().draw):
        with pytest.raises(DrawError) as caught:
            make({path: quantile})
        assert message in str(caught.value)
        assert pickle.loads(pickle.dumps(caught.value)).values == caught.value.values
        make({path: 1.0 - quantile})  # the next draw is not spoilt by it


def test_shares_that_are_certain_make_room() -> None:
    made = scenario(use="{training: {uniform: [5%, 15%]}, research: 30%, serving: 60%}")
    assert drawn(made, 0.9) == pytest.approx({"training 0": 0.14, "research 0": 0.86 / 3, "serving 0": 0.86 * 2 / 3})
    assert drawn(made, 0.5) == {"training 0": 0.1, "research 0": 0.3, "serving 0": 0.6}
    idle = scenario(use="{training: {uniform: [5%, 15%]}, serving: 40%}")
    assert drawn(idle, 0.9) == pytest.approx({"training 0": 0.14, "serving 0": 0.36})


def test_shares_that_are_all_uncertain_are_scaled() -> None:
    made = scenario(use="{training: {uniform: [0%, 40%]}, serving: {uniform: [60%, 100%]}}")
    assert drawn(made, 0.75) == pytest.approx({"training 0": 0.3 / 1.2, "serving 0": 0.9 / 1.2})


def test_dated_shares_make_room_on_each_date() -> None:
    made = scenario(use="{training: {2026-01-01: 10%, 2027-01-01: {uniform: [10%, 30%]}}, serving: 80%}")
    assert drawn(made, 0.9) == pytest.approx(
        {"training 0": 0.1, "training 1": 0.28, "serving 0": 0.8, "serving 1": 0.72}
    )


@pytest.mark.parametrize(
    ("now", "certain", "wanted"),
    [
        ({"a": 0.5, "b": 0.6}, ("b",), {"a": 0.5, "b": 0.5}),
        ({"a": 1.25, "b": 0.6}, ("b",), {"a": 1.0, "b": 0.0}),
        ({"a": 0.1, "b": 0.6}, ("b",), {"a": 0.1, "b": 0.9}),
        ({"a": 0.0, "b": 0.0}, ("b",), {"a": 0.0, "b": 0.0}),
        ({"a": 0.4, "b": 0.6}, ("b",), {"a": 0.4, "b": 0.6}),
    ],
)
def test_the_total_stays(now: dict[str, float], certain: tuple[str, ...], wanted: dict[str, float]) -> None:
    assert kept_total(now, {"a": 0.4, "b": 0.6}, certain) == pytest.approx(wanted)


def test_phases_of_a_policy_keep_their_total_too() -> None:
    made = load("f.yaml", text=HEAD + LAB + "    policy: phases\n    phases: [{name: a, use: {training: 10% to 40%, "
                "serving: 80%}}]\n")  # fmt: skip
    use = made.draw({"labs.Aurora.phases.a.use.training": 0.95}).labs["Aurora"].phases[0].use
    assert use == pytest.approx({"training": 0.4, "serving": 0.2 + 0.8 - 0.4})
