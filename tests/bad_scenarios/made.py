"""Bad files that are made when they are needed: too large or too deep to keep, or not UTF-8 text."""

from __future__ import annotations

from pathlib import Path

GOOD = """\
start: 2026-01-01
end: 2032-01-01
labs:
  Aurora:
    compute: {stock: 1.2e6 H100e, grows: 3x per year}
    use: {training: 10%, experiments: 45%, research: 5%, serving: 40%}
    runs: {every: 9 months, length: 60 days}
"""
ACCENTS = "question: Combien de copies après l’entraînement?\n" + GOOD
SERIES = "start: 2026-01-01\nend: 2032-01-01\nlabs:\n  Aurora:\n    compute: {stock: {csv: %s, value: h100}}\n"
RUNS = (
    GOOD.partition("    runs:")[0]
    + "    runs:\n"
    + "".join(f"    - {{name: R{k}, starts: 2027-01-01, length: 9 dais, flop: 1e24 FLOP}}\n" for k in range(8000))
)
ROWS = "date,h100\n" + "".join(f"{1000 + k // 28}-01-{k % 28 + 1:02},{k + 1}\n" for k in range(16_000))

FILES: dict[str, bytes] = {
    "encoding/utf-16.yaml": ACCENTS.encode("utf-16"),
    "encoding/utf-16-without-mark.yaml": GOOD.encode("utf-16-le"),
    "encoding/utf-32.yaml": GOOD.encode("utf-32"),
    "encoding/windows-1252.yaml": ACCENTS.encode("windows-1252"),
    "encoding/cut-in-a-letter.yaml": GOOD.encode() + "note: é".encode()[:-1],
    "encoding/nul-byte.yaml": GOOD.encode().replace(b"9 months", b"9\0months"),
    "encoding/gzip.yaml": bytes.fromhex("1f8b08000000000002ff2b2e492c2ab1523032303230d435305400005d5d8f8012000000"),
    "encoding/series.yaml": (SERIES % "utf-16.csv").encode(),
    "encoding/utf-16.csv": "date,h100\n2026-01-01,1000\n".encode("utf-16"),
    "files/folder.yaml/inside": b"A folder whose name ends like a scenario's.\n",
    "size/above-1-mb.yaml": GOOD.encode() + b"# " + b"x" * 1_000_000,
    "size/8000-runs.yaml": RUNS.encode(),
    "size/too-many-values.yaml": GOOD.encode() + b"x-all: [" + b"1," * 20_001 + b"]\n",
    "size/too-many-rows.yaml": (SERIES % "rows.csv").replace("h100}", "h100, unit: H100}").encode(),
    "size/rows.csv": ROWS.encode(),
    "size/brackets-5000-deep.yaml": GOOD.encode() + b"x-deep: " + b"[" * 5000 + b"]" * 5000 + b"\n",
    "size/maps-5000-deep.yaml": GOOD.encode() + b"x-deep: " + b"{a: " * 5000 + b"}" * 5000 + b"\n",
    "size/indents-1000-deep.yaml": GOOD.encode() + b"".join(b" " * n + b"a:\n" for n in range(1000)),
    "size/dashes-5000-deep.yaml": GOOD.encode() + b"x-deep:\n " + b"- " * 5000 + b"1\n",
    "size/long-key.yaml": GOOD.encode() + b"x-" + b"k" * 5000 + b": 1\n",
    "size/long-number.yaml": GOOD.encode().replace(b"60 days", b"6" * 200_000 + b" days"),
    "size/long-word.yaml": GOOD.encode().replace(b"60 days", b"a" * 200_000),
    "size/long-spaces.yaml": GOOD.encode().replace(b"60 days", b'"60' + b" " * 200_000 + b'to days"'),
    "size/large.csv": b"date,h100\n" + b"2026-01-01,1000\n" * 400_000,
    "size/series.yaml": (SERIES % "large.csv").encode(),
    **{f"layers/{n:02}.yaml": b"extends: %02d.yaml\n" % (n + 1) for n in range(40)},
}
"""Path in this folder -> content."""


def make(folder: Path) -> None:
    """Write all of them below `folder`."""
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
