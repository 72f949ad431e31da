"""A world in which software stands still: what one lab's models are follows from what is stated, by hand."""

from __future__ import annotations

from textwrap import indent


def still(lab: str, more: str = "", *, end: str = "2027-01-01", stock: str = "1e5 H100e") -> str:
    """A scenario from 2026 on of a lab A, half of it for training and half for serving, in YAML.

    lab: what else the lab has. more: other labs, indented by two, and then what stands at the top.
    """
    return f"""\
start: 2026-01-01
end: {end}
software: {{training: 1x per year}}
labs:
  A:
    compute: {{stock: {stock}}}
    use: {{training: 50%, serving: 50%}}
{indent(lab, "    ")}
{more}"""
