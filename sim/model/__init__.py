"""The things of a scenario as dataclasses, each field a declared parameter; together they are a `Draw`."""
