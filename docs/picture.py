"""Makes docs/frontier.png, the picture in the README, from scenarios/frontier.yaml."""

from __future__ import annotations

import os
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import sim  # noqa: E402
from sim.show.pictures import figure  # noqa: E402
from sim.show.style import DPI, styled  # noqa: E402

TARGET = ROOT / "docs" / "frontier.png"
MOST_BYTES = 150_000


def main() -> None:
    """Draw the copies of the frontier labs' models, in as many colours as 150 KB allow."""
    result = sim.simulate(sim.load(ROOT / "scenarios" / "frontier.yaml"))
    raw = BytesIO()
    with styled():
        figure(result, "copies").savefig(raw, format="png", dpi=DPI, metadata={"Software": None})
    image = Image.open(raw).convert("RGB")
    for colours in (256, 128, 64, 32):
        small = BytesIO()
        palette = image.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        palette.save(small, format="png", optimize=True)
        if small.tell() < MOST_BYTES:
            break
    aside = TARGET.with_suffix(".part")
    aside.write_bytes(small.getvalue())
    os.replace(aside, TARGET)
    print(f"{TARGET.relative_to(ROOT)}: {small.tell() / 1000:.0f} KB, {colours} colours")


if __name__ == "__main__":
    main()
