"""Good scenarios made bad at random: whatever is done to one, it loads and runs, or is refused in plain words.

`python -m tests.fuzz` (or `make fuzz`) tries 10,000; the suite a few hundred. `mutate.py` makes the cases, each from
its seed and number alone; `attempt.py` has what must hold of them.
"""
