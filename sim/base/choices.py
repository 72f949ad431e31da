"""The words by which draws are asked for: which points they are, and what is kept of them."""

from __future__ import annotations

SOBOL = "sobol"
METHODS = (SOBOL, "random", "latin")
"""Which points draws are."""

EXAMPLES, ALL, SUMMARY = "examples", "all", "summary"
KEPT = (EXAMPLES, ALL, SUMMARY)
"""What is kept: long tables of the first `EXAMPLE_DRAWS` draws only, or of all; or no row of any, only counts."""

EXAMPLE_DRAWS = 100
