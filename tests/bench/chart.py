"""Cost over the proven bound as a picture: a panel per fleet, a bar per packer, all to one scale.

Plain SVG with its own background, light or dark as the reader's screen is: a README shows it as an image.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from contest import OURS, Entry

COLUMNS, WIDTH, LEFT, RIGHT, PAD = 2, 420, 156, 70, 16
TITLE, BAR, STEP, FOOT = 34, 11, 19, 18
STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #57606a }
.title { font-size: 13px; font-weight: 600; fill: #1f2328 }
.ours { font-weight: 600; fill: #116329 }
rect { fill: #a7b0ba } rect.ours { fill: #1a7f37 } .paper { fill: #ffffff; stroke: #d0d7de } .axis { stroke: #d0d7de }
@media (prefers-color-scheme: dark) {
  text { fill: #9ea7b3 } .title { fill: #e6edf3 } .ours { fill: #56d364 }
  rect { fill: #57606a } rect.ours { fill: #3fb950 } .paper { fill: #0d1117; stroke: #30363d } .axis { stroke: #30363d }
}
"""
LEGEND = (
    "How far above the proven bound",
    "Cost of one hour of tasks, packed by the rules of",
    "others and by advisor. Nothing costs less than the",
    "bound: 0 % cannot be beaten. Solvers of the plain",
    "model get 20 s, and only small fleets.",
)


def chart(entries: Sequence[Entry]) -> str:
    """Return the picture of entries in the order given; a packer that found nothing has words instead of a bar."""
    fleets = list(dict.fromkeys(e.fleet for e in entries))
    most = max((e.over for e in entries if e.over is not None), default=0.0) or 1.0
    heights = [TITLE + STEP * sum(e.fleet == f for e in entries) + FOOT for f in fleets]
    heights.append(TITLE + STEP * len(LEGEND))
    y, parts = PAD / 2, []
    for first in range(0, len(heights), COLUMNS):
        for column in range(min(COLUMNS, len(heights) - first)):
            at, x = first + column, PAD + column * WIDTH
            body = (
                legend() if at == len(fleets) else panel([e for e in entries if e.fleet == fleets[at]], most)
            )
            parts.append(f'<g transform="translate({x} {y:g})">{body}</g>')
        y += max(heights[first : first + COLUMNS])
    width, height = 2 * PAD + COLUMNS * WIDTH, y + PAD / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" width="{width}" height="{height:g}" '
        f'role="img" aria-label="{LEGEND[0]}, by fleet and packer">\n<style>{STYLE}</style>\n'
        f'<rect class="paper" x="0.5" y="0.5" width="{width - 1}" height="{height - 1:g}" rx="8"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def panel(entries: Sequence[Entry], most: float) -> str:
    """Return one fleet's bars; `most` is the share that fills the width."""
    parts = [f'<text class="title" x="0" y="22">{escape(entries[0].fleet)}</text>']
    for row, e in enumerate(entries):
        middle = TITLE + STEP * row + STEP / 2
        kind = ' class="ours"' if e.packer == OURS else ""
        length = (WIDTH - LEFT - RIGHT) * (e.over or 0.0) / most
        label = "nothing in time" if e.over is None else percent(e.over)
        parts.append(
            f'<text{kind} x="{LEFT - 8}" y="{middle + 4:g}" text-anchor="end">{escape(e.packer)}</text>'
        )
        parts.append(
            f'<rect{kind} x="{LEFT}" y="{middle - BAR / 2:g}" width="{max(length, 1):.1f}" height="{BAR}" rx="2"/>'
        )
        parts.append(f'<text{kind} x="{LEFT + max(length, 1) + 6:.1f}" y="{middle + 4:g}">{label}</text>')
    bottom = TITLE + STEP * len(entries)
    parts.append(f'<line class="axis" x1="{LEFT}" y1="{TITLE}" x2="{LEFT}" y2="{bottom}"/>')
    return "".join(parts)


def legend() -> str:
    """Return what the picture shows, in words."""
    lines = [f'<text class="title" x="0" y="22">{LEGEND[0]}</text>']
    lines += [f'<text x="0" y="{22 + STEP * row}">{line}</text>' for row, line in enumerate(LEGEND) if row]
    return "".join(lines)


def percent(share: float) -> str:
    """Return a share as people read it: more digits the smaller it is."""
    shown = share * 100
    if shown < 0.005:
        return "0 %"
    return f"{shown:.0f} %" if shown >= 10 else f"{shown:.1f} %" if shown >= 1 else f"{shown:.2f} %"
