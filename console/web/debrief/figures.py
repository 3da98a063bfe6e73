"""The figure of a debrief as shapes that a template only has to draw: no browser computes anything.

Everything is told apart by shape as well as by colour: circles for seats, a square for the class, a diamond
for oneself, a triangle for the screener.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from console.debriefing.rating import Point

SIDE = 280
"""Side of the square in which curves are drawn."""
LEFT, TOP = 56, 12
"""Room for the axis at the left, and above."""
BELOW = 52
RIGHT = 16
TICKS = (0, 25, 50, 75, 100)
SIZE = 6
"""Half of a mark."""


@dataclass(frozen=True)
class Place:
    """A point on the page."""

    x: float
    y: float


@dataclass(frozen=True)
class Drawn:
    """A curve.

    Attributes:
        name: Whose: `class`, `own`, `screener`.
        path: Its line, from nobody flagged to everybody.
        marks: Paths of its marks.
        key: Its mark by itself, around nought, for the legend.
    """

    name: str
    path: str
    marks: Sequence[str]
    key: str


@dataclass(frozen=True)
class Tick:
    """A value on both axes.

    Attributes:
        said: In per cent.
        x, y: Where it stands on the axis across, and on the axis up.
    """

    said: int
    x: float
    y: float


@dataclass(frozen=True)
class Figure:
    """All that is drawn.

    Attributes:
        width, height: Of the whole.
        left, right, top, bottom: Of the square.
        ticks: On both axes.
        cloud: Places of single seats.
        curves: In the order in which they are drawn.
        side: Of the square.
        tick_y, tick_x: Where the values stand that belong to the axes across and up.
        title_y, middle_x, middle_y: Where the axes' titles stand.
    """

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    ticks: Sequence[Tick]
    cloud: Sequence[Place]
    curves: Sequence[Drawn]
    side: int = SIDE
    tick_y: int = TOP + SIDE + 18
    tick_x: int = LEFT - 8
    title_y: int = TOP + SIDE + 42
    middle_x: float = LEFT + SIDE / 2
    middle_y: float = TOP + SIDE / 2


def figure(
    cloud: Sequence[Sequence[Point]],
    curves: Sequence[tuple[str, Sequence[Point]]],
    marked: Sequence[tuple[str, Sequence[Point]]],
) -> Figure:
    """Return the figure of operating points.

    Args:
        cloud: Operating points of each seat; none below five seats.
        curves: Whose curve, and its operating points.
        marked: Whose marks, and the operating points that get one.
    """
    marks = dict(marked)
    return Figure(
        width=LEFT + SIDE + RIGHT,
        height=TOP + SIDE + BELOW,
        left=LEFT,
        right=LEFT + SIDE,
        top=TOP,
        bottom=TOP + SIDE,
        ticks=[Tick(value, LEFT + SIDE * value / 100, TOP + SIDE * (1 - value / 100)) for value in TICKS],
        cloud=[place(point) for points in cloud for point in points],
        curves=[
            Drawn(
                name,
                _line(points),
                [_mark(name, place(point)) for point in marks.get(name, ())],
                _mark(name, Place(0, 0)),
            )
            for name, points in curves
        ],
    )


def place(point: Point) -> Place:
    """Return where an operating point stands."""
    return Place(
        round(LEFT + SIDE * point.wrongly_share, 1), round(TOP + SIDE * (1 - point.flagged_share), 1)
    )


def _line(points: Sequence[Point]) -> str:
    ends = Place(LEFT, TOP + SIDE), Place(LEFT + SIDE, TOP)
    steps = [ends[0], *(place(point) for point in points), ends[1]]
    return "M" + "L".join(f"{step.x:g} {step.y:g}" for step in steps)


def _mark(name: str, at: Place) -> str:
    corners = {
        "class": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        "own": ((0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)),
        "screener": ((0, -1.3), (1.3, 1), (-1.3, 1)),
    }[name]
    return "M" + "L".join(f"{at.x + SIZE * dx:g} {at.y + SIZE * dy:g}" for dx, dy in corners) + "Z"
