"""Charts as SVG, made on the server: numbers in, markup out.

Colours come from the classes in live.css, in light and dark; there are no style attributes, which the site's security policy
refuses. Every chart has a title and a description for those who cannot see it, and stands beside a table of its numbers.
"""

from collections.abc import Sequence
from math import ceil

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 400, 160
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 18, 24
FLOOR = HEIGHT - BOTTOM
MOST_LABELS = 6
MOST_NUMBERED_BARS = 12
ROUND_NUMBERS = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)  # and these times powers of ten
LINE_WIDTH, LINE_HEIGHT = 200, 14


def bars(title: str, desc: str, labels: Sequence[str], values: Sequence[int]) -> SafeString:
    """A bar for each value, from 0 up; not every bar has room for its label."""
    top, step = _top(values), _span() / max(1, len(values))
    drawn = format_html_join(
        "\n",
        '<rect class="bar" x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>',
        (
            (_r(LEFT + step * (n + 0.1)), _r(_y(value, top)), _r(step * 0.8), _r(FLOOR - _y(value, top)), label, value)
            for n, (label, value) in enumerate(zip(labels, values, strict=True))
        ),
    )
    every = ceil(len(labels) / MOST_LABELS) or 1
    named = ((_r(LEFT + step * (n + 0.5)), HEIGHT - 6, labels[n]) for n in range(0, len(labels), every))
    numbered = ((_r(LEFT + step * (n + 0.5)), _r(_y(value, top) - 4), value) for n, value in enumerate(values))
    numbers = _texts("number", numbered) if len(values) <= MOST_NUMBERED_BARS else SafeString()
    return _svg("chart", title, desc, WIDTH, HEIGHT, _axis(top) + drawn + _texts("label", named) + numbers)


def curve(title: str, desc: str, labels: tuple[str, str], values: Sequence[int], goal: int) -> SafeString:
    """A line through values at equal steps, with a dashed line at the goal; labels of the first and the last step."""
    top, step = _top([*values, goal]), _span() / max(1, len(values) - 1)
    points = " ".join(f"{_r(LEFT + step * n)},{_r(_y(value, top))}" for n, value in enumerate(values))
    height = _r(_y(goal, top))
    drawn = format_html(
        '<line class="goal" x1="{}" x2="{}" y1="{}" y2="{}"/><polyline class="curve" points="{}"/>',
        *(LEFT, WIDTH - RIGHT, height, height, points),
    )
    first, last = labels
    ends = format_html(
        '<text class="first" x="{}" y="{}">{}</text><text class="last" x="{}" y="{}">{}</text>',
        *(LEFT, HEIGHT - 6, first, WIDTH - RIGHT, HEIGHT - 6, last),
    )
    return _svg("chart", title, desc, WIDTH, HEIGHT, _axis(top) + drawn + ends)


def filled(title: str, done: int, waiting: int, total: int) -> SafeString:
    """A bar for a whole, of which a part is done and another one is under way."""
    scale = LINE_WIDTH / max(1, total)
    parts = format_html(
        '<rect class="whole" width="{}" height="{}"/><rect class="bar" width="{}" height="{}"/>'
        '<rect class="waiting" x="{}" width="{}" height="{}"/>',
        *(LINE_WIDTH, LINE_HEIGHT, _r(done * scale), LINE_HEIGHT, _r(done * scale), _r(waiting * scale), LINE_HEIGHT),
    )
    return _svg("line", title, f"{waiting} more are under way.", LINE_WIDTH, LINE_HEIGHT, parts)


def interval(title: str, desc: str, share: float, low: float, high: float) -> SafeString:
    """A share and its interval, in per cent, on a line from 0 to 100."""
    scale, middle = LINE_WIDTH / 100, LINE_HEIGHT / 2
    drawn = format_html(
        '<line class="scale" x1="0" x2="{}" y1="{}" y2="{}"/><rect class="range" x="{}" y="4" width="{}" height="6"/>'
        '<circle class="dot" cx="{}" cy="{}" r="4"/>',
        *(LINE_WIDTH, middle, middle, _r(low * scale), _r((high - low) * scale), _r(share * scale), middle),
    )
    return _svg("line", title, desc, LINE_WIDTH, LINE_HEIGHT, drawn)


def _svg(kind: str, title: str, desc: str, width: int, height: int, inside: SafeString) -> SafeString:
    return format_html(
        '<svg class="{}" role="img" viewBox="0 0 {} {}"><title>{}</title><desc>{}</desc>\n{}\n</svg>',
        *(kind, width, height, title, desc, inside),
    )


def _axis(top: int) -> SafeString:
    """The line at 0 and the one at the top, with their numbers."""
    return format_html(
        '<line class="axis" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/><line class="grid" x1="{0}" x2="{1}" y1="{3}" y2="{3}"/>'
        '<text class="last" x="{4}" y="{2}">0</text><text class="last" x="{4}" y="{5}">{6}</text>',
        *(LEFT, WIDTH - RIGHT, FLOOR, TOP, LEFT - 5, TOP + 4, top),
    )


def _texts(kind: str, rows: object) -> SafeString:
    return format_html_join("\n", f'<text class="{kind}" x="{{}}" y="{{}}">{{}}</text>', rows)  # type: ignore[arg-type]


def _span() -> int:
    return WIDTH - LEFT - RIGHT


def _top(values: Sequence[int]) -> int:
    """The least round number that no value exceeds."""
    most = max([1, *values])
    if most <= 10:
        return most
    power = int(10 ** (len(str(most - 1)) - 2))
    return next(tenths * power for tenths in ROUND_NUMBERS if tenths * power >= most)


def _y(value: int, top: int) -> float:
    return FLOOR - (FLOOR - TOP) * value / top


def _r(number: float) -> str:
    return f"{number:.1f}"
