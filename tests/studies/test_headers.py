"""What reaches a worker's browser."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from studies.models import Comparison, Session, Study
from tests.evalsite.test_policy import POLICY, policy_of
from tests.factories_studies import images_of
from tests.studies.visiting import address_of, agree, every_page, first_trial, give_back, image_address, walk
from tests.world_study import PROMPTS, published_study

pytestmark = pytest.mark.django_db


def test_an_image_is_the_one_at_its_position(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    for position, image in enumerate(images_of(trial), start=1):
        assert client.get(image_address(trial, position)).getvalue() == Path(image.file.path).read_bytes()


def test_an_address_with_another_position_leads_nowhere(client: Client, study: Study) -> None:
    address = image_address(first_trial(client, study), 1)
    assert client.get(address).status_code == 200
    assert client.get(address.replace(".1.", ".2.")).status_code == 404


def test_an_image_is_kept_nowhere_and_says_nothing_of_its_file(client: Client, study: Study) -> None:
    headers = client.get(image_address(first_trial(client, study))).headers
    assert headers["Content-Type"] == "image/png"
    assert headers["Cache-Control"] == "no-store"
    assert not {"ETag", "Last-Modified", "Content-Disposition"} & set(headers)


def test_images_given_back_are_shown_no_more(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    give_back(trial.session)
    assert client.get(image_address(trial)).status_code == 404


def test_every_page_forbids_third_parties_inline_code_and_caching(client: Client, study: Study) -> None:
    pages = every_page(client, study)
    for page in pages:
        assert policy_of(page) == POLICY
        assert page.headers["Cache-Control"] == "no-store"
        assert "style=" not in page.content.decode()


def test_pages_are_light(client: Client, study: Study, settings: Settings) -> None:
    pages = every_page(client, study)
    assets = Path(settings.BASE_DIR, "studies/static/studies").iterdir()
    assert max(len(page.content) for page in pages) + sum(file.stat().st_size for file in assets) < 60_000


def test_the_next_images_are_announced_and_the_last_trial_announces_none(client: Client, study: Study) -> None:
    *trials, _ = walk(client, address_of(first_trial(client, study)))
    rows = list(Session.objects.get().trials.order_by("number"))
    for page, following in zip(trials, rows[1:], strict=False):
        assert f'data-preload="{image_address(following, 1)} {image_address(following, 2)}"' in page.content.decode()
    assert 'data-preload=""' in trials[-1].content.decode()


def test_a_trial_page_asks_the_database_a_fixed_number_of_times(client: Client, django_assert_max_num_queries: object) -> None:
    study = published_study(conditions=4, prompts=PROMPTS)
    trial = first_trial(client, study)
    assert Comparison.objects.count() == 4
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        client.get(address_of(trial))


def test_the_clock_starts_when_the_trial_is_shown(client: Client, study: Study) -> None:
    shown, *others = first_trial(client, study).session.trials.order_by("number")
    assert shown.shown_at is not None
    assert [trial.shown_at for trial in others] == [None, None]


def test_a_redirect_stays_on_the_site(client: Client, study: Study) -> None:
    assert not urlsplit(agree(client, study.link_path).headers["Location"]).netloc
