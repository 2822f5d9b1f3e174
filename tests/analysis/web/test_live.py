import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from analysis.web.views import PARTS
from studies.models import Exclusion, Flag, Session, Study
from tests.analysis.web.voted_studies import answer
from tests.factories_studies import NOON, StudyFactory, WorkerFactory, published_study, study_with_places

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(settings: Settings, tmp_path: Path) -> Study:
    settings.MEDIA_ROOT = tmp_path
    return published_study(prompts=4, votes_wanted=20, name="Spring")


def page_of(client: Client, study: Study, query: str = "") -> str:
    """The live page with all its parts, without what the admin puts around it."""
    path, _, asked = query.partition("?")
    response = client.get(f"/live/{study.pk}/{path}?whole=1&{asked}")
    assert response.status_code == 200
    return response.content.decode().split('<div id="live"')[1].split("<!-- END Content -->")[0]


def part(page: str, name: str) -> str:
    return page.split(f'data-part="{name}"')[1].split("</section>")[0]


def client_of(role: str) -> Client:
    user = User.objects.create_user(role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def test_the_page_is_for_staff_who_may_view_studies(client: Client, study: Study) -> None:
    address = f"/live/{study.pk}/"
    assert client.get(address).headers["Location"] == f"/admin/login/?next={address}"
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    assert client.get(address).status_code == 403


def test_the_page_is_only_read(researcher: Client, study: Study) -> None:
    assert researcher.post(f"/live/{study.pk}/").status_code == 405


def test_there_is_no_page_of_no_study(researcher: Client) -> None:
    assert researcher.get("/live/1/").status_code == 404


def test_a_draft_has_nothing_to_watch(researcher: Client) -> None:
    assert "not published yet" in page_of(researcher, StudyFactory.create())


def test_the_page_says_how_far_the_study_is(researcher: Client, study: Study) -> None:
    answer(study, [None, None, None])
    page = page_of(researcher, study)
    assert "<strong>3 of 80</strong> trials answered; 0 of 4 comparisons have all 20" in page
    assert "No forecast yet" in page


def test_the_rehearsal_has_a_page_of_its_own_that_says_so(researcher: Client, study: Study) -> None:
    answer(study, [None], rehearsal=True)
    assert "<strong>0 of 80</strong>" in page_of(researcher, study)
    page = page_of(researcher, study, "rehearsal/")
    assert "<strong>1 of 80</strong>" in page
    assert "Rehearsal: synthetic voters, not people." in page
    assert "Method A" in part(page, "shares")


def test_forecasts_are_told_with_their_interval(researcher: Client, study: Study) -> None:
    now = timezone.now()
    for hours in (6, 5, 4, 3, 2):
        answer(study, [None] * 4, at=now - timedelta(hours=hours))
    assert re.search(
        r"Expected end: <strong>.+ UTC</strong>, with 95 % between .+ and .+, if people go on", page_of(researcher, study)
    )


def test_what_workers_say_is_on_the_page_as_text(researcher: Client, study: Study) -> None:
    session = answer(study, [None])
    Session.objects.update(comment="Nice <b>work</b>")
    broken = session.trials.open().first()
    assert broken
    broken.report_broken("grey & empty", NOON)
    page = part(page_of(researcher, study), "sittings")
    assert "Nice &lt;b&gt;work&lt;/b&gt;" in page
    assert "grey &amp; empty" in page
    assert broken.comparison.prompt.text in page


def test_sessions_are_counted_by_state(researcher: Client, study: Study) -> None:
    answer(study, [None] * 4)
    answer(study, [None])
    answer(study, [None]).withdraw(NOON)
    assert "1 open · 1 done · 0 abandoned · 1 withdrawn" in page_of(researcher, study)


def test_workers_stand_with_their_flags_and_exclusions(researcher: Client, study: Study) -> None:
    worker = answer(study, [None, None]).worker
    Flag.objects.create(study=study, worker=worker, rule="too fast", value=1, threshold=3, raised_at=NOON)
    Exclusion.objects.create(study=study, worker=worker, reason="too fast", by="researcher", at=NOON)
    page = part(page_of(researcher, study), "workers")
    assert worker.pseudonym in page
    assert "too fast" in page
    assert "excluded · <a" in page
    assert "Excluded: 1;" in page


@pytest.mark.parametrize(("query", "expected"), [("?workers=trials", [1, 2, 3]), ("?workers=-trials", [3, 2, 1])])
def test_a_click_on_a_head_sorts_the_workers(researcher: Client, study: Study, query: str, expected: list[int]) -> None:
    names = {number: answer(study, [None] * number).worker.pseudonym for number in (2, 3, 1)}
    page = part(page_of(researcher, study, query), "workers")
    assert sorted(names, key=lambda number: page.index(names[number])) == expected
    turned = "-trials" if query == "?workers=trials" else "trials"
    assert re.search(rf'aria-sort="\w+"><a href="\?whole=1&amp;workers={turned}#workers">Trials', page)


def test_an_unknown_order_is_the_usual_one(researcher: Client, study: Study) -> None:
    answer(study, [None])
    page = part(page_of(researcher, study, "?workers=nonsense&comparisons=-nonsense"), "workers")
    assert re.search(r'aria-sort="ascending"><a href="[^"]+">Worker ', page)


def test_shares_wait_until_the_study_is_closed(researcher: Client, study: Study) -> None:
    answer(study, [study.conditions.first()] * 3)
    assert "Results stay hidden" in page_of(researcher, study)
    study.close()
    page = part(page_of(researcher, study), "shares")
    assert "100.00" in page
    assert "Wilson" in page


def test_a_study_can_show_its_shares_while_it_is_open(researcher: Client, study: Study) -> None:
    Study.objects.update(shows_results_while_open=True)
    answer(study, [study.conditions.first()] * 3)
    assert "Method A" in part(page_of(researcher, study), "shares")


def test_assistants_never_see_shares_and_auditors_do(study: Study) -> None:
    answer(study, [study.conditions.first()] * 3)
    study.close()
    assert "Your role does not see results." in page_of(client_of("assistant"), study)
    assert "Method A" in page_of(client_of("auditor"), study)


def test_while_shares_are_hidden_the_page_does_not_depend_on_the_choices(researcher: Client, study: Study) -> None:
    """The same page, whichever condition people choose: so nothing on it can tell."""
    a, b = study.conditions.all()
    worker = WorkerFactory.create(pseudonym="w1")
    session = answer(study, [a, a, a, a], at=timezone.now(), worker=worker)
    before = page_of(researcher, study)
    for trial in session.trials.all():
        trial.votes.update(condition=b)
    after = page_of(researcher, study)
    clock = re.compile(r"Data of.*?</time>", re.DOTALL)
    assert clock.sub("", before) == clock.sub("", after)
    assert "Method" not in before


def test_while_shares_are_hidden_no_worker_tells_how_often_nobody_won(researcher: Client, study: Study) -> None:
    answer(study, [None, None], at=timezone.now())
    assert "No clear winner (%)" not in page_of(researcher, study)
    study.close()
    assert "No clear winner (%)" in page_of(researcher, study)


def test_the_number_of_queries_does_not_grow_with_the_study(researcher: Client) -> None:
    small, large = study_with_places(comparisons=5, votes_wanted=2), study_with_places(comparisons=300, votes_wanted=2)
    Study.objects.update(shows_results_while_open=True)
    for study, sessions in ((small, 1), (large, 12)):
        study.refresh_from_db()
        for _ in range(sessions):
            session = answer(study, [None, study.conditions.first()])
            Session.objects.filter(pk=session.pk).update(comment="Well.")
            session.trials.open().first().report_broken("", NOON)  # type: ignore[union-attr]
    counts = []
    for study in (small, large):
        with CaptureQueriesContext(connection) as queries:
            page_of(researcher, study)
        counts.append(len(queries))
    assert counts[0] == counts[1] < 40


def test_each_part_can_be_read_alone_and_is_what_the_whole_page_has(researcher: Client, study: Study) -> None:
    Study.objects.update(shows_results_while_open=True)
    answer(study, [study.conditions.first(), None], at=timezone.now())
    whole = page_of(researcher, study)
    frame = researcher.get(f"/live/{study.pk}/?workers=-trials").content.decode()
    for name in PARTS:
        assert f'data-source="?workers=-trials&amp;part={name}"' in frame
        alone = researcher.get(f"/live/{study.pk}/?part={name}").content.decode()
        stamp = re.search(r'<p class="help">As of <time datetime="[^"]+">\d\d:\d\d:\d\d UTC</time>\.</p>', alone)
        assert stamp
        told, same = (re.sub(r"\s+|whole=1&amp;", "", text) for text in (alone.replace(stamp[0], ""), part(whole, name)))
        assert same.removeprefix('aria-labelledby="') in told


def test_an_unknown_part_is_the_page(researcher: Client, study: Study) -> None:
    assert 'data-part="progress"' in researcher.get(f"/live/{study.pk}/?part=nonsense").content.decode()
