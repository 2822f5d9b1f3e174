from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from analysis.web.pace import MOST_POINTS, pace_of
from studies.models import Study
from tests.analysis.web.voted_studies import answer
from tests.factories_studies import NOON, published_study

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(settings: Settings, tmp_path: Path) -> Study:
    settings.MEDIA_ROOT = tmp_path
    return published_study(prompts=4, votes_wanted=10)


def test_before_the_first_vote_there_is_no_pace(study: Study) -> None:
    assert pace_of(study, NOON, missing=40, goal=40, rehearsal=False) is None


def test_hours_without_votes_count_as_such(study: Study) -> None:
    answer(study, [None, None], at=NOON)
    answer(study, [None] * 3, at=NOON + 3 * HOUR)
    pace = pace_of(study, NOON + 4 * HOUR, missing=35, goal=40, rehearsal=False)
    assert pace
    assert [(span.start.hour, span.trials, span.so_far) for span in pace.hours] == [
        (12, 2, 2),
        (13, 0, 2),
        (14, 0, 2),
        (15, 3, 5),
        (16, 0, 5),
    ]


def test_days_hold_the_votes_of_their_hours(study: Study) -> None:
    answer(study, [None, None], at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    answer(study, [None] * 3, at=datetime(2026, 3, 2, 0, 30, tzinfo=UTC))
    pace = pace_of(study, datetime(2026, 3, 2, 1, tzinfo=UTC), missing=35, goal=40, rehearsal=False)
    assert pace
    assert [(span.start.day, span.trials, span.so_far) for span in pace.days()] == [(1, 2, 2), (2, 3, 5)]


def test_the_forecast_looks_back_on_the_sessions_since_the_first_vote(study: Study) -> None:
    for hour in range(5):
        answer(study, [None] * 4, at=NOON + hour * HOUR)
    now = NOON + 10 * HOUR + timedelta(seconds=10)  # ten hours after the first answer
    pace = pace_of(study, now, missing=20, goal=40, rehearsal=False)
    assert pace
    assert pace.expected == now + 10 * HOUR  # 20 trials in 10 hours, 20 missing
    assert pace.latest
    assert (pace.latest - now) / HOUR == pytest.approx(37.17, rel=1e-3)  # 97.5 % of F(10, 10) is 3.717


def test_there_is_no_forecast_while_the_study_takes_no_votes(study: Study) -> None:
    for hour in range(5):
        answer(study, [None] * 4, at=NOON + hour * HOUR)
    study.pause()
    pace = pace_of(study, NOON + 10 * HOUR, missing=20, goal=40, rehearsal=False)
    assert pace
    assert pace.forecast is None


def test_a_long_study_is_drawn_with_few_points_and_its_last_hour(study: Study) -> None:
    answer(study, [None], at=NOON)
    answer(study, [None], at=NOON + 2000 * HOUR)
    pace = pace_of(study, NOON + 2000 * HOUR + timedelta(minutes=1), missing=38, goal=40, rehearsal=False)
    assert pace
    heights = [float(point.split(",")[1]) for point in pace.curve().split('points="')[1].split('"')[0].split()]
    assert len(heights) <= MOST_POINTS
    assert heights[-1] < heights[-2] == heights[1]
