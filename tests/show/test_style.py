"""Numbers, lines of text, and dates on axes."""

from __future__ import annotations

from datetime import date

import pytest

from sim.show.axes import log_limits, ticks
from sim.show.simulated import EPOCH, date_number
from sim.show.style import balanced, cut, number, short, text_width, tint, use_styles, wrap


@pytest.mark.parametrize(
    ("value", "long", "brief"),
    [
        (0.0, "0", "0"),
        (0.25, "0.25", "0.25"),
        (4.96, "5", "5"),
        (48.65, "49", "49"),
        (999.0, "1,000", "1k"),
        (1234.0, "1,200", "1.2k"),
        (310_456.0, "310,000", "310k"),
        (996_000.0, "1 million", "1 million"),
        (1.2345e6, "1.2 million", "1.2 million"),
        (9.7e9, "9.7 billion", "9.7 billion"),
        (2.1e12, "2.1 trillion", "2.1 trillion"),
        (2.1e25, "2.1e25", "2.1e25"),
        (1e16, "1e16", "1e16"),
        (-3000.0, "-3,000", "-3k"),
        (1e-5, "1e-5", "1e-5"),
        (float("inf"), "unlimited", "unlimited"),
    ],
)
def test_numbers_are_readable(value, long, brief) -> None:
    assert number(value).replace("\u00a0", " ") == long
    if value not in (float("inf"),):
        assert short(value).replace("\u00a0", " ") == brief


def test_lines_fit_and_lose_no_word() -> None:
    text = "How many copies of each frontier model could its lab run since 2022, and until when was it the strongest?"
    lines = wrap(text, 10.0, 3.0)
    assert " ".join(lines) == text and len(lines) > 1
    assert all(text_width(line, 10.0) <= 3.0 for line in lines)
    assert len(balanced(text, 10.0, 3.0)) == len(lines)
    assert text_width(cut(text, 10.0, 3.0), 10.0) <= 3.0 and cut(text, 10.0, 3.0).endswith("…")
    assert wrap("1.2\u00a0million", 10.0, 0.8) != ["1.2", "million"]


@pytest.mark.parametrize("years", [0.003, 0.1, 0.5, 2.0, 5.0, 12.0, 60.0, 400.0])
@pytest.mark.parametrize("start", [date(2022, 1, 1), date(2426, 3, 17)])
def test_date_ticks_are_dates_inside_and_do_not_touch(years, start) -> None:
    left = float(start.toordinal() - EPOCH)
    right = left + years * 365.25
    places, words, _ = ticks(left, right, 8.0)
    assert len(places) == len(words) == len(set(words))
    assert all(left - 1.0 <= place <= right + 1.0 for place in places)
    for place, word, after in zip(places, words, places[1:], strict=False):
        assert (after - place) / (right - left) * 8.0 > text_width(word, 8.0)
        assert str(date.fromordinal(int(place) + EPOCH).year) in word
    assert places or years < 0.01


def test_dates_of_tables_are_exact() -> None:
    assert date_number("1970-01-02") == 1.0
    assert date_number("2426-01-01 06:00:00") == date(2426, 1, 1).toordinal() - EPOCH + 0.25


def test_log_limits_leave_out_zeros() -> None:
    assert log_limits([]) == (1.0, 10.0)
    low, high = log_limits([0.0, 5.0, 2e6])
    assert 0.0 < low <= 5.0 and high >= 2e6


def test_uses_differ_without_colour() -> None:
    looks = use_styles(["training", "research", "serving", "experiments", "red_teaming", "tutoring"])

    def light(colour: str) -> float:
        red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
        return 0.3 * red + 0.59 * green + 0.11 * blue

    names = ["training", "serving", "experiments", "research", "red_teaming"]
    for n, use in enumerate(names):
        for other in names[:n]:
            assert looks[use][1] != looks[other][1] or abs(light(looks[use][0]) - light(looks[other][0])) > 15
    assert looks["red_teaming"] != looks["tutoring"]
    assert tint("#000000", 0.0) == "#ffffff" and tint("#0072B2", 1.0) == "#0072b2"
