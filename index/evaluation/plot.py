"""Reliability and risk against coverage as one small SVG, with nothing to load. Pure."""

from collections.abc import Iterator, Sequence
from html import escape

from index.evaluation.metrics import Point
from index.evaluation.report import Selective

SIDE = 260
"""Pixels of a panel's square."""
MARGIN = 50
COLOURS = ("#0b6e99", "#c2571a", "#4d7c0f", "#7c3aed")
MAX_POINTS = 200


def plot(curves: Sequence[Selective]) -> str:
    """Two panels: confidence against accuracy in ten bins, and share of questions answered against share of answers wrong."""
    width, height = 2 * (SIDE + 2 * MARGIN), SIDE + 2 * MARGIN + 18 * len(curves)
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="12" fill="#333">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *_panel(0, "Reliability", "confidence", "accuracy", [curve.reliability for curve in curves], diagonal=True),
        *_panel(SIDE + 2 * MARGIN, "Risk and coverage", "answered", "of these wrong", [curve.risk for curve in curves]),
        *_legend([curve.name for curve in curves]),
        "</svg>\n",
    ]
    return "\n".join(body)


def _panel(left: int, title: str, x: str, y: str, curves: Sequence[Sequence[Point]], diagonal: bool = False) -> Iterator[str]:
    yield f'<g transform="translate({left + MARGIN} {MARGIN})">'
    yield f'<text x="0" y="-16" font-weight="bold">{title}</text>'
    yield f'<rect width="{SIDE}" height="{SIDE}" fill="none" stroke="#bbb"/>'
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        yield f'<text x="{_across(share):.0f}" y="{SIDE + 16}" text-anchor="middle">{share:g}</text>'
        yield f'<text x="-6" y="{_up(share) + 4:.0f}" text-anchor="end">{share:g}</text>'
    yield f'<text x="{SIDE / 2:.0f}" y="{SIDE + 34}" text-anchor="middle">{x}</text>'
    yield f'<text transform="translate(-36 {SIDE / 2:.0f}) rotate(-90)" text-anchor="middle">{y}</text>'
    if diagonal:
        yield f'<path d="M0 {SIDE}L{SIDE} 0" stroke="#bbb" stroke-dasharray="4"/>'
    for number, points in enumerate(curves):
        yield _line(points, COLOURS[number % len(COLOURS)])
    yield "</g>"


def _line(points: Sequence[Point], colour: str) -> str:
    thinned = points[:: -(len(points) // MAX_POINTS + 1)]  # from the end, which says how it goes over all questions
    places = " ".join(f"{_across(point.x):.1f},{_up(point.y):.1f}" for point in thinned)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def _legend(names: Sequence[str]) -> Iterator[str]:
    for number, name in enumerate(names):
        y = SIDE + 2 * MARGIN + 18 * number
        yield f'<rect x="{MARGIN}" y="{y - 5}" width="16" height="3" fill="{COLOURS[number % len(COLOURS)]}"/>'
        yield f'<text x="{MARGIN + 22}" y="{y}">right by {escape(name)}</text>'


def _across(share: float) -> float:
    return share * SIDE


def _up(share: float) -> float:
    return (1 - share) * SIDE
